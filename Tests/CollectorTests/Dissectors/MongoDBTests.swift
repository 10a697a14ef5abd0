// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `MongoDB` {
    private typealias Bytes = MongoDBBytes

    private static func follow(_ talk: Conversation, close: Int64? = nil) -> Conversation.Result {
        talk.follow(ports: (40_000, 7_777), close: close)
    }

    private static func find(_ collection: String) -> [(String, Bytes.Value)] {
        [
            ("find", .text(collection)), ("filter", .document([("_id", .text("secret"))])),
            ("$db", .text("shop")),
        ]
    }

    @Test func `a command and its answer have four instants`() {
        var talk = Conversation()
        let find = Bytes.msg(7, Self.find("products"))
        talk.send(.fromOriginator, Array(find.prefix(50)), at: 1)
        talk.send(.fromOriginator, Array(find.dropFirst(50)), at: 3)
        let answer = Bytes.msg(100, answering: 7, flags: 1, Bytes.ok)
        talk.send(.fromResponder, Array(answer.prefix(30)), at: 5)
        talk.send(.fromResponder, Array(answer.dropFirst(30)), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["find products"])
            #expect(result.outcomes == [.ok])
            #expect(result.statuses == [nil])
            #expect(result.started.map(\.at) == [milliseconds(1)])
            #expect(result.losses.isEmpty)
            #expect(result.client == .fromOriginator)
            guard let one = result.finished.first else { return }
            #expect(one.applicationProtocol == .mongodb)
            #expect([one.requestStart, one.requestEnd] == [milliseconds(1), milliseconds(3)])
            #expect([one.responseStart, one.responseEnd] == [milliseconds(5), milliseconds(8)])
        }
    }

    @Test func `answers name their request, failures have their code`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.msg(1, Self.find("a")) + Bytes.msg(2, Self.find("b")), at: 1)
        talk.send(
            .fromOriginator,
            Bytes.msg(
                3,
                flags: 1,
                [("insert", .text("c")), ("$db", .text("shop"))],
                behind: Bytes.sequence("documents", [[("secret", .int(1))], [("secret", .int(2))]])
            ),
            at: 2
        )
        talk.send(
            .fromOriginator,
            Bytes.msg(4, before: Bytes.sequence("updates", [[("q", .int(1))]]), [("update", .text("d"))]),
            at: 3
        )
        talk.send(.fromResponder, Bytes.msg(50, answering: 2, Bytes.failure(59)), at: 4)
        let duplicate: [(String, Bytes.Value)] = [("index", .int(0)), ("code", .int(11_000))]
        talk.send(
            .fromResponder,
            Bytes.msg(
                51,
                answering: 3,
                [("n", .int(1)), ("writeErrors", .array([.document(duplicate)])), ("ok", .double(1))]
            ),
            at: 5
        )
        talk.send(
            .fromResponder,
            Bytes.msg(
                52,
                answering: 4,
                [("writeConcernError", .document([("code", .int(64))])), ("ok", .int(1))]
            ),
            at: 6
        )
        talk.send(.fromResponder, Bytes.msg(53, answering: 1, Bytes.ok), at: 7)
        talk.send(.fromResponder, Bytes.msg(54, answering: 99, Bytes.ok), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["find b", "insert c", "update d", "find a"])
            #expect(result.statuses == ["59", "11000", "64", nil])
            #expect(result.outcomes == [.serverError, .serverError, .serverError, .ok])
            #expect(result.finished.map(\.endedAt) == [4, 5, 6, 7].map { milliseconds($0) })
            #expect(result.losses == [.unmatchedResponses])
        }
    }

    @Test func `setting up is session, and waits where it says so`() {
        var talk = Conversation()
        talk.send(
            .fromOriginator,
            Bytes.query(1, "admin.$cmd", [("isMaster", .int(1)), ("client", .null)]),
            at: 1
        )
        talk.send(
            .fromResponder,
            Bytes.reply(9, answering: 1, [("ismaster", .truth(true))] + Bytes.ok),
            at: 2
        )
        let names = ["saslStart", "saslContinue", "ping", "buildInfo", "endSessions"]
        for (index, name) in names.enumerated() {
            talk.send(.fromOriginator, Bytes.msg(10 + index, [(name, .text("secret"))]), at: 3)
            talk.send(.fromResponder, Bytes.msg(30 + index, answering: 10 + index, Bytes.ok), at: 4)
        }
        talk.send(
            .fromOriginator,
            Bytes.msg(20, flags: 1 << 16, [("hello", .int(1)), ("maxAwaitTimeMS", .long(9))]),
            at: 5
        )
        talk.send(.fromResponder, Bytes.msg(40, answering: 20, flags: 2, Bytes.ok), at: 6)
        talk.send(.fromResponder, Bytes.msg(41, answering: 40, flags: 2, Bytes.ok), at: 7)
        talk.send(.fromResponder, Bytes.msg(42, answering: 41, Bytes.ok), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["isMaster"] + names + ["hello"])
            #expect(result.finished.allSatisfy { $0.isSession })
            #expect(result.finished.map(\.isStreaming) == [false, false, false, false, false, false, true])
            #expect(result.finished.last?.responseEnd == milliseconds(8))
            #expect(result.started.isEmpty)
            #expect(result.messages == [.fromResponder: 2])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `cursors that wait are streaming`() {
        var talk = Conversation()
        let watch = Bytes.Value.array([.document([("$changeStream", .document([]))])])
        talk.send(
            .fromOriginator,
            Bytes.msg(1, [("aggregate", .text("orders")), ("pipeline", watch)]),
            at: 1
        )
        talk.send(.fromResponder, Bytes.msg(8, answering: 1, Bytes.ok), at: 2)
        talk.send(
            .fromOriginator,
            Bytes.msg(2, [("getMore", .long(5)), ("collection", .text("orders"))]),
            at: 3
        )
        talk.send(
            .fromOriginator,
            Bytes.msg(3, [("getMore", .long(6)), ("collection", .text("log"))]),
            at: 3
        )
        talk.send(
            .fromOriginator,
            Bytes.msg(4, [("getMore", .long(7)), ("collection", .text("log")), ("maxTimeMS", .int(9))]),
            at: 3
        )
        for number in 2...4 { talk.send(.fromResponder, Bytes.msg(9, answering: number, Bytes.ok), at: 4) }
        let result = Self.follow(talk)
        #expect(result.operations == ["aggregate orders", "getMore orders", "getMore log", "getMore log"])
        #expect(result.finished.map(\.isStreaming) == [false, true, false, true])
    }

    @Test func `what wants no answer has none`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.msg(1, flags: 2, [("insert", .text("a"))]), at: 1)
        talk.send(
            .fromOriginator,
            Bytes.message(
                2_002,
                2,
                [0, 0, 0, 0] + Array("shop.b\0".utf8) + Bytes.document([("x", .int(1))])
            ),
            at: 2
        )
        talk.send(.fromOriginator, Bytes.msg(3, Self.find("c")), at: 3)
        talk.send(.fromResponder, Bytes.msg(9, answering: 3, Bytes.ok), at: 4)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["insert a", "insert b", "find c"])
            #expect(result.outcomes == [.ok, .ok, .ok])
            #expect(result.finished.map(\.responseEnd) == [nil, nil, milliseconds(4)])
            #expect(result.finished.map(\.isIncomplete) == [false, false, false])
        }
    }

    @Test func `operations of before: queries, further batches, failures`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.query(1, "shop.products", [("ok", .int(0))]), at: 1)
        talk.send(.fromResponder, Bytes.reply(8, answering: 1, [("ok", .int(0)), ("code", .int(5))]), at: 2)
        talk.send(.fromOriginator, Bytes.query(2, "shop.products", [("$bad", .int(0))]), at: 3)
        talk.send(
            .fromResponder,
            Bytes.reply(9, answering: 2, flags: 10, [("$err", .text("secret")), ("code", .int(17_287))]),
            at: 4
        )
        talk.send(
            .fromOriginator,
            Bytes.query(
                3,
                "shop.$cmd",
                [("$query", .document([("count", .text("products"))])), ("x", .int(1))]
            ),
            at: 5
        )
        talk.send(.fromResponder, Bytes.reply(10, answering: 3, Bytes.failure(13)), at: 6)
        talk.send(
            .fromOriginator,
            Bytes.message(
                2_005,
                4,
                [0, 0, 0, 0] + Array("shop.products\0".utf8) + [UInt8](repeating: 1, count: 12)
            ),
            at: 7
        )
        talk.send(.fromResponder, Bytes.reply(11, answering: 4, [("x", .int(1))]), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == ["find products", "find products", "count products", "getMore products"]
            )
            #expect(result.statuses == [nil, "17287", "13", nil])
        }
    }

    @Test func `what is compressed is paired and not read`() {
        var talk = Conversation()
        let body = Bytes.little(2_013, 4) + Bytes.little(100, 4) + [2] + [UInt8](repeating: 0x78, count: 30)
        talk.send(.fromOriginator, Bytes.message(2_012, 1, body), at: 1)
        talk.send(.fromResponder, Bytes.message(2_012, 9, answering: 1, body), at: 2)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["{compressed}"])
            #expect(result.finished.map(\.responseEnd) == [milliseconds(2)])
        }
    }

    @Test func `a long answer is one, a cut one pairs, and names of collections are safe to show`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.msg(1, Self.find("log.2024-01-31")), at: 1)
        let rows = Bytes.Value.array((0..<2_000).map { .document([("code", .int($0))]) })
        let long = Bytes.msg(9, answering: 1, [("cursor", .document([("firstBatch", rows)]))] + Bytes.ok)
        talk.send(.fromResponder, Array(long.prefix(64)), wireLength: long.count, at: 2)
        talk.send(.fromOriginator, Bytes.msg(2, Self.find("a\u{1B}[31m")), at: 3)
        talk.send(.fromResponder, Bytes.msg(10, answering: 2, [("cursor", rows)] + Bytes.ok), at: 4)
        let result = Self.follow(talk)
        #expect(result.operations == ["find log.{n}-01-31", "find {name}"])
        #expect(result.outcomes == [.ok, .ok])
        #expect(result.finished.map(\.responseEnd) == [milliseconds(2), milliseconds(4)])
    }

    @Test func `a lost answer leaves other pairs alone`() {
        var talk = Conversation()
        for number in 1...3 {
            talk.send(.fromOriginator, Bytes.msg(number, Self.find("c\(number)")), at: Int64(number) * 2)
            talk.send(.fromResponder, Bytes.msg(9, answering: number, Bytes.ok), at: Int64(number) * 2 + 1)
        }
        talk.packets.removeAll { $0.time == milliseconds(5) }
        let result = Self.follow(talk, close: 20)
        #expect(result.operations == ["find c1", "find c3"])
        #expect(result.losses.contains(.unmatchedRequests))
    }

    @Test func `a connection seen from its middle is recognized by either side`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromOriginator, Bytes.msg(9, answering: 3, Bytes.ok), at: 1)
        talk.send(.fromResponder, Bytes.msg(4, Self.find("a")), at: 2)
        talk.send(.fromOriginator, Bytes.msg(10, answering: 4, Bytes.ok), at: 3)
        let result = Self.follow(talk)
        #expect(result.operations == ["find a"])
        #expect(result.client == .fromResponder)
        #expect(result.losses == [.unmatchedResponses])
    }

    @Test(
        arguments: [
            Bytes.message(2_013, 1, [4, 0, 0, 0, 0, 5, 0, 0, 0, 0]),
            Bytes.message(2_013, 1, [0, 0, 0, 0, 0, 0xFF, 0, 0, 0, 1]),
            Bytes.message(2_004, 1, [0, 0, 0, 0] + Array("no dot\0".utf8)),
            Bytes.message(9, 1, [0, 0, 0, 0, 0, 0, 0, 0]),
            [UInt8](repeating: 1, count: 64),
        ] as [[UInt8]]
    )
    func `other bytes are not MongoDB`(bytes: [UInt8]) {
        for isFromStart in [true, false] {
            var talk = Conversation(hasHandshake: isFromStart)
            talk.send(.fromOriginator, bytes, at: 1)
            #expect(Self.follow(talk, close: 2) == .init())
        }
    }

    @Test func `mutated conversations never trap and keep the books balanced`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.query(1, "admin.$cmd", [("isMaster", .int(1))]), at: 1)
        talk.send(.fromResponder, Bytes.reply(8, answering: 1, Bytes.ok), at: 2)
        talk.send(.fromOriginator, Bytes.msg(2, Self.find("a")) + Bytes.msg(3, Self.find("b")), at: 3)
        talk.send(.fromResponder, Bytes.msg(9, answering: 3, Bytes.failure(2)), at: 4)
        talk.send(.fromResponder, Bytes.msg(10, answering: 2, flags: 2, Bytes.ok), at: 5)
        talk.send(.fromResponder, Bytes.msg(11, answering: 10, Bytes.ok), at: 6)
        talk.send(.fromOriginator, Bytes.msg(4, flags: 2, [("insert", .text("a"))]), at: 7)
        talk.send(.fromOriginator, Bytes.msg(5, [("getMore", .long(1)), ("collection", .text("a"))]), at: 8)
        talk.send(
            .fromResponder,
            Bytes.msg(12, answering: 5, [("writeErrors", .array([.document([])]))]),
            at: 9
        )
        talk.finish(.fromResponder, at: 12)
        talk.mutated(times: 4_000) { result, seed in
            #expect(result.isBalanced, "seed \(seed)")
        }
    }
}
