// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
import Foundation
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
package import Render
package import ServiceLifecycle
package import Storage

/// The HTTP server as a service: page, API and health.
package struct ServerBuilder {
    /// Where to listen and what page to serve.
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        /// 0 lets the system choose.
        package var port = 8899
        /// Read the page from this folder instead of the copy in the binary.
        package var pageDirectory: String?
        /// What clients must have; `nil` asks for nothing.
        package var token: AccessToken?
        /// Let anyone in, on any address.
        package var isOpen = false
        /// Speak TLS; `nil` speaks plain HTTP.
        package var tls: TLSFiles?
        /// Names that people call this machine by.
        package var allowedHosts: [String] = []
        /// A connection without a request for this long is closed.
        package var idleTimeout = Duration.seconds(10)
        /// A client that takes nothing of its answer for this long is closed.
        package var readerTimeout = Duration.seconds(10)

        package init() {}
    }

    /// All header fields of a request together, in bytes.
    static let maximumHeaderLength = 32 * 1_024
    static let maximumHeaderCount = 100

    /// Builds the server over a store.
    ///
    /// - Parameters:
    ///   - configuration: Where to listen and what page to serve.
    ///   - store: Where graphs come from.
    ///   - renderer: What draws them.
    ///   - logger: For what operators should know.
    ///   - onRunning: Called with the port once the server accepts connections.
    /// - Returns: A service that ends when it is shut down gracefully.
    /// - Throws: `ServerError` where the host is no address, where it is open to a network without a word,
    ///   or where the page's folder has no page.
    package static func service(
        configuration: Configuration,
        store: WindowStore,
        renderer: PictureRenderer,
        logger: Logger,
        onRunning: @escaping @Sendable (Int) -> Void
    ) throws -> any Service {
        HTTPService(
            application: try application(
                configuration: configuration,
                graphs: GraphService(store: store),
                pictures: renderer,
                logger: logger,
                onRunning: onRunning
            ),
            configuration: configuration
        )
    }

    /// The application over any source of graphs and pictures.
    package static func application(
        configuration: Configuration,
        graphs: any GraphSource,
        pictures: any PictureSource,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp = wallClock,
        onRunning: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(ServerError) -> Application<RouterResponder<BasicRequestContext>> {
        let host = configuration.host == "localhost" ? "127.0.0.1" : configuration.host
        guard let address = IPAddress(host) else { throw .notAnAddress(host: host) }
        let access = try AccessPolicy(
            address: address,
            token: configuration.token,
            hasClientAuthority: configuration.tls?.clientAuthority != nil,
            isOpen: configuration.isOpen
        )
        let hosts = try HostPolicy(
            bound: address,
            names: configuration.allowedHosts,
            isSecure: configuration.tls != nil
        )
        let page: any PageSource =
            if let directory = configuration.pageDirectory {
                try PageDirectory(path: directory)
            } else {
                EmbeddedPage()
            }

        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders())
        let writable: Set = access.token == nil ? [] : [LoginRoutes.loginPath, LoginRoutes.logoutPath]
        router.add(middleware: RequestGate(hosts: hosts, writablePaths: writable))
        if let token = access.token {
            router.add(middleware: AccessGate(token: token, now: now))
            LoginRoutes(token: token, isSecure: configuration.tls != nil, now: now).add(to: router)
        }
        addRoutes(to: router, graphs: graphs, pictures: pictures, page: page, now: now)

        let http = HTTPServerBuilder.http1(
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [
                    RequestBounds(version: graphs.version),
                    SlowReaderHandler(period: TimeAmount(configuration.readerTimeout)),
                ],
                idleTimeout: TimeAmount(configuration.idleTimeout),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: maximumHeaderLength,
                    maxHeaderListSize: maximumHeaderLength,
                    maxHeaderFieldCount: maximumHeaderCount
                )
            )
        )
        var services: [any Service] = []
        var server = http
        if let files = configuration.tls {
            let reloader = try files.reloader(logger: logger)
            services.append(reloader)
            let tls = try files.configuration(reloader)
            do { server = try .tls(http, tlsConfiguration: tls) } catch { throw .badTLS("\(error)") }
        }
        return Application(
            router: router,
            server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: configuration.port),
                serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(ConnectionLimit.raise())
            ),
            services: services,
            onServerRunning: { channel in onRunning(channel.localAddress?.port ?? configuration.port) },
            logger: logger
        )
    }

    /// The methods and paths that are served with a token, over any source.
    package static func routes(
        graphs: any GraphSource,
        pictures: any PictureSource,
        token: AccessToken
    ) -> [String] {
        let router = Router()
        LoginRoutes(token: token, isSecure: false, now: wallClock).add(to: router)
        addRoutes(to: router, graphs: graphs, pictures: pictures, page: EmbeddedPage(), now: wallClock)
        return router.routes.map { "\($0.method.rawValue) \($0.path)" }
    }

    private static func addRoutes(
        to router: Router<BasicRequestContext>,
        graphs: any GraphSource,
        pictures: any PictureSource,
        page: any PageSource,
        now: @escaping @Sendable () -> Timestamp
    ) {
        GraphRoutes(graphs: graphs, pictures: PictureCache(source: pictures), now: now).add(to: router)
        TransactionRoutes(graphs: graphs, now: now).add(to: router)
        SeriesRoutes(graphs: graphs, now: now).add(to: router)
        DetailRoutes(graphs: graphs, now: now).add(to: router)
        CoverageRoutes(graphs: graphs, now: now).add(to: router)
        OverviewRoutes(graphs: graphs).add(to: router)
        DependencyRoutes(graphs: graphs, now: now).add(to: router)
        NodeGraphRoutes(graphs: graphs, places: PlaceCache(source: pictures), now: now).add(to: router)
        MetricsRoutes(graphs: graphs).add(to: router)
        EventRoutes(watch: StoreWatch(graphs: graphs)).add(to: router)
        HealthRoutes(graphs: graphs).add(to: router)
        StaticRoutes(page: page).add(to: router)
    }

    /// The only clock of the server: it gives `now` in queries its meaning, and no record a time.
    package static let wallClock: @Sendable () -> Timestamp = {
        let now = Date().timeIntervalSince1970
        return Timestamp(nanoseconds: Int64(now * 1_000) * 1_000_000)
    }
}
