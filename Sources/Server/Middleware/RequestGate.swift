// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import HTTPTypes
import Hummingbird

/// What every request must satisfy before it reaches a route.
struct RequestGate: RouterMiddleware {
    typealias Context = BasicRequestContext

    /// Longer request targets are refused; a hundred namespaces fit.
    static let maximumTargetLength = 8_192

    let hosts: HostPolicy
    /// Paths that take POST only, and look at the length of its body themselves.
    let writablePaths: Set<String>

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        guard (request.head.path ?? "").utf8.count <= Self.maximumTargetLength else {
            throw Problem.uriTooLong
        }
        guard let authority = request.head.authority, !authority.isEmpty else {
            throw Problem.badRequest("The request has no Host header.")
        }
        guard hosts.allows(authority: authority) else { throw Problem.misdirected }
        let isWritable = writablePaths.contains(request.uri.path)
        if isWritable || (request.method != .get && request.method != .head) {
            // A page of another site can send some requests without asking; none may do anything.
            if let origin = request.headers[.origin], !hosts.allows(origin: origin, authority: authority) {
                throw Problem.foreignOrigin
            }
            guard isWritable, request.method == .post else {
                throw Problem.methodNotAllowed(has: isWritable ? "POST" : "GET, HEAD")
            }
            return try await next(request, context)
        }
        let length = request.headers[.contentLength]
        guard length == nil || length == "0", request.headers[.transferEncoding] == nil else {
            throw Problem.bodyRefused
        }
        return try await next(request, context)
    }
}
