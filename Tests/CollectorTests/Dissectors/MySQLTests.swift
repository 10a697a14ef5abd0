// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `MySQL` {
    private typealias Bytes = MySQLBytes

    private static func follow(_ talk: Conversation, close: Int64? = nil) -> Conversation.Result {
        talk.follow(ports: (40_000, 7_777), close: close)
    }

    /// A conversation behind its login.
    private static func talk(_ capabilities: Int = 0) -> Conversation {
        var talk = Conversation()
        talk.send(.fromResponder, Bytes.greeting(), at: 0)
        talk.send(.fromOriginator, Bytes.login(capabilities), at: 0)
        talk.send(.fromResponder, Bytes.ok(2), at: 0)
        return talk
    }

    @Test func `a query has four instants`() {
        for hasEOF in [true, false] {
            var talk = Self.talk(hasEOF ? 0 : Bytes.withoutEOF)
            let query = Bytes.query("SELECT a FROM product WHERE id = 'secret \\' id'")
            talk.send(.fromOriginator, Array(query.prefix(20)), at: 1)
            talk.send(.fromOriginator, Array(query.dropFirst(20)), at: 3)
            let rows = Bytes.rows(3, hasEOF: hasEOF)
            talk.send(.fromResponder, Array(rows.prefix(9)), at: 5)
            talk.send(.fromResponder, Array(rows.dropFirst(9)), at: 8)
            talk.forEverySplit { talk in
                let result = Self.follow(talk)
                #expect(result.operations == ["login", "SELECT product WHERE id = ?"])
                #expect(result.finished.map(\.isSession) == [true, false])
                #expect(result.outcomes == [.ok, .ok])
                #expect(result.started.map(\.at) == [milliseconds(1)])
                #expect(result.losses.isEmpty)
                #expect(result.client == .fromOriginator)
                guard let one = result.finished.last else { return }
                #expect(one.applicationProtocol == .mysql)
                #expect([one.requestStart, one.requestEnd] == [milliseconds(1), milliseconds(3)])
                #expect([one.responseStart, one.responseEnd] == [milliseconds(5), milliseconds(8)])
            }
        }
    }

    @Test func `statements are prepared, executed by number, closed and forgotten`() {
        for hasEOF in [true, false] {
            var talk = Self.talk(hasEOF ? 0 : Bytes.withoutEOF)
            talk.send(.fromOriginator, Bytes.prepare("UPDATE t SET a = ? WHERE b = ? OR c = ?"), at: 1)
            let prepared = Bytes.packet(
                1,
                [0] + Bytes.little(7, 4) + Bytes.little(1, 2) + Bytes.little(2, 2) + [0, 0, 0]
            )
            talk.send(
                .fromResponder,
                hasEOF
                    ? prepared + Bytes.definition(2) + Bytes.definition(3) + Bytes.eof(4)
                        + Bytes.definition(5)
                        + Bytes.eof(6)
                    : prepared + Bytes.definition(2) + Bytes.definition(3) + Bytes.definition(4),
                at: 2
            )
            talk.send(.fromOriginator, Bytes.execute(7), at: 3)
            talk.send(.fromResponder, Bytes.ok(1), at: 4)
            talk.send(.fromOriginator, Bytes.execute(7), at: 5)
            talk.send(.fromResponder, Bytes.error(1, 1_062), at: 6)
            talk.send(.fromOriginator, Bytes.close(7), at: 7)
            talk.send(.fromOriginator, Bytes.execute(7), at: 8)
            talk.send(.fromResponder, Bytes.error(1, 1_243), at: 9)
            talk.forEverySplit { talk in
                let result = Self.follow(talk)
                let update = "UPDATE t WHERE b = ? OR c = ?"
                #expect(result.operations == ["login", "PREPARE " + update, update, update, "EXECUTE"])
                #expect(result.statuses == [nil, nil, nil, "1062", "1243"])
                #expect(result.outcomes == [.ok, .ok, .ok, .serverError, .serverError])
                #expect(result.finished.map(\.endedAt) == [0, 2, 4, 6, 9].map { milliseconds($0) })
                #expect(result.losses.isEmpty)
            }
        }
    }

    @Test func `several results are one answer, a cursor has no rows, a refused PREPARE no number`() {
        var talk = Self.talk()
        talk.send(.fromOriginator, Bytes.query("CALL p(1)"), at: 1)
        talk.send(.fromResponder, Bytes.rows(2, status: Bytes.moreResults), at: 2)
        talk.send(.fromResponder, Bytes.ok(7, status: Bytes.moreResults) + Bytes.rows(0, from: 8), at: 3)
        talk.send(.fromOriginator, Bytes.prepare("SELECT a FROM t"), at: 4)
        talk.send(.fromResponder, Bytes.error(1, 1_146), at: 5)
        talk.send(.fromOriginator, Bytes.execute(9, flags: 1), at: 6)
        talk.send(
            .fromResponder,
            Bytes.packet(1, [1]) + Bytes.definition(2) + Bytes.eof(3, status: 0x42),
            at: 7
        )
        talk.send(.fromOriginator, Bytes.packet(0, [0x1C, 9, 0, 0, 0, 5, 0, 0, 0]), at: 8)
        talk.send(.fromResponder, Bytes.row(1) + Bytes.eof(2, status: 0x82), at: 9)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["login", "CALL p", "PREPARE SELECT t", "EXECUTE", "FETCH"])
            #expect(result.finished.map(\.endedAt) == [0, 3, 5, 7, 9].map { milliseconds($0) })
            #expect(result.statuses == [nil, nil, "1146", nil, nil])
        }
    }

    @Test func `a file that the server asks for belongs to the request`() {
        var talk = Self.talk()
        talk.send(.fromOriginator, Bytes.query("LOAD DATA LOCAL INFILE 'secret' INTO TABLE t"), at: 1)
        talk.send(.fromResponder, Bytes.packet(1, [0xFB] + Array("secret".utf8)), at: 2)
        talk.send(.fromOriginator, Bytes.packet(2, Array("1,2\n".utf8)), at: 3)
        talk.send(.fromOriginator, Bytes.packet(3, []), at: 4)
        talk.send(.fromResponder, Bytes.ok(4), at: 5)
        talk.send(.fromOriginator, Bytes.ping, at: 6)
        talk.send(.fromResponder, Bytes.ok(1), at: 7)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["login", "LOAD DATA t", "PING"])
            #expect(result.finished.map(\.requestEnd) == [0, 4, 6].map { milliseconds($0) })
            #expect(result.finished.map(\.responseStart) == [0, 5, 7].map { milliseconds($0) })
        }
    }

    @Test func `setting up is session: passwords in steps, SET NAMES, USE, settings`() {
        var talk = Conversation()
        talk.send(.fromResponder, Bytes.greeting(), at: 1)
        talk.send(.fromOriginator, Bytes.login(), at: 2)
        talk.send(.fromResponder, Bytes.packet(2, [0xFE] + Array("mysql_native_password\0salt".utf8)), at: 3)
        talk.send(.fromOriginator, Bytes.packet(3, Array("hash".utf8)), at: 4)
        talk.send(.fromResponder, Bytes.packet(4, [1, 3]) + Bytes.ok(5), at: 5)
        talk.send(.fromOriginator, Bytes.query("SET NAMES utf8mb4"), at: 6)
        talk.send(.fromResponder, Bytes.ok(1), at: 7)
        talk.send(.fromOriginator, Bytes.packet(0, [2] + Array("secret".utf8)), at: 8)
        talk.send(.fromResponder, Bytes.error(1, 1_049), at: 9)
        talk.send(.fromOriginator, Bytes.query("select @@version_comment limit 1"), at: 10)
        talk.send(.fromResponder, Bytes.rows(1), at: 11)
        talk.send(.fromOriginator, Bytes.query("/*!40101 SET sql_mode='secret' */;"), at: 12)
        talk.send(.fromResponder, Bytes.ok(1), at: 13)
        talk.send(.fromOriginator, Bytes.packet(0, [1]), at: 14)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(
                result.operations == ["login", "SET", "USE", "SELECT @@version_comment", "SET"]
            )
            #expect(result.finished.allSatisfy { $0.isSession })
            #expect(result.statuses == [nil, nil, "1049", nil, nil])
            #expect(result.started.isEmpty)
            #expect(result.inFlight == 0)
        }
    }

    @Test func `encryption hands the connection on, compression makes it opaque`() {
        var talk = Conversation()
        talk.send(.fromResponder, Bytes.greeting(), at: 1)
        talk.send(.fromOriginator, Bytes.encrypt, at: 2)
        talk.client("GET /inside HTTP/1.1\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 4)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["GET /inside"])
            #expect(result.recognized == [.mysql, .http])
        }
        var other = Self.talk(Bytes.compression)
        other.send(.fromOriginator, [20, 0, 0, 0, 0, 0, 0] + Bytes.query("SELECT 1 FROM t"), at: 1)
        other.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["login"])
            #expect(result.losses == [.abandonedStreams])
        }
        var refused = Conversation()
        refused.send(.fromResponder, Bytes.greeting(offering: 0x200), at: 1)
        refused.send(.fromOriginator, Bytes.login(Bytes.compression), at: 2)
        refused.send(.fromResponder, Bytes.ok(2), at: 3)
        refused.send(.fromOriginator, Bytes.query("SELECT 1 FROM t"), at: 4)
        refused.send(.fromResponder, Bytes.rows(1), at: 5)
        #expect(Self.follow(refused).operations == ["login", "SELECT t"])
    }

    @Test func `MySQL's own ways of writing are read`() {
        let table = [
            ("SELECT `a` FROM `shop`.`t-1` WHERE `b` = \"it's \\\" secret\"", "SELECT shop.t-1 WHERE b = ?"),
            ("SELECT a # secret\nFROM t -- secret\nWHERE b = 5--3", "SELECT t WHERE b = ? - ?"),
            ("\0\u{1}SELECT a FROM t WHERE b = _utf8'secret'", "SELECT t WHERE b = _utf8 ?"),
            ("INSERT IGNORE t SET a = 'secret'", "INSERT t"), ("REPLACE INTO t VALUES (1)", "REPLACE t"),
            ("DELETE FROM t WHERE a = 1 LIMIT 1", "DELETE t WHERE a = ?"),
            ("UPDATE a STRAIGHT_JOIN b SET a.x = 1 WHERE b.y = 2", "UPDATE a, b WHERE b.y = ?"),
            ("SHOW TABLES", "SHOW TABLES"), ("LOCK TABLES t WRITE", "LOCK TABLES t"),
        ]
        for (statement, operation) in table {
            var talk = Self.talk()
            talk.send(.fromOriginator, Bytes.query(statement), at: 1)
            talk.send(.fromResponder, Bytes.ok(1), at: 2)
            let result = Self.follow(talk)
            #expect(result.operations.last == operation)
            #expect(result.finished.last?.isSession == false)
        }
    }

    @Test func `replication is streaming`() {
        var talk = Self.talk()
        talk.send(.fromOriginator, Bytes.packet(0, [0x12, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0]), at: 1)
        talk.send(.fromResponder, Bytes.packet(1, [0, 9, 9]) + Bytes.packet(2, [0, 9, 9]), at: 2)
        let result = talk.follow(ports: (40_000, 3_306), advance: 100_000, close: 200_000)
        #expect(result.operations == ["login", "BINLOG DUMP"])
        #expect(result.finished.map(\.isStreaming) == [false, true])
        #expect(result.messages == [.fromResponder: 2])
    }

    @Test func `more than 255 packets and rows longer than one are one answer`() {
        var talk = Self.talk()
        talk.send(.fromOriginator, Bytes.query("SELECT a FROM t"), at: 1)
        var number: UInt8 = 1
        func next(_ payload: [UInt8]) -> [UInt8] {
            defer { number &+= 1 }
            return Bytes.packet(number, payload)
        }
        talk.send(.fromResponder, next([1]) + Bytes.definition(2) + Bytes.eof(3), at: 2)
        number = 4
        for _ in 0..<600 { talk.send(.fromResponder, next([1, 0x35]), at: 3) }
        // A row of 16 MiB, of which little is captured, goes on with what looks like an error.
        talk.send(.fromResponder, [0xFF, 0xFF, 0xFF, number, 0xFD], at: 4)
        var left = 0xFF_FFFF - 1
        while left > 0 {
            talk.send(.fromResponder, [0xFF], wireLength: min(left, 60_000), at: 4)
            left -= min(left, 60_000)
        }
        number &+= 1
        talk.send(.fromResponder, next([0xFF, 9, 9]) + next([0xFE, 0, 0, 2, 0]), at: 5)
        let result = Self.follow(talk)
        #expect(result.operations == ["login", "SELECT t"])
        #expect(result.outcomes == [.ok, .ok])
        #expect(result.finished.last?.responseEnd == milliseconds(5))
    }

    @Test func `a lost answer leaves later pairs alone`() {
        var talk = Self.talk()
        talk.send(.fromOriginator, Bytes.query("SELECT 1 FROM a"), at: 1)
        talk.send(.fromResponder, Bytes.rows(1), at: 2)
        talk.send(.fromOriginator, Bytes.query("SELECT 1 FROM b"), at: 3)
        talk.send(.fromResponder, Bytes.rows(1), at: 4)
        talk.send(.fromOriginator, Bytes.query("SELECT 1 FROM c"), at: 5)
        talk.send(.fromResponder, Bytes.rows(1), at: 6)
        talk.packets.removeAll { $0.time == milliseconds(4) }
        let result = Self.follow(talk)
        #expect(result.operations == ["login", "SELECT a", "SELECT c"])
        #expect(result.finished.map(\.endedAt) == [0, 2, 6].map { milliseconds($0) })
        #expect(result.losses.contains(.unmatchedRequests))
    }

    @Test func `a connection seen from its middle is recognized by a statement or a login`() {
        for first in [Bytes.query("SELECT a FROM t"), Bytes.prepare("SELECT a FROM t"), Bytes.execute(3)] {
            var talk = Conversation(hasHandshake: false)
            talk.send(.fromResponder, Bytes.row(9), at: 1)
            talk.send(.fromOriginator, first, at: 2)
            talk.send(.fromResponder, Bytes.error(1, 1_146), at: 3)
            let result = Self.follow(talk)
            #expect(result.statuses == ["1146"])
            #expect(result.client == .fromOriginator)
        }
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromOriginator, Bytes.login(), at: 1)
        talk.send(.fromResponder, Bytes.ok(2), at: 2)
        #expect(Self.follow(talk).operations == ["login"])
    }

    @Test(
        arguments: [
            [0x4A, 0, 0, 0, 9] + Array("8.0\0".utf8) + [UInt8](repeating: 0, count: 70),
            [0x4A, 0, 0, 0, 10] + Array("version\0".utf8) + [UInt8](repeating: 0, count: 70),
            [6, 0, 0, 0, 3] + Array("hello".utf8), [1, 0, 0, 0, 0x0E], [1, 0, 0, 0, 1],
            [16, 0, 0, 0, 3] + Array("SELECT a".utf8), [7, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0],
        ] as [[UInt8]]
    )
    func `other bytes are not MySQL`(bytes: [UInt8]) {
        for isFromStart in [true, false] {
            for direction in [FlowDirection.fromOriginator, .fromResponder] {
                var talk = Conversation(hasHandshake: isFromStart)
                talk.send(direction, bytes, at: 1)
                #expect(Self.follow(talk, close: 2) == .init())
            }
        }
    }

    @Test func `mutated conversations never trap and keep the books balanced`() {
        var talk = Self.talk()
        talk.send(.fromOriginator, Bytes.query("SELECT a FROM t WHERE b = 'x'"), at: 1)
        talk.send(.fromResponder, Bytes.rows(3, status: Bytes.moreResults), at: 2)
        talk.send(.fromResponder, Bytes.ok(8), at: 3)
        talk.send(.fromOriginator, Bytes.prepare("INSERT INTO t VALUES (?)"), at: 4)
        talk.send(.fromResponder, Bytes.packet(1, [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), at: 5)
        talk.send(.fromResponder, Bytes.definition(2) + Bytes.eof(3), at: 5)
        talk.send(.fromOriginator, Bytes.execute(1), at: 6)
        talk.send(.fromResponder, Bytes.error(1, 1_062), at: 7)
        talk.send(.fromOriginator, Bytes.query("LOAD DATA LOCAL INFILE 'f' INTO TABLE t"), at: 8)
        talk.send(.fromResponder, Bytes.packet(1, [0xFB, 0x66]), at: 9)
        talk.send(.fromOriginator, Bytes.packet(2, [1, 2, 3]) + Bytes.packet(3, []), at: 10)
        talk.send(.fromResponder, Bytes.ok(4), at: 11)
        talk.finish(.fromResponder, at: 12)
        talk.mutated(times: 4_000) { result, seed in
            #expect(result.isBalanced, "seed \(seed)")
        }
    }
}
