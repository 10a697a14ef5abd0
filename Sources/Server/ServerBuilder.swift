// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Logging
package import Render
package import ServiceLifecycle
package import Storage

/// The HTTP server as a service: page, API and health, on a loopback address.
package struct ServerBuilder {
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        /// 0 lets the system choose.
        package var port = 8899
        /// Read the page from this folder instead of the copy in the binary.
        package var pageDirectory: String?

        package init() {}
    }

    /// - Parameter onRunning: Called with the port once the server accepts connections.
    package static func service(
        configuration: Configuration,
        store: WindowStore,
        renderer: PictureRenderer,
        logger: Logger,
        onRunning: @escaping @Sendable (Int) -> Void
    ) throws -> any Service {
        fatalError("replaced before the first release")
    }
}
