// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `AMQP` {
    private static let preamble: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]

    private static func frame(_ kind: UInt8, _ channel: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [kind, 0, channel] + KafkaBytes.int32(payload.count) + payload + [0xCE]
    }

    private static func method(_ channel: UInt8, _ id: (Int, Int), _ arguments: [UInt8] = []) -> [UInt8] {
        frame(1, channel, KafkaBytes.int16(id.0) + KafkaBytes.int16(id.1) + arguments)
    }

    private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    private static func header(_ channel: UInt8, _ size: Int) -> [UInt8] {
        frame(2, channel, [0, 60, 0, 0] + KafkaBytes.int32(0) + KafkaBytes.int32(size) + [0, 0])
    }

    private static func publish(_ channel: UInt8, _ exchange: String, _ key: String, body: Int = 5) -> [UInt8]
    {
        method(channel, (60, 40), [0, 0] + text(exchange) + text(key) + [0]) + header(channel, body)
            + (body > 0 ? frame(3, channel, [UInt8](repeating: 1, count: body)) : [])
    }

    private static func ack(
        _ channel: UInt8,
        _ tag: Int,
        isMultiple: Bool = false,
        method: Int = 80
    ) -> [UInt8] {
        self.method(
            channel,
            (60, method),
            KafkaBytes.int32(0) + KafkaBytes.int32(tag) + [isMultiple ? 1 : 0]
        )
    }

    private static func close(_ channel: UInt8, code: Int, over id: (Int, Int)) -> [UInt8] {
        let culprit = KafkaBytes.int16(id.0) + KafkaBytes.int16(id.1)
        return method(
            channel,
            channel == 0 ? (10, 50) : (20, 40),
            KafkaBytes.int16(code) + text("NOT_FOUND - no such thing") + culprit
        )
    }

    /// A connection with its first channel open.
    private static func opened(confirms: Bool = false) -> Conversation {
        var talk = Conversation()
        talk.send(.fromOriginator, preamble, at: 1)
        talk.send(.fromResponder, method(0, (10, 10), [0, 9, 0, 0, 0, 0]), at: 1)
        talk.send(.fromOriginator, method(0, (10, 11), [0, 0, 0, 0]), at: 1)
        talk.send(.fromResponder, method(0, (10, 30), [0, 0, 0, 2, 0, 0, 0, 0]), at: 2)
        talk.send(.fromOriginator, method(0, (10, 31)) + method(0, (10, 40), text("/") + [0, 0]), at: 2)
        talk.send(.fromResponder, method(0, (10, 41), [0]), at: 3)
        talk.send(.fromOriginator, method(1, (20, 10), [0]), at: 3)
        talk.send(.fromResponder, method(1, (20, 11), [0, 0, 0, 0]), at: 4)
        if confirms {
            talk.send(.fromOriginator, method(1, (85, 10), [0]), at: 4)
            talk.send(.fromResponder, method(1, (85, 11)), at: 5)
        }
        return talk
    }

    private static func follow(_ talk: Conversation, close: Int64? = nil) -> Conversation.Result {
        var result = talk.follow(ports: (40_000, 7_777), close: close)
        result.finished.removeAll { $0.isSession }
        return result
    }

    @Test func `set-up is session, methods and what is got have four instants`() {
        var talk = Self.opened()
        talk.send(.fromOriginator, Self.method(1, (50, 10), [0, 0] + Self.text("orders") + [0]), at: 10)
        talk.send(.fromResponder, Self.method(1, (50, 11), Self.text("orders")), at: 11)
        talk.send(.fromOriginator, Self.method(1, (60, 70), [0, 0] + Self.text("orders") + [0]), at: 12)
        talk.send(.fromResponder, Self.method(1, (60, 71), [0, 0, 0, 0]) + Self.header(1, 8), at: 13)
        talk.send(.fromResponder, Self.frame(3, 1, [1, 2, 3, 4]), at: 14)
        talk.send(.fromResponder, Self.frame(3, 1, [1, 2, 3, 4]) + Self.frame(8, 0, []), at: 15)
        talk.send(.fromOriginator, Self.method(1, (60, 70), [0, 0] + Self.text("orders") + [0]), at: 16)
        talk.send(.fromResponder, Self.method(1, (60, 72), [0]), at: 17)
        #expect(talk.follow().finished.filter { $0.isSession }.count == 3)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["Queue.Declare orders", "Basic.Get orders", "Basic.Get orders"])
            #expect(result.finished.map(\.responseStart) == [11, 13, 17].map { milliseconds($0) })
            #expect(result.finished.map(\.responseEnd) == [11, 15, 17].map { milliseconds($0) })
            #expect(result.outcomes == [.ok, .ok, .ok])
            #expect(result.started.count == 3)
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `publishing without confirmation has no response, deliveries are messages`() {
        var talk = Self.opened()
        let publish = Self.publish(1, "amq.topic", "eu.orders", body: 40)
        talk.send(.fromOriginator, Array(publish.prefix(30)), at: 10)
        talk.send(.fromOriginator, Array(publish.dropFirst(30)), at: 12)
        talk.send(.fromOriginator, Self.publish(1, "", "mail", body: 0), at: 13)
        let delivery = Self.method(1, (60, 60), Self.text("tag")) + Self.header(1, 3)
        talk.send(.fromResponder, delivery + Self.frame(3, 1, [1, 2, 3]), at: 14)
        talk.send(.fromOriginator, Self.ack(1, 1), at: 15)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["Basic.Publish amq.topic", "Basic.Publish mail"])
            #expect(result.finished.map(\.requestStart) == [milliseconds(10), milliseconds(13)])
            #expect(result.finished.map(\.requestEnd) == [milliseconds(12), milliseconds(13)])
            #expect(result.finished.allSatisfy { $0.responseEnd == nil && !$0.isIncomplete })
            #expect(result.messages == [.fromResponder: 1, .fromOriginator: 1])
            #expect(result.inFlight == 0)
        }
    }

    @Test func `confirmations answer what was published, one or many`() {
        var talk = Self.opened(confirms: true)
        for index in 1...4 {
            talk.send(.fromOriginator, Self.publish(1, "x", "k"), at: Int64(10 + index))
        }
        talk.send(.fromResponder, Self.ack(1, 2, isMultiple: true), at: 20)
        talk.send(.fromResponder, Self.ack(1, 4, method: 120) + Self.ack(1, 3), at: 21)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == [String](repeating: "Basic.Publish x", count: 4))
            #expect(result.finished.map(\.requestStart) == [11, 12, 14, 13].map { milliseconds($0) })
            #expect(result.finished.map(\.requestEnd) == [11, 12, 14, 13].map { milliseconds($0) })
            #expect(result.finished.map(\.responseEnd) == [20, 20, 21, 21].map { milliseconds($0) })
            #expect(result.outcomes == [.ok, .ok, .serverError, .ok])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `the code of a close is the error of what it is about`() {
        var talk = Self.opened()
        talk.send(.fromOriginator, Self.method(1, (60, 20), [0, 0] + Self.text("none") + [0, 0]), at: 10)
        talk.send(.fromResponder, Self.close(1, code: 404, over: (60, 20)), at: 11)
        talk.send(.fromOriginator, Self.method(1, (20, 41)) + Self.method(2, (20, 10), [0]), at: 12)
        talk.send(.fromResponder, Self.method(2, (20, 11), [0, 0, 0, 0]), at: 13)
        talk.send(.fromOriginator, Self.publish(2, "gone", "k"), at: 14)
        talk.send(.fromResponder, Self.close(2, code: 404, over: (60, 40)), at: 15)
        talk.send(.fromResponder, Self.close(0, code: 320, over: (0, 0)), at: 16)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == [
                    "Basic.Consume none", "Basic.Publish gone", "Channel.Close", "Connection.Close",
                ]
            )
            #expect(result.statuses == ["404", nil, "404", "320"])
            #expect(result.outcomes == [.serverError, .ok, .serverError, .serverError])
        }
    }

    @Test func `without an answer asked for there is none`() {
        var talk = Self.opened()
        talk.send(.fromOriginator, Self.method(1, (50, 10), [0, 0] + Self.text("q") + [0x10]), at: 10)
        talk.send(.fromOriginator, Self.method(1, (50, 30), [0, 0] + Self.text("q") + [0]), at: 11)
        talk.send(.fromResponder, Self.method(1, (50, 31), [0, 0, 0, 1]), at: 12)
        let result = Self.follow(talk, close: 20)
        #expect(result.operations == ["Queue.Declare q", "Queue.Purge q"])
        #expect(result.outcomes == [.ok, .ok])
    }

    @Test func `a lost reply leaves later pairs alone`() {
        var talk = Self.opened()
        for index in 1...3 {
            let declare = Self.method(1, (50, 10), [0, 0] + Self.text("q\(index)") + [0])
            talk.send(.fromOriginator, declare, at: Int64(index * 10))
            talk.send(.fromResponder, Self.method(1, (50, 11), Self.text("q")), at: Int64(index * 10 + 1))
        }
        talk.packets.removeAll { $0.time == milliseconds(21) }
        let result = Self.follow(talk)
        #expect(result.operations == ["Queue.Declare q1", "Queue.Declare q3"])
        #expect(result.finished.map(\.responseEnd) == [milliseconds(11), milliseconds(31)])
        #expect(result.losses.contains(.unmatchedRequests))
    }

    @Test func `a connection seen from its middle is recognized, and a cut capture pairs`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromResponder, Self.frame(3, 1, [1, 2, 3]), at: 1)
        talk.send(.fromOriginator, Self.publish(1, "x", "k", body: 3), at: 2)
        talk.send(.fromResponder, Self.ack(1, 77), at: 3)
        let big = Self.publish(1, "x", "k", body: 900)
        talk.send(.fromOriginator, Array(big.prefix(64)), wireLength: big.count, at: 4)
        talk.send(.fromOriginator, Self.publish(1, "y", "k", body: 3), at: 5)
        let result = Self.follow(talk)
        #expect(result.operations == ["Basic.Publish x", "Basic.Publish x", "Basic.Publish y"])
        #expect(result.losses.isEmpty)
        #expect(result.client == .fromOriginator)
    }

    @Test(arguments: [
        Array("AMQP".utf8) + [0, 1, 0, 0], Array("AMQX".utf8) + [0, 0, 9, 1],
        [1, 0, 0, 0, 0, 0, 4, 0, 99, 0, 10, 0xCE],
        [1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 40, 0xCD], [1, 0, 1, 0xFF, 0, 0, 4, 0, 60, 0, 40, 0xCE],
    ])
    func `other bytes are not AMQP`(bytes: [UInt8]) {
        var talk = Conversation()
        talk.send(.fromOriginator, bytes, at: 1)
        #expect(talk.follow(ports: (40_000, 5_672), close: 2).recognized.isEmpty)
    }

    @Test func `channels without end are given up`() {
        var talk = Self.opened()
        for channel in 0..<2_200 {
            let start: [UInt8] = [1] + KafkaBytes.int16(channel + 2)
            talk.send(.fromOriginator, start + Self.publish(1, "x", "k", body: 3).dropFirst(3), at: 5)
        }
        #expect(Self.follow(talk).losses.contains(.abandonedStreams))
    }

    @Test func `mutated conversations never trap and keep the books balanced`() {
        var original = Self.opened(confirms: true)
        for index in 1...3 {
            original.send(.fromOriginator, Self.publish(1, "x", "k"), at: Int64(10 + index))
        }
        original.send(.fromResponder, Self.ack(1, 2, isMultiple: true) + Self.ack(1, 3, method: 120), at: 21)
        original.send(.fromOriginator, Self.method(1, (60, 70), [0, 0] + Self.text("q") + [0]), at: 22)
        original.send(.fromResponder, Self.method(1, (60, 71)) + Self.header(1, 3), at: 23)
        original.send(.fromResponder, Self.frame(3, 1, [1, 2, 3]), at: 24)
        original.send(.fromResponder, Self.close(1, code: 404, over: (60, 40)), at: 25)
        original.mutated(times: 3_000, ports: (40_000, 5_672)) { result, seed in
            #expect(result.isBalanced, "seed \(seed)")
        }
    }
}
