// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `MQTT` {
    private static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
        body.count < 128
            ? [first, UInt8(body.count)] + body
            : [first, UInt8(body.count & 0x7F) | 0x80, UInt8(body.count >> 7)] + body
    }

    private static func text(_ text: String) -> [UInt8] { KafkaBytes.string(text) }

    private static func connect(version: UInt8 = 4) -> [UInt8] {
        packet(0x10, text("MQTT") + [version, 2, 0, 60] + (version == 5 ? [0] : []) + text("sensor-1"))
    }

    private static func publish(
        _ topic: String,
        quality: UInt8 = 0,
        id: Int = 0,
        _ rest: [UInt8] = [1, 2]
    )
        -> [UInt8]
    {
        packet(0x30 | quality << 1, text(topic) + (quality > 0 ? KafkaBytes.int16(id) : []) + rest)
    }

    private static func acknowledgment(_ first: UInt8, _ id: Int, _ rest: [UInt8] = []) -> [UInt8] {
        packet(first, KafkaBytes.int16(id) + rest)
    }

    private static func connected(version: UInt8 = 4) -> Conversation {
        var talk = Conversation()
        talk.send(.fromOriginator, connect(version: version), at: 1)
        talk.send(.fromResponder, packet(0x20, version == 5 ? [0, 0, 0] : [0, 0]), at: 2)
        return talk
    }

    private static func follow(_ talk: Conversation, close: Int64? = nil) -> Conversation.Result {
        talk.follow(ports: (40_000, 7_777), close: close)
    }

    @Test func `publishing is answered as its quality says`() {
        var talk = Self.connected()
        talk.send(.fromOriginator, Self.publish("home/4711/temp"), at: 3)
        talk.send(.fromOriginator, Self.publish("home/door", quality: 1, id: 7), at: 4)
        talk.send(.fromOriginator, Self.publish("home/lamp", quality: 2, id: 8), at: 5)
        talk.send(.fromResponder, Self.acknowledgment(0x50, 8), at: 6)
        talk.send(.fromResponder, Self.acknowledgment(0x40, 7), at: 7)
        talk.send(.fromOriginator, Self.acknowledgment(0x62, 8), at: 8)
        talk.send(.fromResponder, Self.acknowledgment(0x70, 8), at: 9)
        talk.send(.fromResponder, Self.publish("home/bell", quality: 1, id: 9), at: 10)
        talk.send(.fromOriginator, Self.acknowledgment(0x40, 9), at: 11)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == [
                    "CONNECT", "PUBLISH home/{id}/temp", "PUBLISH home/door", "PUBLISH home/lamp",
                ]
            )
            #expect(result.finished.map(\.requestStart) == [1, 3, 4, 5].map { milliseconds($0) })
            #expect(
                result.finished.map(\.responseStart) == milliseconds([2, nil, 7, 6])
            )
            #expect(
                result.finished.map(\.responseEnd) == milliseconds([2, nil, 7, 9])
            )
            #expect(result.messages == [.fromResponder: 1])
            #expect(result.losses.isEmpty)
            #expect(result.client == .fromOriginator)
            #expect(result.finished.allSatisfy { $0.outcome == .ok && !$0.isEarlyResponse })
        }
    }

    @Test func `a refused connection and a failed subscription have their code`() {
        var refused = Conversation()
        refused.send(.fromOriginator, Self.connect(), at: 1)
        refused.send(.fromResponder, Self.packet(0x20, [0, 5]), at: 2)
        #expect(Self.follow(refused).statuses == ["Not authorized"])
        #expect(Self.follow(refused).outcomes == [.clientError])
        var talk = Self.connected()
        talk.send(.fromOriginator, Self.packet(0x82, [0, 1] + Self.text("a/+") + [1]), at: 3)
        talk.send(.fromResponder, Self.acknowledgment(0x90, 1, [0x80]), at: 4)
        talk.send(
            .fromOriginator,
            Self.packet(0x82, [0, 2] + Self.text("a/#") + [1] + Self.text("b") + [0]),
            at: 5
        )
        talk.send(.fromResponder, Self.acknowledgment(0x90, 2, [1, 0]), at: 6)
        talk.send(.fromOriginator, Self.packet(0xA2, [0, 3] + Self.text("a/#")) + [0xC0, 0], at: 7)
        talk.send(.fromResponder, Self.acknowledgment(0xB0, 3) + [0xD0, 0], at: 8)
        talk.send(.fromOriginator, [0xE0, 0], at: 9)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == [
                    "CONNECT", "SUBSCRIBE a/+", "SUBSCRIBE {topics}", "UNSUBSCRIBE a/#", "PINGREQ",
                    "DISCONNECT",
                ]
            )
            #expect(result.statuses == [nil, "Unspecified error", nil, nil, nil, nil])
            #expect(result.outcomes == [.ok, .serverError, .ok, .ok, .ok, .ok])
            #expect(result.finished.map(\.isSession) == [false, false, false, false, true, true])
        }
    }

    @Test func `version 5 has properties, aliases and reasons`() {
        var talk = Self.connected(version: 5)
        talk.send(.fromOriginator, Self.publish("a/b", [3, 0x23, 0, 1, 9]), at: 3)
        talk.send(.fromOriginator, Self.publish("", quality: 1, id: 5, [5, 1, 0, 0x23, 0, 1, 9]), at: 4)
        talk.send(.fromResponder, Self.acknowledgment(0x40, 5, [0x97, 0]), at: 5)
        talk.send(.fromOriginator, Self.publish("c", quality: 2, id: 6, [0]), at: 6)
        talk.send(.fromResponder, Self.acknowledgment(0x50, 6, [0x87, 0]), at: 7)
        talk.send(
            .fromOriginator,
            Self.packet(0x82, [0, 7, 2, 0x0B, 1] + Self.text("$share/g/a") + [1]),
            at: 8
        )
        talk.send(.fromResponder, Self.acknowledgment(0x90, 7, [0, 0x9E]), at: 9)
        talk.send(.fromResponder, Self.packet(0xE0, [0x8B, 0]), at: 10)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == [
                    "CONNECT", "PUBLISH a/b", "PUBLISH a/b", "PUBLISH c", "SUBSCRIBE $share/g/a",
                    "DISCONNECT",
                ]
            )
            #expect(
                result.statuses == [
                    nil, nil, "Quota exceeded", "Not authorized", "Shared subscriptions not supported",
                    "Server shutting down",
                ]
            )
        }
    }

    @Test func `a lost acknowledgment leaves later pairs alone`() {
        var talk = Self.connected()
        for id in 1...3 {
            talk.send(.fromOriginator, Self.publish("t\(id)", quality: 1, id: id), at: Int64(id * 10))
            talk.send(.fromResponder, Self.acknowledgment(0x40, id), at: Int64(id * 10 + 1))
        }
        talk.packets.removeAll { $0.time == milliseconds(21) }
        let result = Self.follow(talk, close: 40)
        #expect(result.operations == ["CONNECT", "PUBLISH t1", "PUBLISH t3"])
        #expect(result.losses.contains(.unmatchedRequests))
    }

    @Test func `a capture cut at 64 bytes still pairs, closing without an answer is unanswered`() {
        var talk = Self.connected()
        let big = Self.publish("a/b", quality: 1, id: 3, [UInt8](repeating: 1, count: 400))
        talk.send(.fromOriginator, Array(big.prefix(64)), wireLength: big.count, at: 3)
        talk.send(.fromResponder, Self.acknowledgment(0x40, 3), at: 4)
        talk.send(.fromOriginator, Self.publish("a/b", quality: 1, id: 4), at: 5)
        talk.finish(.fromResponder, at: 6)
        #expect(Self.follow(talk).outcomes == [.ok, .ok, .serverClosed])
    }

    @Test func `from the middle a subscription or a ping is enough`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromResponder, Self.publish("a/b"), at: 1)
        talk.send(.fromOriginator, Self.packet(0x82, [0, 1, 0] + Self.text("a/#") + [1]), at: 2)
        talk.send(.fromResponder, Self.acknowledgment(0x90, 1, [0, 1]), at: 3)
        #expect(Self.follow(talk).operations == ["SUBSCRIBE a/#"])
        var ping = Conversation(hasHandshake: false)
        ping.send(.fromOriginator, [0xC0, 0], at: 1)
        ping.send(.fromResponder, [0xD0, 0], at: 2)
        ping.send(.fromOriginator, Self.publish("a/b"), at: 3)
        #expect(ping.follow(ports: (40_000, 1_883)).operations == ["PINGREQ", "PUBLISH a/b"])
        #expect(Self.follow(ping).recognized.isEmpty)
    }

    @Test(arguments: [
        [0x10, 12, 0, 4] + Array("MQTX".utf8) + [4, 2, 0, 60],
        [0x10, 12, 0, 4] + Array("MQTT".utf8) + [9, 2, 0, 60],
        [0x10, 0xFF, 0xFF, 0xFF, 0xFF], [0x82, 3, 0, 1, 0], [0x30, 5, 0, 3, 0x61, 0x2F, 0x62],
    ])
    func `other bytes are not MQTT`(bytes: [UInt8]) {
        var talk = Conversation()
        talk.send(.fromOriginator, bytes, at: 1)
        #expect(talk.follow(ports: (40_000, 1_883), close: 2).recognized.isEmpty)
    }

    @Test func `mutated conversations never trap and keep the books balanced`() {
        var original = Self.connected(version: 5)
        original.send(.fromOriginator, Self.publish("a/b", [3, 0x23, 0, 1, 9]), at: 3)
        original.send(.fromOriginator, Self.publish("", quality: 2, id: 5, [3, 0x23, 0, 1, 9]), at: 4)
        original.send(.fromResponder, Self.acknowledgment(0x50, 5), at: 5)
        original.send(.fromOriginator, Self.acknowledgment(0x62, 5), at: 6)
        original.send(.fromResponder, Self.acknowledgment(0x70, 5) + Self.publish("c", [0, 1]), at: 7)
        original.send(.fromOriginator, Self.packet(0x82, [0, 7, 2, 0x0B, 1] + Self.text("a/b") + [1]), at: 8)
        original.send(.fromResponder, Self.acknowledgment(0x90, 7, [0, 0x9E]), at: 9)
        original.send(.fromResponder, Self.packet(0xE0, [0x8B, 0]), at: 10)
        original.mutated(times: 3_000, ports: (40_000, 1_883)) { result, seed in
            #expect(result.isBalanced, "seed \(seed)")
        }
    }
}
