// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import HTTPTypes
import Hummingbird

/// The login of the page: a token for a cookie, because event streams cannot send headers.
struct LoginRoutes {
    static let loginPath = "/api/v1/login"
    static let logoutPath = "/api/v1/logout"
    /// The body of a login; a token and its frame are smaller.
    static let maximumBodyLength = 4_096

    private struct Login: Decodable {
        let token: String
    }

    let token: AccessToken
    let isSecure: Bool
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        router.post("\(Self.loginPath)") { request, _ in try await login(request) }
        router.post("\(Self.logoutPath)") { _, _ in
            Self.answer(cookie: Session.expiredCookie(isSecure: isSecure))
        }
    }

    private func login(_ request: Request) async throws -> Response {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
            throw Problem.unsupportedMediaType
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.maximumBodyLength)
        } catch {
            throw Problem.bodyRefused
        }
        guard let login = try? JSONDecoder().decode(Login.self, from: Data(body.readableBytesView)) else {
            throw Problem.badRequest("A login is a JSON object with the member \"token\".")
        }
        guard token.matches(login.token) else { throw Problem.unauthorized }
        return Self.answer(cookie: Session(token: token).cookie(now: now(), isSecure: isSecure))
    }

    private static func answer(cookie: String) -> Response {
        var headers = HTTPFields()
        headers[.setCookie] = cookie
        headers[.cacheControl] = "no-store"
        return Response(status: .noContent, headers: headers)
    }
}
