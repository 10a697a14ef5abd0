// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import HTTPTypes
import HummingbirdTesting
import Server
import Testing

/// A server that asks for a token, and what it answers to whom.
@Suite(.timeLimit(.minutes(5))) struct `A map with a token` {
    private static let token = "correct-horse-battery-staple"

    private func configuration(_ token: String = token) throws -> ServerBuilder.Configuration {
        var configuration = ServerBuilder.Configuration()
        configuration.token = try AccessToken(token)
        return configuration
    }

    private func response(
        _ uri: String,
        method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        body: String? = nil,
        token: String = token
    ) async throws -> TestResponse {
        try await ScriptedServer.response(
            uri,
            method: method,
            headers: headers,
            body: body,
            configuration: try configuration(token)
        )
    }

    private func login(_ given: String = token, headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await response(
            "/api/v1/login",
            method: .post,
            headers: headers,
            body: "{\"token\":\"\(given)\"}"
        )
    }

    @Test(arguments: [
        "/api/v1/graph", "/api/v1/graph.svg", "/api/v1/overview", "/api/v1/events", "/api/dependencies",
        "/api/graph/data", "/metrics", "/api/v1/nothing",
    ])
    func `tells nothing to those who have none`(uri: String) async throws {
        let refused = try await response(uri)
        #expect(try refused.problem().type == "urn:svcmap:problem:unauthorized")
        #expect(refused.headers[.wwwAuthenticate] == "Bearer realm=\"svcmap\"")
        #expect(refused.headers[.contentSecurityPolicy] != nil)
    }

    @Test(arguments: ["/", "/js/main.js", "/healthz", "/readyz"])
    func `shows its page and its health to all`(uri: String) async throws {
        #expect(try await response(uri).status == .ok)
    }

    @Test(arguments: ["Bearer \(token)", "bearer \(token)", "Bearer  \(token)"])
    func `is open to who sends it`(authorization: String) async throws {
        #expect(try await response("/api/v1/graph", headers: [.authorization: authorization]).status == .ok)
    }

    @Test(arguments: [
        "Bearer", "Bearer ", "Bearer \(token)x", "Bearer \(token.dropLast())", "Basic \(token)", token,
        "Bearer \u{0}",
    ])
    func `is closed to who sends another`(authorization: String) async throws {
        let refused = try await response("/api/v1/graph", headers: [.authorization: authorization])
        #expect(refused.status == .unauthorized)
    }

    @Test func `gives a cookie for it, which opens the map`() async throws {
        let answer = try await login()
        #expect(answer.status == .noContent)
        let cookie = try #require(answer.headers[.setCookie])
        #expect(cookie.contains("HttpOnly"))
        #expect(cookie.contains("SameSite=Strict"))
        #expect(!cookie.contains(Self.token))
        let pair = String(cookie.prefix { $0 != ";" })
        #expect(try await response("/api/v1/graph", headers: [.cookie: "a=b; \(pair)"]).status == .ok)

        // Another end, another signature, another token: each closes it.
        let longer = pair.replacing("=1", with: "=2")
        #expect(longer != pair)
        for forged in [
            longer, pair.dropLast(4) + "AAA=", "svcmap-session=", "svcmap-session=9999999999.", "x\(pair)",
        ] {
            let refused = try await response("/api/v1/graph", headers: [.cookie: String(forged)])
            #expect(refused.status == .unauthorized)
        }
        let other = try await response(
            "/api/v1/graph",
            headers: [.cookie: pair],
            token: "another-token-altogether"
        )
        #expect(other.status == .unauthorized)
    }

    @Test func `lets nobody log in with another token, from another site, or by a form`() async throws {
        #expect(try await login("wrong").status == .unauthorized)
        #expect(try await login(headers: [.origin: "https://evil.example"]).status == .forbidden)
        for type in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"] {
            #expect(try await login(headers: [.contentType: type]).status == .unsupportedMediaType)
        }
        let json: HTTPFields = [.contentType: "application/json"]
        let long = String(repeating: "x", count: 5_000)
        let large = try await response("/api/v1/login", method: .post, headers: json, body: long)
        #expect(large.status == .contentTooLarge)
        for body in ["", "{}", "[1]", "{\"token\":1}"] {
            let refused = try await response("/api/v1/login", method: .post, headers: json, body: body)
            #expect(refused.status == .badRequest)
        }
    }

    @Test func `takes the cookie back`() async throws {
        let out = try await response(
            "/api/v1/logout",
            method: .post,
            headers: [.authorization: "Bearer \(Self.token)"]
        )
        #expect(out.status == .noContent)
        #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
    }

    @Test(arguments: [
        "", "short", "fifteen-letters", "with a space in it", String(repeating: "a", count: 1_025),
        "sixteen-lëtters!",
    ])
    func `refuses tokens that are no secret`(text: String) {
        #expect(throws: ServerError.self) { try AccessToken(text) }
    }

    @Test func `without a token has no login`() async throws {
        let refused = try await ScriptedServer.response("/api/v1/login", method: .post, body: "{}")
        #expect(refused.status == .methodNotAllowed)
    }
}
