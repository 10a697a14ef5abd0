// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The application as a service whose errors people can act on.
struct HTTPService<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    let application: Application<Responder>
    let configuration: ServerBuilder.Configuration

    func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ServerError.portInUse(host: configuration.host, port: configuration.port)
        } catch let error as IOError where error.errnoCode == EACCES {
            throw ServerError.portForbidden(host: configuration.host, port: configuration.port)
        } catch let error as IOError {
            throw ServerError.failed(error)
        }
    }
}
