// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Collector
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

struct CaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Capture live traffic into a store until Ctrl-C.",
        discussion: """
            Needs the capability CAP_NET_RAW: run it as root, or give the binary the capability.
            A running `svcmap serve` on the same store shows new windows as they are complete.
            """
    )

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Interface to capture on; any is all of them (default: any).", valueName: "name")
    )
    var interface: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The cluster the traffic is from (default: default).", valueName: "name")
    )
    var cluster: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Flows kept at once; more push out the idlest (default: 262144).",
            valueName: "count"
        )
    )
    var maxFlows: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        var given = common.settings
        given[.interface] = interface
        given[.cluster] = cluster
        given[.maximumFlows] = maxFlows
        let settings = try await Settings(options: given, configurationFile: common.config)
        var configuration = MeteringEngine.Configuration()
        configuration.cluster = settings.string(.cluster, default: configuration.cluster)
        configuration.maximumFlows = try settings.integer(
            .maximumFlows,
            in: 1_024...16_777_216,
            default: configuration.maximumFlows
        )
        let capture = CaptureService(
            interface: settings.string(.interface, default: "any"),
            storePath: settings.string(.store, default: CommonOptions.defaultStore),
            configuration: configuration
        )
        var logger = Logger(label: "svcmap") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: capture, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: logger
            )
        )
        try await group.run()
    }
}
