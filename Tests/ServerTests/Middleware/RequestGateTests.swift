// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import HTTPTypes
import HummingbirdTesting
import NIOCore
import Server
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Every response` {
    @Test(
        arguments: [
            ("/", .get), ("/api/v1/graph", .get), ("/api/v1/graph.svg", .get), ("/api/v1/graph.dot", .head),
            ("/api/v1/overview", .get), ("/healthz", .get), ("/readyz", .get), ("/js/main.js", .get),
            ("/nothing", .get), ("/nothing", .head), ("/api/v1/graph?level=x", .get),
            ("/api/v1/graph", .post),
            ("/api/v2/graph", .get), ("/%2e%2e/%2e%2e/etc/passwd", .get), ("/healthz", .delete),
            ("/", .options),
        ] as [(String, HTTPRequest.Method)]
    )
    func `carries the security headers`(uri: String, method: HTTPRequest.Method) async throws {
        let response = try await ScriptedServer.response(uri, method: method)
        let policy = try #require(response.headers[.contentSecurityPolicy])
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ] {
            let field = try #require(HTTPField.Name(name))
            #expect(response.headers[field] == value)
        }
        #expect(response.headers[.accessControlAllowOrigin] == nil)
        if method == .head { #expect(response.body.readableBytes == 0) }
    }

    @Test func `of a failing store carries them too, and tells no cause`() async throws {
        let response = try await ScriptedServer.response("/api/v1/graph", graphs: ScriptedGraphs.failing())
        #expect(response.headers[.contentSecurityPolicy] != nil)
        #expect(try response.problem().status == 500)
        #expect(!response.text.contains("Failure"))
    }

    @Test func `with a picture forbids it everything`() async throws {
        for uri in ["/api/v1/graph.svg", "/favicon.svg"] {
            let response = try await ScriptedServer.response(uri)
            #expect(response.status == .ok)
            #expect(
                response.headers[.contentSecurityPolicy]
                    == "default-src 'none'; frame-ancestors 'none'; sandbox"
            )
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `The request gate` {
    @Test(arguments: [.post, .put, .patch, .delete, .options, .trace] as [HTTPRequest.Method])
    func `refuses other methods with what it allows`(method: HTTPRequest.Method) async throws {
        let response = try await ScriptedServer.response("/api/v1/graph", method: method)
        #expect(try response.problem().status == 405)
        #expect(response.headers[.allow] == "GET, HEAD")
    }

    @Test func `refuses what another site started`() async throws {
        let foreign: HTTPFields = [.origin: "https://evil.example"]
        let response = try await ScriptedServer.response("/api/v1/graph", method: .post, headers: foreign)
        #expect(try response.problem().type == "urn:svcmap:problem:foreign-origin")
        #expect(response.status == .forbidden)
        let own: HTTPFields = [.origin: "http://localhost"]
        let allowed = try await ScriptedServer.response("/api/v1/graph", method: .post, headers: own)
        #expect(allowed.status == .methodNotAllowed)
    }

    @Test func `refuses bodies and closes`() async throws {
        let response = try await ScriptedServer.response("/api/v1/graph", body: "hello")
        #expect(try response.problem().status == 413)
        #expect(response.headers[.connection] == "close")
    }

    @Test func `refuses long targets`() async throws {
        let uri = "/api/v1/graph?namespace=" + String(repeating: "a", count: 8_192)
        #expect(try await ScriptedServer.response(uri).problem().status == 414)
    }
}
