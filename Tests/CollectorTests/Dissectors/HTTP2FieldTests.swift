// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// What is kept of header fields of HTTP/2 and gRPC that somebody asked for.
@Suite struct `HTTP2 fields that were asked for` {
    private typealias Bytes = HTTP2Bytes

    private static func follow(_ talk: Conversation, _ names: [String]) throws -> Conversation.Result {
        talk.follow(ports: (40_000, 7_777), headers: try SampledHeaders(names))
    }

    @Test func `are literals, additions to the table and references to both tables`() throws {
        var talk = HTTP2.opened()
        // user-agent is entry 58 of the static table, accept-encoding: gzip, deflate entry 16.
        let first = Bytes.get("/a") + [0x7A] + Bytes.string("curl/8") + [0x90]
        talk.send(
            .fromOriginator,
            Bytes.headers(1, first + Bytes.added("x-one", "1") + Bytes.plain("x-two", "2"), ends: true),
            at: 2
        )
        // Entries 62 and 63 are the newest: x-one, user-agent; the name of the newest with another value.
        let second = Bytes.get("/b") + [0xBE, 0xBF] + [0x0F, 0x2F] + Bytes.string("other")
        talk.send(.fromOriginator, Bytes.headers(3, second, ends: true), at: 3)
        // server is entry 54.
        talk.send(
            .fromResponder,
            Bytes.headers(1, Bytes.ok + [0x76] + Bytes.string("envoy"), ends: true),
            at: 4
        )
        talk.send(.fromResponder, Bytes.headers(3, Bytes.ok + [0xBE], ends: true), at: 5)
        let names = ["user-agent", "x-one", "x-two", "server", "accept-encoding"]
        let headers = try SampledHeaders(names)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777), headers: headers)
            #expect(
                result.finished.map(\.fields) == [
                    [
                        HeaderField(.request, "user-agent", "curl/8"),
                        HeaderField(.request, "accept-encoding", "gzip, deflate"),
                        HeaderField(.request, "x-one", "1"), HeaderField(.request, "x-two", "2"),
                        HeaderField(.response, "server", "envoy"),
                    ],
                    [
                        HeaderField(.request, "x-one", "1, other"),
                        HeaderField(.request, "user-agent", "curl/8"),
                        HeaderField(.response, "server", "envoy"),
                    ],
                ]
            )
        }
        #expect(HTTP2.follow(talk).finished.map(\.fields) == [nil, nil])
    }

    /// RFC 7541 appendix C.4: names and values in Huffman code.
    @Test func `are read in Huffman code as well`() throws {
        var talk = HTTP2.opened()
        let requests = [
            "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ]
        for (index, block) in requests.enumerated() {
            let stream = UInt32(2 * index + 1)
            talk.send(.fromOriginator, Bytes.headers(stream, Bytes.hex(block), ends: true), at: 2)
            talk.send(.fromResponder, Bytes.headers(stream, Bytes.ok, ends: true), at: 3)
        }
        let result = try Self.follow(talk, ["cache-control", "custom-key"])
        #expect(
            result.finished.map(\.fields) == [
                nil, [HeaderField(.request, "cache-control", "no-cache")],
                [HeaderField(.request, "custom-key", "custom-value")],
            ]
        )
    }

    @Test func `of gRPC are those of the trailers too`() throws {
        var talk = HTTP2.opened()
        let call = Bytes.call("/a.B/C") + Bytes.plain("grpc-timeout", "1S")
        talk.send(.fromOriginator, Bytes.headers(1, call, ends: true), at: 2)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.grpcOK + Bytes.plain("x-host", "a")), at: 4)
        let trailers =
            Bytes.plain("grpc-status", "5") + Bytes.plain("grpc-message", "no cart?id=7")
            + Bytes.plain("x-host", "b")
        talk.send(.fromResponder, Bytes.headers(1, trailers, ends: true), at: 6)
        let result = try Self.follow(
            talk,
            ["grpc-timeout", "grpc-message", "grpc-status", "content-type", "x-host"]
        )
        #expect(
            result.finished.map(\.fields) == [
                [
                    HeaderField(.request, "content-type", "application/grpc"),
                    HeaderField(.request, "grpc-timeout", "1S"),
                    HeaderField(.response, "content-type", "application/grpc+proto"),
                    HeaderField(.response, "x-host", "a"), HeaderField(.response, "grpc-status", "5"),
                    HeaderField(.response, "grpc-message", "no cart…"),
                ]
            ]
        )
        #expect(result.statuses == ["NOT_FOUND"])
    }

    @Test func `that are longer than is read lose what may be the half of a secret`() throws {
        let long = "https://shop/x https://me:" + String(repeating: "s", count: 5_000) + "@shop"
        var talk = HTTP2.opened()
        let rest = long.utf8.count - 127
        let value = [0x7F, UInt8(rest & 127) | 128, UInt8(rest >> 7)] + Array(long.utf8)
        talk.send(
            .fromOriginator,
            Bytes.headers(1, Bytes.get("/") + [0x00] + Bytes.string("x-one") + value, ends: true),
            at: 2
        )
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok, ends: true), at: 3)
        let result = try Self.follow(talk, ["x-one"])
        #expect(result.finished.map { $0.fields?.map(\.value) } == [["https://shop/x https://…"]])
    }

    @Test func `are bounded where a small section refers to a long one many times`() throws {
        var talk = HTTP2.opened()
        let long = String(repeating: "a", count: 120)
        talk.send(
            .fromOriginator,
            Bytes.headers(
                1,
                Bytes.get("/") + Bytes.added("x-one", long) + [UInt8](repeating: 0xBE, count: 1_900),
                ends: true
            ),
            at: 2
        )
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok, ends: true), at: 3)
        let result = try Self.follow(talk, ["x-one"])
        #expect(result.finished.map { $0.fields?.map(\.value) } == [[long + ", aaaaaa…"]])
    }

    @Test func `of a connection that had begun are those that can be known`() throws {
        var talk = Conversation(hasHandshake: false)
        for stream in [41, 43] as [UInt32] {
            talk.send(
                .fromOriginator,
                Bytes.headers(stream, Bytes.get("/") + [0xC5, 0xBF] + Bytes.added("x-one", "1"), ends: true),
                at: 2
            )
            talk.send(.fromResponder, Bytes.headers(stream, Bytes.ok, ends: true), at: 3)
        }
        let result = try Self.follow(talk, ["x-one"])
        // What entries 69 and 63 are was said before.
        #expect(result.finished.map { $0.fields?.map(\.value) } == [["1"], ["1"]])
    }
}
