// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import Logging
import Render
import Server
import ServiceLifecycle
import Storage
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the map of a store as a page and an API.",
        discussion: """
            Other processes may import and capture into the store meanwhile; the page shows what \
            they add. Windows are rolled up, and old ones deleted, all along. On a loopback address anyone on this machine may read; on others only who has \
            a token, unless --no-auth says otherwise.
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Serve the page from this folder instead of the built-in one.",
            valueName: "folder"
        )
    )
    var page: String?

    @Option(name: .long, help: Setting.logLevel.help)
    var logLevel: String?

    @OptionGroup var access: AccessOptions
    @OptionGroup var retention: RetentionOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        var given = common.settings.merging(retention.settings) { first, _ in first }
        given.merge(access.settings) { first, _ in first }
        given[.logLevel] = logLevel
        let settings = try await Settings(options: given, configurationFile: common.config)
        var configuration = try AccessOptions.configuration(settings)
        configuration.pageDirectory = page
        var logger = Logger(label: "svcmap") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = try settings.choice(.logLevel, default: Logger.Level.warning)

        let policy = try RetentionOptions.policy(settings)
        let path = settings.string(.store, default: CommonOptions.defaultStore)
        let store = try WindowStore(path: path, access: .readWrite)
        let scheme = configuration.tls == nil ? "http" : "https"
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let server = try ServerBuilder.service(
            configuration: configuration,
            store: store,
            renderer: PictureRenderer(workerPath: ExecutablePath.current),
            logger: logger,
            onRunning: { Console.note("serving \(path) on \(scheme)://\(host):\($0) (Ctrl-C stops)") }
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: server),
                    .init(service: MaintenanceService(store: store, policy: policy, logger: logger)),
                ],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: logger
            )
        )
        try await group.run()
        try store.close()
    }
}
