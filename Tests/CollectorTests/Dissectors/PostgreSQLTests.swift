// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `PostgreSQL` {
    private typealias Bytes = PostgreSQLBytes

    private static func follow(_ talk: Conversation, close: Int64? = nil) -> Conversation.Result {
        talk.follow(ports: (40_000, 7_777), close: close)
    }

    /// A conversation behind its start, which takes no time.
    private static func talk() -> Conversation {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.startup, at: 0)
        talk.send(.fromResponder, Bytes.authentication(0) + Bytes.ready(), at: 0)
        return talk
    }

    @Test func `a query has four instants, and ends when the server is ready`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.query("select * from product where id = 5"), at: 1)
        talk.send(.fromResponder, Bytes.typed("T", [0, 0]), at: 4)
        talk.send(.fromResponder, Bytes.row + Bytes.complete("SELECT 1"), at: 6)
        talk.send(.fromResponder, Bytes.ready(), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["SELECT product WHERE id = ?"])
            #expect(result.outcomes == [.ok])
            #expect(result.started.map(\.at) == [milliseconds(1)])
            #expect(result.losses.isEmpty)
            #expect(result.client == .fromOriginator)
            guard let one = result.finished.first else { return }
            #expect(one.applicationProtocol == .postgresql)
            #expect([one.requestStart, one.requestEnd] == [milliseconds(1), milliseconds(1)])
            #expect([one.responseStart, one.responseEnd] == [milliseconds(4), milliseconds(8)])
        }
    }

    @Test func `setting up is session: encryption refused, passwords, SET, and empty queries`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.encrypt, at: 1)
        talk.send(.fromResponder, [0x4E], at: 2)
        talk.send(.fromOriginator, Bytes.startup, at: 3)
        talk.send(.fromResponder, Bytes.authentication(10), at: 4)
        talk.send(.fromOriginator, Bytes.typed("p", text: "secret"), at: 5)
        talk.send(.fromResponder, Bytes.authentication(11), at: 6)
        talk.send(.fromOriginator, Bytes.typed("p", text: "secret"), at: 7)
        talk.send(.fromResponder, Bytes.authentication(12) + Bytes.authentication(0), at: 8)
        talk.send(.fromResponder, Bytes.typed("S", text: "TimeZone\0UTC\0") + Bytes.ready(), at: 9)
        talk.send(.fromOriginator, Bytes.query("SET search_path TO secret; SHOW x"), at: 10)
        talk.send(.fromResponder, Bytes.complete("SET") + Bytes.complete("SHOW") + Bytes.ready(), at: 11)
        talk.send(.fromOriginator, Bytes.query(";"), at: 12)
        talk.send(.fromResponder, Bytes.typed("I") + Bytes.ready(), at: 13)
        talk.send(.fromOriginator, Bytes.typed("X"), at: 14)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == [
                    "encrypt", "startup", "password", "password", "SET; SHOW", "{empty}",
                ]
            )
            #expect(result.finished.allSatisfy { $0.isSession && $0.outcome == .ok })
            #expect(result.finished.map(\.endedAt) == [2, 4, 6, 9, 11, 13].map { milliseconds($0) })
            #expect(result.started.isEmpty)
            #expect(result.losses.isEmpty)
            #expect(result.inFlight == 0)
        }
    }

    @Test func `a refused password is the connection's, not a request's`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.startup, at: 1)
        talk.send(.fromResponder, Bytes.error("28P01"), at: 2)
        talk.finish(.fromResponder, at: 3)
        let result = Self.follow(talk)
        #expect(result.statuses == ["28P01"])
        #expect(result.finished.map(\.isSession) == [true])
    }

    @Test func `accepted encryption hands the connection on`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.encrypt, at: 1)
        talk.send(.fromResponder, [0x53], at: 2)
        talk.client("GET /inside HTTP/1.1\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 4)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["encrypt", "GET /inside"])
            #expect(result.recognized == [.postgresql, .http])
        }
    }

    @Test func `a cancel request waits for no answer`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.cancel, at: 1)
        talk.finish(.fromResponder, at: 2)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["cancel"])
            #expect(result.outcomes == [.ok])
            #expect(result.finished.map(\.isSession) == [true])
        }
    }

    @Test func `an extended query is one request from Parse to ReadyForQuery`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.parse("INSERT INTO t (a) VALUES ($1)"), at: 1)
        talk.send(.fromOriginator, Bytes.bind() + Bytes.describe() + Bytes.execute() + Bytes.sync, at: 3)
        talk.send(.fromResponder, Bytes.parsed + Bytes.bound + Bytes.noData, at: 5)
        talk.send(.fromResponder, Bytes.complete("INSERT 0 1") + Bytes.ready(), at: 7)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["INSERT t"])
            #expect(result.started.count == 1)
            guard let one = result.finished.first else { return }
            #expect([one.requestStart, one.requestEnd] == [milliseconds(1), milliseconds(3)])
            #expect([one.responseStart, one.responseEnd] == [milliseconds(5), milliseconds(7)])
        }
    }

    @Test func `a statement prepared by name is known when it is executed`() {
        var talk = Self.talk()
        talk.send(
            .fromOriginator,
            Bytes.parse("UPDATE t SET a = $1 WHERE b = $2", name: "s1") + Bytes.describe("s1") + Bytes.flush,
            at: 1
        )
        talk.send(.fromResponder, Bytes.parsed + Bytes.typed("t", [0, 0]) + Bytes.noData, at: 2)
        talk.send(.fromOriginator, Bytes.bind("s1") + Bytes.execute() + Bytes.sync, at: 10)
        talk.send(.fromResponder, Bytes.bound + Bytes.complete("UPDATE 1") + Bytes.ready(), at: 11)
        talk.send(.fromOriginator, Bytes.close("s1") + Bytes.sync, at: 12)
        talk.send(.fromResponder, Bytes.typed("3") + Bytes.ready(), at: 13)
        talk.send(.fromOriginator, Bytes.bind("s1") + Bytes.execute() + Bytes.sync, at: 14)
        talk.send(.fromResponder, Bytes.error("26000") + Bytes.ready(), at: 15)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == [
                    "startup", "PREPARE UPDATE t WHERE b = ?", "UPDATE t WHERE b = ?", "sync", "EXECUTE",
                ]
            )
            #expect(result.finished.map(\.isSession) == [true, false, false, true, false])
            #expect(result.finished.map(\.endedAt) == [0, 2, 11, 13, 15].map { milliseconds($0) })
            #expect(result.statuses == [nil, nil, nil, nil, "26000"])
            #expect(result.started.map(\.at) == [1, 10, 14].map { milliseconds($0) })
        }
    }

    @Test func `pipelined requests end with their own completion, and an error fails those behind it`() {
        var talk = Self.talk()
        let insert = Bytes.parse("INSERT INTO a VALUES (1)") + Bytes.bind() + Bytes.execute()
        let delete = Bytes.parse("DELETE FROM b") + Bytes.bind() + Bytes.execute()
        talk.send(.fromOriginator, insert + delete + Bytes.sync, at: 1)
        talk.send(.fromOriginator, insert + delete + delete + Bytes.sync + insert + Bytes.sync, at: 2)
        talk.send(.fromResponder, Bytes.parsed + Bytes.bound + Bytes.complete("INSERT 0 1"), at: 3)
        talk.send(.fromResponder, Bytes.parsed + Bytes.bound + Bytes.complete("DELETE 1"), at: 4)
        talk.send(.fromResponder, Bytes.ready() + Bytes.parsed + Bytes.bound + Bytes.error("23505"), at: 5)
        talk.send(.fromResponder, Bytes.ready(), at: 6)
        talk.send(.fromResponder, Bytes.parsed + Bytes.bound + Bytes.complete("INSERT 0 1"), at: 7)
        talk.send(.fromResponder, Bytes.ready(), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == [
                    "startup", "INSERT a", "DELETE b", "INSERT a", "DELETE b", "DELETE b", "INSERT a",
                ]
            )
            #expect(result.outcomes == [.ok, .ok, .ok, .serverError, .serverError, .serverError, .ok])
            #expect(result.statuses == [nil, nil, nil, "23505", nil, nil, nil])
            #expect(result.finished.map(\.endedAt) == [0, 3, 5, 5, 6, 6, 8].map { milliseconds($0) })
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `a portal is fetched in parts, each a request`() {
        var talk = Self.talk()
        talk.send(
            .fromOriginator,
            Bytes.parse("SELECT a FROM t") + Bytes.bind(portal: "c") + Bytes.execute(portal: "c")
                + Bytes.sync,
            at: 1
        )
        talk.send(
            .fromResponder,
            Bytes.parsed + Bytes.bound + Bytes.row + Bytes.suspended + Bytes.ready("T"),
            at: 2
        )
        talk.send(.fromOriginator, Bytes.execute(portal: "c") + Bytes.sync, at: 3)
        talk.send(.fromResponder, Bytes.row + Bytes.complete("SELECT 1") + Bytes.ready("T"), at: 4)
        let result = Self.follow(talk)
        #expect(result.operations == ["startup", "SELECT t", "SELECT t"])
        #expect(result.finished.map(\.responseEnd) == [0, 2, 4].map { milliseconds($0) })
    }

    @Test func `what is copied in belongs to the request, what is copied out to the response`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.query("COPY t (a, b) FROM STDIN"), at: 1)
        talk.send(.fromResponder, Bytes.typed("G", [0, 0, 2, 0, 0, 0, 0]), at: 2)
        talk.send(.fromOriginator, Bytes.typed("d", text: "1\t2\n"), at: 3)
        talk.send(.fromOriginator, Bytes.typed("c"), at: 4)
        talk.send(.fromResponder, Bytes.complete("COPY 1") + Bytes.ready(), at: 5)
        talk.send(.fromOriginator, Bytes.query("COPY (SELECT * FROM t WHERE x = 'secret') TO STDOUT"), at: 6)
        talk.send(.fromResponder, Bytes.typed("H", [0, 0, 0]) + Bytes.typed("d", text: "1\n"), at: 7)
        talk.send(.fromResponder, Bytes.typed("c") + Bytes.complete("COPY 1") + Bytes.ready(), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["COPY t FROM", "COPY TO"])
            #expect(result.finished.map(\.requestEnd) == [milliseconds(4), milliseconds(6)])
            #expect(result.finished.map(\.responseStart) == [milliseconds(5), milliseconds(7)])
            #expect(!result.finished.contains { $0.isEarlyResponse })
        }
    }

    @Test func `notices and notifications answer nothing`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.query("LISTEN rules"), at: 1)
        talk.send(.fromResponder, Bytes.notice("careful"), at: 2)
        talk.send(.fromResponder, Bytes.complete("LISTEN") + Bytes.ready(), at: 3)
        talk.send(.fromResponder, Bytes.typed("A", text: "\0\0\0\u{5}rules\0\0"), at: 9)
        talk.send(.fromOriginator, Bytes.query("DROP TABLE t"), at: 10)
        talk.send(.fromResponder, Bytes.error("42P01") + Bytes.ready(), at: 11)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["LISTEN", "DROP TABLE t"])
            #expect(result.finished.map(\.responseStart) == [milliseconds(3), milliseconds(11)])
            #expect(result.statuses == [nil, "42P01"])
            #expect(result.outcomes == [.ok, .serverError])
            #expect(result.messages == [.fromResponder: 1])
        }
    }

    @Test func `replication is streaming`() {
        var talk = Self.talk()
        talk.send(.fromOriginator, Bytes.query("START_REPLICATION SLOT s LOGICAL 0/0"), at: 1)
        talk.send(.fromResponder, Bytes.typed("W", [0, 0, 0]), at: 2)
        talk.send(.fromResponder, Bytes.typed("d", text: "w"), at: 3)
        talk.send(.fromOriginator, Bytes.typed("d", text: "r"), at: 4)
        talk.finish(.fromOriginator, at: 200_000)
        let result = talk.follow(ports: (40_000, 5_432), advance: 100_000, close: 200_001)
        #expect(result.operations == ["startup", "{statement}"])
        #expect(result.finished.map(\.isStreaming) == [false, true])
    }

    @Test func `a lost answer leaves later pairs alone`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.query("SELECT 1 FROM a"), at: 1)
        talk.send(.fromResponder, Bytes.complete("SELECT") + Bytes.ready(), at: 2)
        talk.send(.fromOriginator, Bytes.query("SELECT 1 FROM b"), at: 3)
        talk.send(.fromResponder, Bytes.complete("SELECT") + Bytes.ready(), at: 4)
        talk.send(.fromOriginator, Bytes.query("SELECT 1 FROM c"), at: 5)
        talk.send(.fromResponder, Bytes.complete("SELECT") + Bytes.ready(), at: 6)
        talk.packets.removeAll { $0.time == milliseconds(4) }
        let result = Self.follow(talk)
        #expect(result.operations == ["SELECT a", "SELECT c"])
        #expect(result.finished.map(\.endedAt) == [milliseconds(2), milliseconds(6)])
        #expect(result.losses.contains(.unmatchedRequests))
        #expect(result.started.count == 3)
    }

    @Test func `a capture cut at 64 bytes still pairs`() {
        var talk = Conversation()
        let query = Bytes.query("SELECT a FROM t WHERE b = '" + String(repeating: "x", count: 400) + "'")
        talk.send(.fromOriginator, Array(query.prefix(64)), wireLength: query.count, at: 1)
        let row = Bytes.typed("D", [UInt8](repeating: 7, count: 400))
        talk.send(.fromResponder, Array(row.prefix(64)), wireLength: row.count, at: 2)
        talk.send(.fromResponder, Bytes.complete("SELECT 1") + Bytes.ready(), at: 3)
        let result = Self.follow(talk)
        #expect(result.operations == ["SELECT t WHERE b = ?"])
        #expect(result.finished.map(\.responseEnd) == [milliseconds(3)])
    }

    @Test func `a connection seen from its middle is recognized by either side`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromResponder, [UInt8](repeating: 0x41, count: 30), at: 1)
        talk.send(.fromOriginator, Bytes.bind("s7") + Bytes.execute() + Bytes.sync, at: 2)
        talk.send(.fromResponder, Bytes.bound + Bytes.complete("SELECT 1") + Bytes.ready(), at: 3)
        let result = Self.follow(talk)
        #expect(result.operations == ["EXECUTE"])
        #expect(result.client == .fromOriginator)
        var other = Conversation(hasHandshake: false)
        other.send(.fromOriginator, Bytes.row + Bytes.complete("SELECT 1") + Bytes.ready(), at: 1)
        other.send(.fromResponder, Bytes.query("COMMIT"), at: 2)
        other.send(.fromOriginator, Bytes.complete("COMMIT") + Bytes.ready(), at: 3)
        let reversed = Self.follow(other)
        #expect(reversed.operations == ["COMMIT"])
        #expect(reversed.client == .fromResponder)
        #expect(reversed.losses == [.unmatchedResponses])
    }

    @Test func `answers passed over while the server is out of sync leave later pairs alone`() {
        var talk = Conversation(hasHandshake: false)
        let row = Bytes.typed("D", [UInt8](repeating: 7, count: 100))
        for (index, table) in ["a", "b", "c"].enumerated() {
            let time = Int64(index) * 2
            talk.send(.fromOriginator, Bytes.query("SELECT x FROM \(table)"), at: time)
            // Of the first two the beginning of a segment is in the middle of a message.
            if index < 2 { talk.send(.fromResponder, Array(row.dropFirst(9)), at: time + 1) }
            if index == 2 {
                talk.send(.fromResponder, Bytes.complete("SELECT 1") + Bytes.ready(), at: time + 1)
            }
        }
        let result = Self.follow(talk)
        #expect(result.operations == ["SELECT c"])
        #expect(result.losses == [.unmatchedRequests, .unmatchedRequests])
    }

    @Test func `closed without an answer is unanswered`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.query("SELECT pg_sleep(10)"), at: 1)
        talk.finish(.fromResponder, at: 2)
        let result = Self.follow(talk)
        #expect(result.outcomes == [.serverClosed])
        #expect(result.operations == ["SELECT pg_sleep(?)"])
    }

    @Test(
        arguments: [
            [0, 0, 0, 8, 0, 3, 0, 0], [0, 0, 0, 30, 0, 3, 0, 0, 0, 0, 0, 1, 0, 4],
            Array("Q\0\0\0\u{8}abc\0".utf8), Array("Q\0\0\0\u{8}abcd".utf8), [0x5A, 0, 0, 0, 5, 0x51],
            Array("D\0\0\0\u{8}\0\0\0\0".utf8), [0x53, 0, 0, 0, 4], [0x4E],
        ] as [[UInt8]]
    )
    func `other bytes are not PostgreSQL`(bytes: [UInt8]) {
        for isFromStart in [true, false] {
            var talk = Conversation(hasHandshake: isFromStart)
            talk.send(.fromOriginator, bytes, at: 1)
            #expect(Self.follow(talk, close: 2) == .init())
        }
    }

    @Test func `requests without end are given up`() {
        var talk = Conversation()
        for _ in 0..<1_100 { talk.send(.fromOriginator, Bytes.query("SELECT 1 FROM a"), at: 1) }
        let result = Self.follow(talk)
        #expect(result.losses.contains(.abandonedStreams))
        #expect(result.inFlight == 0)
    }

    @Test func `mutated conversations never trap and keep the books balanced`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.encrypt, at: 1)
        talk.send(.fromResponder, [0x4E], at: 2)
        talk.send(.fromOriginator, Bytes.startup, at: 3)
        talk.send(.fromResponder, Bytes.authentication(0) + Bytes.ready(), at: 4)
        let select = Bytes.parse("SELECT a FROM t WHERE b IN ($1, $2)") + Bytes.bind() + Bytes.execute()
        talk.send(.fromOriginator, select + select + Bytes.sync, at: 5)
        talk.send(.fromResponder, Bytes.parsed + Bytes.bound + Bytes.row, at: 6)
        talk.send(.fromResponder, Bytes.error("22012") + Bytes.ready(), at: 7)
        talk.send(.fromOriginator, Bytes.query("COPY t FROM STDIN"), at: 8)
        talk.send(.fromResponder, Bytes.typed("G", [0, 0, 0]), at: 9)
        talk.send(.fromOriginator, Bytes.typed("d", text: "1\n") + Bytes.typed("c"), at: 10)
        talk.send(.fromResponder, Bytes.complete("COPY 1") + Bytes.ready(), at: 11)
        talk.finish(.fromResponder, at: 12)
        talk.mutated(times: 4_000) { result, seed in
            #expect(result.isBalanced, "seed \(seed)")
        }
    }
}
