// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// What of HTTP/2 can be told when not all was captured, and what is made of hostile peers.
@Suite struct `HTTP2 in part` {
    private typealias Bytes = HTTP2Bytes

    /// Requests that refer to a table: `/list` is added and then referred to.
    private static func indexed(_ stream: UInt32, adds: Bool) -> [UInt8] {
        let path = adds ? [0x44] + Bytes.string("/list") : [0xBE]
        return Bytes.headers(stream, [0x82, 0x86] + path, ends: true)
    }

    @Test func `a connection seen from its middle knows what is added from then on`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromResponder, Bytes.data(9, "rest of an earlier one"), at: 1)
        talk.send(.fromOriginator, Self.indexed(11, adds: false), at: 2)
        talk.send(.fromResponder, Bytes.headers(11, Bytes.ok, ends: true), at: 3)
        talk.send(.fromOriginator, Self.indexed(13, adds: true), at: 4)
        talk.send(.fromOriginator, Self.indexed(15, adds: false), at: 4)
        talk.send(.fromResponder, Bytes.headers(13, [0xC9], ends: true), at: 5)
        talk.send(.fromResponder, Bytes.headers(15, Bytes.ok, ends: true), at: 6)
        let result = HTTP2.follow(talk)
        #expect(result.client == .fromOriginator)
        #expect(result.operations == ["GET {unknown}", "GET /list", "GET /list"])
        #expect(result.statuses == ["200", nil, "200"])
        #expect(result.losses.isEmpty)
    }

    @Test func `a response decides too, and answers no request that was seen`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromResponder, Bytes.headers(9, Bytes.ok) + Bytes.data(9, "x", ends: true), at: 1)
        talk.send(.fromOriginator, Bytes.headers(11, Bytes.get("/a"), ends: true), at: 2)
        talk.send(.fromResponder, Bytes.headers(11, [0x8D], ends: true), at: 3)
        let result = HTTP2.follow(talk)
        #expect(result.client == .fromOriginator)
        #expect(result.statuses == ["404"])
        #expect(result.losses == [.unmatchedResponses])
    }

    @Test func `a call whose content type is not known is one by its answer`() {
        var talk = Conversation(hasHandshake: false)
        let call = [0x83, 0x86, 0x04] + Bytes.string("/a.B/C") + [0xC5]
        talk.send(.fromOriginator, Bytes.headers(11, call, ends: true), at: 2)
        #expect(HTTP2.follow(talk).started.isEmpty)
        #expect(HTTP2.follow(talk).inFlight == 1)
        talk.send(.fromResponder, Bytes.headers(11, [0x88, 0xC2]), at: 3)
        talk.send(.fromResponder, Bytes.headers(11, Bytes.plain("grpc-status", "5"), ends: true), at: 4)
        talk.send(.fromOriginator, Bytes.headers(13, [0x83, 0x86, 0xC4, 0xC5], ends: true), at: 5)
        talk.send(
            .fromResponder,
            Bytes.headers(13, Bytes.grpcOK + Bytes.plain("grpc-status", "0"), ends: true),
            at: 6
        )
        let result = HTTP2.follow(talk)
        #expect(result.operations == ["/a.B/C", "{unknown}"])
        #expect(result.started.map(\.applicationProtocol) == result.finished.map(\.applicationProtocol))
        #expect(result.finished.map(\.applicationProtocol) == [.grpc, .grpc])
        #expect(result.statuses == ["NOT_FOUND", "OK"])
    }

    @Test func `a lost request is one unmatched response, and later ones are as ever`() {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Self.indexed(1, adds: true), at: 2)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok, ends: true), at: 3)
        talk.send(.fromOriginator, Self.indexed(3, adds: false), at: 4)
        talk.send(.fromResponder, Bytes.headers(3, Bytes.ok, ends: true), at: 5)
        talk.send(.fromOriginator, Self.indexed(5, adds: false), at: 6)
        talk.send(.fromResponder, Bytes.headers(5, Bytes.ok, ends: true), at: 7)
        talk.packets.removeAll { $0.time == milliseconds(4) }
        let result = HTTP2.follow(talk)
        // What the lost one added to the table is not known.
        #expect(result.operations == ["GET /list", "GET {unknown}"])
        #expect(result.losses == [.reassemblyGaps, .unmatchedResponses])
    }

    @Test func `a lost response leaves later pairs alone`() {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.get("/a"), ends: true), at: 2)
        talk.send(.fromOriginator, Bytes.headers(3, Bytes.get("/b"), ends: true), at: 2)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok, ends: true), at: 3)
        talk.send(.fromResponder, Bytes.headers(3, Bytes.ok, ends: true), at: 4)
        talk.send(.fromOriginator, Bytes.headers(5, Bytes.get("/c"), ends: true), at: 5)
        talk.packets.removeAll { $0.time == milliseconds(3) }
        let result = HTTP2.follow(talk, advance: 60_004, close: 70_000)
        #expect(result.operations == ["GET /b", "GET /c"])
        #expect(result.outcomes == [.ok, .timedOut])
        #expect(result.losses.filter { $0 == .unmatchedRequests }.count == 1)
        #expect(result.started.count == 3)
    }

    @Test func `a hole inside a body is passed over`() {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.get("/a"), ends: true), at: 2)
        let body = Bytes.headers(1, Bytes.ok) + Bytes.data(1, String(repeating: "x", count: 300), ends: true)
        talk.send(.fromResponder, Array(body[..<60]), wireLength: body.count, at: 3)
        talk.send(.fromOriginator, Bytes.headers(3, Bytes.get("/b"), ends: true), at: 4)
        talk.send(.fromResponder, Bytes.headers(3, Bytes.ok, ends: true), at: 5)
        let result = HTTP2.follow(talk)
        #expect(result.statuses == ["200", "200"])
        #expect(result.finished.map(\.responseEnd) == [milliseconds(3), milliseconds(5)])
        #expect(result.losses.isEmpty)
    }

    @Test func `a header section that was captured in part tells what it can`() {
        var talk = HTTP2.opened()
        let request = Bytes.headers(
            1,
            Bytes.get("/a") + Bytes.added("x", String(repeating: "y", count: 90)),
            ends: true
        )
        talk.send(.fromOriginator, Array(request[..<40]), wireLength: request.count, at: 2)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok, ends: true), at: 3)
        talk.send(.fromOriginator, Bytes.headers(3, [0x82, 0x86, 0xBE], ends: true), at: 4)
        talk.send(.fromResponder, Bytes.headers(3, Bytes.ok, ends: true), at: 5)
        let result = HTTP2.follow(talk)
        #expect(result.operations == ["GET /a", "GET {unknown}"])
        #expect(result.finished.map(\.requestEnd) == [milliseconds(2), milliseconds(4)])
    }

    // MARK: - Hostile peers

    @Test func `an endless header section is given up and counted`() {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Bytes.frame(1, 0, 1, Bytes.get("/a")), at: 2)
        for _ in 0..<80 {
            talk.send(.fromOriginator, Bytes.frame(9, 0, 1, [UInt8](repeating: 0x82, count: 1_000)), at: 2)
        }
        let result = HTTP2.follow(talk)
        #expect(result.losses == [.abandonedStreams])
        #expect(result.inFlight == 0)
    }

    @Test func `many references to a long field are bounded`() {
        var talk = HTTP2.opened()
        let path = "/" + String(repeating: "a", count: 3_000)
        let long = [0x44, 0x7F] + Self.integer(3_001 - 127) + Array(path.utf8)
        talk.send(.fromOriginator, Bytes.headers(1, [0x82, 0x86] + long, ends: true), at: 2)
        talk.send(
            .fromOriginator,
            Bytes.headers(3, [0x82] + [UInt8](repeating: 0xBE, count: 1_500), ends: true),
            at: 3
        )
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok, ends: true), at: 4)
        talk.send(.fromResponder, Bytes.headers(3, Bytes.ok, ends: true), at: 4)
        let result = HTTP2.follow(talk)
        #expect(result.finished.count == 2)
        #expect(result.operations.allSatisfy { $0.utf8.count <= OperationTemplate.lengthLimit })
        var bomb = talk
        bomb.send(
            .fromOriginator,
            Bytes.headers(5, [UInt8](repeating: 0xBE, count: 10_000), ends: true),
            at: 5
        )
        #expect(HTTP2.follow(bomb).losses == [.abandonedStreams])
    }

    /// The rest of an integer after its prefix (RFC 7541 section 5.1).
    private static func integer(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 0x7F | 0x80)] + integer(value >> 7)
    }

    @Test(
        arguments: [
            [0x80], [0xBE], [0x82, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x04, 0x05, 0x2F],
            [0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x04, 0x81, 0x00], [0xFF, 0x80],
        ] as [[UInt8]]
    )
    func `malformed header sections end the dissection`(block: [UInt8]) {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Bytes.headers(1, block, ends: true), at: 2)
        #expect(HTTP2.follow(talk, close: 5).losses == [.abandonedStreams])
    }

    @Test func `more open streams than fit are given up`() {
        var talk = HTTP2.opened()
        for index in 0...UInt32(HTTP2Limits.streams) {
            talk.send(.fromOriginator, Bytes.headers(2 * index + 1, Bytes.get("/a"), ends: true), at: 2)
        }
        let result = HTTP2.follow(talk)
        #expect(result.losses.filter { $0 == .abandonedStreams }.count == 1)
        #expect(result.losses.filter { $0 == .unmatchedRequests }.count == HTTP2Limits.streams)
        #expect(result.started.count == HTTP2Limits.streams)
    }

    @Test(
        arguments: [
            [0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0],
            [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
            [0, 0, 3, 1, 4, 0, 0, 0, 1, 0x88, 0x82, 0x86], [0, 0, 2, 1, 4, 0, 0, 0, 1, 0x82, 0x82],
            [0x50, 0x52, 0x49, 0x20, 0x2A, 0x20],
            [0, 0, 0, 0x2C, 0, 0x12, 0, 3, 0, 0, 0, 1],
        ] as [[UInt8]]
    )
    func `frames that say nothing are not recognized`(bytes: [UInt8]) {
        for hasHandshake in [true, false] {
            var talk = Conversation(hasHandshake: hasHandshake)
            talk.send(.fromOriginator, bytes, at: 1)
            talk.send(.fromResponder, bytes, at: 2)
            #expect(HTTP2.follow(talk, close: 3) == Conversation.Result())
        }
    }

    @Test func `mutated conversations never trap and keep the books balanced`() {
        var original = HTTP2.opened()
        original.send(
            .fromOriginator,
            Self.indexed(1, adds: true) + Bytes.headers(3, Bytes.call("/a.B/C")),
            at: 2
        )
        original.send(.fromOriginator, Bytes.frame(0, 9, 3, [2] + Bytes.message("hello") + [0, 0]), at: 3)
        original.send(.fromResponder, Bytes.headers(1, Bytes.ok) + Bytes.headers(3, Bytes.grpcOK), at: 4)
        original.send(.fromOriginator, Self.indexed(5, adds: false) + Bytes.reset(5, 8), at: 5)
        original.send(
            .fromResponder,
            Bytes.data(1, "x", ends: true) + Bytes.frame(0, 0, 3, Bytes.message("a")),
            at: 6
        )
        original.send(.fromResponder, Bytes.headers(3, Bytes.added("grpc-status", "0"), ends: true), at: 7)
        original.send(.fromOriginator, Self.indexed(7, adds: false), at: 8)
        original.send(.fromResponder, Bytes.frame(7, 0, 0, Bytes.word(5) + Bytes.word(0)), at: 9)
        original.finish(.fromResponder, at: 10)
        original.mutated(times: 4_000) { result, seed in
            #expect(result.isBalanced, "seed \(seed)")
        }
    }
}
