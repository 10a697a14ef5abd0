// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Collector
import Logging
import ServiceLifecycle
import Storage
import UnixSignals

struct CaptureCommand: AsyncParsableCommand {
    static let defaultInterface = "any"

    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Capture live traffic into a store until Ctrl-C.",
        discussion: """
            Needs the capability CAP_NET_RAW: run it as root, or give the binary the capability. \
            A running `svcmap serve` on the same store shows new windows as they are complete.
            """
    )

    @Option(name: [.short, .long], help: Setting.interface.help)
    var interface: String?

    @OptionGroup var collector: CollectorOptions
    @OptionGroup var retention: RetentionOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        var given = common.settings.merging(collector.settings) { first, _ in first }
        given.merge(retention.settings) { first, _ in first }
        given[.interface] = interface
        let settings = try await Settings(options: given, configurationFile: common.config)
        let configuration = try CollectorOptions.configuration(settings)
        let fold = try CollectorOptions.fold(settings)
        let policy = try RetentionOptions.policy(settings)
        let (stores, opened) = AsyncStream.makeStream(of: WindowStore.self)
        let capture = CaptureService(
            interface: settings.string(.interface, default: Self.defaultInterface),
            storePath: settings.string(.store, default: CommonOptions.defaultStore),
            configuration: configuration,
            fold: fold,
            opened: opened
        )
        var logger = Logger(label: "svcmap") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: capture, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: MaintenanceService(stores: stores, policy: policy, logger: logger)),
                ],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: logger
            )
        )
        try await group.run()
    }
}
