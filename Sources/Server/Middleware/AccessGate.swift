// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import HTTPTypes
import Hummingbird

/// What tells something of the map is answered to those who may read it.
///
/// The page's own files are open to all: they hold no data, and one of them is the form to log in.
struct AccessGate: RouterMiddleware {
    typealias Context = BasicRequestContext

    /// Answered without a login: probes of an orchestrator have no token.
    static let openPaths: Set<String> = ["/healthz", "/readyz", "/openapi.json", LoginRoutes.loginPath]

    let token: AccessToken
    let now: @Sendable () -> Timestamp

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        let isData = path.hasPrefix("/api/") || path == "/metrics"
        guard !isData || Self.openPaths.contains(path) || isAllowed(request) else {
            throw Problem.unauthorized
        }
        return try await next(request, context)
    }

    private func isAllowed(_ request: Request) -> Bool {
        if let value = request.headers[.authorization] {
            let parts = value.split(separator: " ", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "bearer"
                && token.matches(parts[1].trimmingPrefix(" "))
        }
        guard let cookies = request.headers[.cookie] else { return false }
        return Session(token: token).isValid(cookies: cookies, now: now())
    }
}
