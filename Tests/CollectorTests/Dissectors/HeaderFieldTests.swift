// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// What is kept of the header fields that somebody asked for.
@Suite struct `Header fields that were asked for` {
    private static func request(_ fields: String, _ path: String = "/") -> String {
        "GET \(path) HTTP/1.1\r\nHost: shop\r\n\(fields)\r\n"
    }

    private static func response(_ fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\(fields)\r\nok"
    }

    /// What becomes of the bytes of one value.
    private static func value(_ bytes: [UInt8]) throws -> String? {
        var talk = Conversation()
        talk.send(
            .fromOriginator,
            Array("GET / HTTP/1.1\r\nX-One: ".utf8) + bytes + Array("\r\n\r\n".utf8),
            at: 1
        )
        talk.server(response(), at: 2)
        let result = try talk.follow(headers: SampledHeaders(["x-one"]))
        return result.finished.first?.fields?.first?.value
    }

    private static func value(_ text: String) throws -> String? { try value(Array(text.utf8)) }

    @Test func `are those of both sides, whatever the case of their names, in their order`() throws {
        var talk = Conversation()
        talk.client(Self.request("user-AGENT: curl/8\r\nX-Other: no\r\nX-Request-ID:7f3a\r\n"), at: 1)
        talk.server(Self.response("SERVER:  nginx \r\nx-request-id: 7f3a\r\n"), at: 2)
        let headers = try SampledHeaders(["X-Request-Id", "server", "User-Agent", "server"])
        #expect(headers.names == ["x-request-id", "server", "user-agent"])
        talk.forEverySplit { talk in
            let result = talk.follow(headers: headers)
            #expect(
                result.finished.map(\.fields) == [
                    [
                        HeaderField(.request, "user-agent", "curl/8"),
                        HeaderField(.request, "x-request-id", "7f3a"),
                        HeaderField(.response, "server", "nginx"),
                        HeaderField(.response, "x-request-id", "7f3a"),
                    ]
                ]
            )
        }
    }

    @Test func `are none where nobody asked, and change nothing else`() throws {
        var talk = Conversation()
        talk.client(Self.request("User-Agent: curl/8\r\n", "/cart/4711"), at: 1)
        talk.server(Self.response("Server: nginx\r\n"), at: 2)
        let silent = talk.follow()
        #expect(silent.finished.map(\.fields) == [nil])
        var asked = try talk.follow(headers: SampledHeaders(["server"]))
        #expect(asked.finished.first?.fields?.map(\.value) == ["nginx"])
        for index in asked.finished.indices { asked.finished[index].fields = nil }
        #expect(asked == silent)
    }

    @Test func `of one name are one, and so are folded lines`() throws {
        var talk = Conversation()
        talk.client(
            Self.request("Via: 1.1 a\r\nX-Fold: one\r\n\t two\r\n \r\nVia: 1.1 b\r\nVia:\r\nX-Last: 3\r\n"),
            at: 1
        )
        talk.server(Self.response(), at: 2)
        let headers = try SampledHeaders(["via", "x-fold", "x-last"])
        talk.forEverySplit { talk in
            #expect(
                talk.follow(headers: headers).finished.first?.fields == [
                    HeaderField(.request, "via", "1.1 a, 1.1 b, "),
                    HeaderField(.request, "x-fold", "one two"),
                    HeaderField(.request, "x-last", "3"),
                ]
            )
        }
    }

    @Test func `belong to their own request when it is pipelined, unanswered or cut`() throws {
        var talk = Conversation()
        talk.client(
            Self.request("X-N: 1\r\n") + Self.request("X-N: 2\r\n") + Self.request("X-N: 3\r\n"),
            at: 1
        )
        talk.server(Self.response("X-N: one\r\n"), at: 2)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-N: two\r\n\r\ncut", at: 3)
        talk.finish(.fromResponder, at: 4)
        let result = try talk.follow(headers: SampledHeaders(["x-n"]))
        #expect(
            result.finished.map { $0.fields?.map(\.value) } == [["1", "one"], ["2", "two"], ["3"]]
        )
        #expect(result.outcomes == [.ok, .ok, .serverClosed])
    }

    @Test func `have no query, no fragment and no user information`() throws {
        let cases = [
            ("https://shop/cart?id=7#top", "https://shop/cart…"), ("/login?next=/cart", "/login…"),
            ("#access=1", "…"), ("/a%3Fb=c", "/a…"), ("/a%23b", "/a…"), ("?q=a b\"c\"/d@e", "…"),
            ("https://me:s3cr3t@shop/cart", "https://shop/cart"), ("//me@shop", "//shop"),
            ("amqp://me:p@ss@mq:5672/v", "amqp://mq:5672/v"), ("me:s3cr3t@shop", "shop"),
            ("https%3A%2F%2Fme%3As3cr3t%40shop%2Fcart", "https://shop/cart"),
            ("http:\\\\me:s3cr3t@shop", "http:\\\\shop"), ("mq://me:s3/cr3t@mq", "mq://…"),
            ("mq://me:s3?cr3t@mq", "mq://…"), ("<https://me:s3cr3t@a>; rel=\"x\"", "<https://a>; rel=\"x\""),
            ("https://a:b@c, https://d:e@f", "https://c, https://f"),
            ("https://shop:8443/@scope/pkg", "https://shop:8443/@scope/pkg"),
            ("http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x"), ("http://[::1]/", "http://[::1]/"),
            ("text/html; q=0.9, */*", "text/html; q=0.9, */*"), ("me@shop.example", "me@shop.example"),
        ]
        for (raw, expected) in cases { #expect(try Self.value(raw) == expected, "\(raw)") }
    }

    @Test func `have nothing that cannot be seen`() throws {
        let cases: [([UInt8], String)] = [
            (Array("a\u{1B}[31mb\u{7}".utf8), "a\u{FFFD}[31mb\u{FFFD}"), ([0x61, 0, 0x62], "a\u{FFFD}b"),
            ([0x61, 0xFF, 0xC3], "a\u{FFFD}\u{FFFD}"),
            (Array("a\u{202E}b\u{200B}".utf8), "a\u{FFFD}b\u{FFFD}"),
            (Array("c1\u{9B}31m\u{2028}".utf8), "c1\u{FFFD}31m\u{FFFD}"), (Array("日本語 é".utf8), "日本語 é"),
            (Array("<img src=x onerror=a()>".utf8), "<img src=x onerror=a()>"),
            (Array("a\rb   \tc".utf8), "a b c"),
        ]
        for (raw, expected) in cases { #expect(try Self.value(raw) == expected, "\(raw)") }
    }

    @Test func `are cut where they are long, each and together`() throws {
        let long = String(repeating: "a", count: HeaderLimits.value)
        #expect(try Self.value(long) == long)
        #expect(try Self.value(long + "b") == long + "…")
        let wide = String(repeating: "é", count: HeaderLimits.value)
        #expect(try Self.value(wide) == String(repeating: "é", count: HeaderLimits.value / 2) + "…")
        // User information is dropped before anything is cut, however long it is.
        #expect(try Self.value("https://me:" + long + long + "@shop") == "https://shop")

        var talk = Conversation()
        let names = (0..<HeaderLimits.names).map { "x-\($0)" }
        let lines = names.map { "\($0): \(long)\r\n" }.joined()
        talk.client(Self.request(lines + lines), at: 1)
        talk.server(Self.response(), at: 2)
        let fields = try #require(try talk.follow(headers: SampledHeaders(names)).finished.first?.fields)
        #expect(fields.map(\.name) == names)
        let bytes = fields.map(\.value.utf8.count).reduce(0, +)
        #expect(bytes <= HeaderLimits.message + names.count * "…".utf8.count)
        #expect(fields.last?.value == "…")
    }

    @Test func `of many requests in line are those of the first`() throws {
        var talk = Conversation()
        let count = HeaderLimits.waiting + 8
        talk.client((0..<count).map { Self.request("X-N: \($0)\r\n") }.joined(), at: 1)
        for _ in 0..<count { talk.server(Self.response(), at: 2) }
        let result = try talk.follow(headers: SampledHeaders(["x-n"]))
        let expected = (0..<count).map { $0 < HeaderLimits.waiting ? [String($0)] : nil }
        #expect(result.finished.map { $0.fields?.map(\.value) } == expected)
    }

    @Test(arguments: [
        "Authorization", "proxy-authorization", "Cookie", "set-cookie", "Set-Cookie2", "WWW-Authenticate",
        "proxy-authenticate", "authentication-info", "X-API-Key", "api_key", "X-Auth-Token", "X-Auth",
        "x-amz-security-token", "X-CSRF-Token", "x-xsrf-token", "X-Forwarded-Client-Cert", "client-cert",
        "Sec-WebSocket-Protocol", "DPoP", "X-My-Secret", "db.password", "PHPSESSID-Session",
        "x-jwt-assertion",
        "Ocp-Apim-Subscription-Key", "X-Goog-Api-Key", "x-amzn-oidc-data", "X-Vault-Token",
    ])
    func `are refused where they carry credentials`(name: String) {
        #expect(throws: SampledHeaders.Refusal.credentials(name.lowercased())) {
            _ = try SampledHeaders(["accept", name])
        }
    }

    @Test(arguments: ["", ":path", "x y", "x:", "é", "a\r\nb", "a,b", String(repeating: "x", count: 65)])
    func `are refused where no field can have the name`(name: String) {
        #expect(throws: SampledHeaders.Refusal.noName(name)) { _ = try SampledHeaders([name]) }
    }

    @Test func `are not too many, and ordinary names are none of credentials`() throws {
        let names = (0...HeaderLimits.names).map { "x-\($0)" }
        #expect(throws: SampledHeaders.Refusal.tooMany) { _ = try SampledHeaders(names) }
        let ordinary = [
            "user-agent", "content-type", "server", "x-request-id", "traceparent", "x-author",
            "idempotency-key",
            "accept", "x-forwarded-for", "referer", "location", "grpc-message", "x-b3-traceid",
            "cache-control",
        ]
        #expect(try SampledHeaders(ordinary).names == ordinary)
    }

    /// Nothing but the name of a credential could bring it into an example.
    @Test func `never are others of the same head`() throws {
        var talk = Conversation()
        talk.client(
            Self.request("Authorization: Bearer s3cr3t\r\nCookie: sid=s3cr3t\r\nX-N: 1\r\nX-Na: s3cr3t\r\n"),
            at: 1
        )
        talk.server(Self.response("Set-Cookie: sid=s3cr3t\r\nX: s3cr3t\r\nX-N\t: s3cr3t\r\n"), at: 2)
        let result = try talk.follow(headers: SampledHeaders(["x-n"]))
        #expect(result.finished.map(\.fields) == [[HeaderField(.request, "x-n", "1")]])
    }

    @Test func `of damaged conversations keep their bounds, and change nothing else`() throws {
        let long = String(repeating: "é?/@:", count: 40)
        let headers = try SampledHeaders(["x-one", "x-two", "server"])
        var first = Conversation()
        first.client(Self.request("X-One: \(long)\r\nX-Two: https://me:pw@a/b\r\n"), at: 1)
        first.server(Self.response("Server: \(long)\r\n"), at: 2)
        first.client(Self.request("X-Two: 1\r\n folded\r\n"), at: 3)
        first.server(Self.response("Server: a\r\nServer: b\r\n"), at: 4)
        var second = HTTP2.opened()
        let fields = HTTP2Bytes.added("x-one", "https://me:pw@a/b?c") + HTTP2Bytes.plain("x-two", "2")
        second.send(.fromOriginator, HTTP2Bytes.headers(1, HTTP2Bytes.get("/a") + fields, ends: true), at: 2)
        second.send(.fromOriginator, HTTP2Bytes.headers(3, HTTP2Bytes.get("/b") + [0xBE], ends: true), at: 3)
        for stream in [1, 3] as [UInt32] {
            let block = HTTP2Bytes.ok + [0x76] + HTTP2Bytes.string("envoy")
            second.send(.fromResponder, HTTP2Bytes.headers(stream, block, ends: true), at: 4)
        }
        var kept = 0
        for talk in [first, second] {
            var silent: [Conversation.Result] = []
            talk.mutated(times: 2_000) { result, _ in silent.append(result) }
            talk.mutated(times: 2_000, headers: headers) { result, seed in
                var plain = result
                for index in plain.finished.indices { plain.finished[index].fields = nil }
                #expect(plain == silent[seed], "seed \(seed)")
                for field in result.finished.compactMap(\.fields).joined() {
                    kept += 1
                    let isBounded = field.value.utf8.count <= HeaderLimits.value + "…".utf8.count
                    let isClean = field.value.unicodeScalars.allSatisfy {
                        $0.properties.generalCategory != .control && $0 != "?"
                    }
                    #expect(headers.names.contains(field.name) && isBounded && isClean, "seed \(seed)")
                }
            }
        }
        #expect(kept > 2_000)
    }
}
