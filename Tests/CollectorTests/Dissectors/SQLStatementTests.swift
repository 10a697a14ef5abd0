// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `SQL statements` {
    private static func postgresql(_ statement: String) -> Transaction? {
        var talk = Conversation()
        // A statement whose first word tells that this is the protocol.
        talk.send(.fromOriginator, PostgreSQLBytes.startup, at: 0)
        talk.send(.fromResponder, PostgreSQLBytes.authentication(0) + PostgreSQLBytes.ready(), at: 0)
        talk.send(.fromOriginator, PostgreSQLBytes.query(statement), at: 1)
        talk.send(.fromResponder, PostgreSQLBytes.ready(), at: 2)
        return talk.follow(ports: (40_000, 5_432)).finished.last
    }

    private static let table: [(statement: String, operation: String)] = [
        ("SELECT * FROM product WHERE id = 5", "SELECT product WHERE id = ?"),
        ("select p.id,p.name from product p where p.id=$1", "SELECT product WHERE p.id = ?"),
        (
            "SELECT a FROM t WHERE b='it''s' AND c=-1.5e-3 or d<>+2",
            "SELECT t WHERE b = ? AND c = ? OR d <> ?"
        ),
        ("SELECT a FROM t WHERE b IN (1, 'x', $3)", "SELECT t WHERE b IN (?)"),
        ("SELECT a FROM t WHERE (b,c) IN ((1,2),(3,4), (5,6))", "SELECT t WHERE (b, c) IN ((?))"),
        ("SELECT a FROM t WHERE b = ANY(ARRAY[1,2])", "SELECT t WHERE b = ANY (ARRAY[?])"),
        ("SELECT a FROM t WHERE lower(b)=lower('X') LIMIT 5", "SELECT t WHERE lower(b) = lower(?)"),
        ("SELECT a FROM t WHERE b::text ->>'k' LIKE '%x%' ORDER BY 1", "SELECT t WHERE b::text ->> ? LIKE ?"),
        ("SELECT count(*) FROM t GROUP BY a HAVING count(*) > 3", "SELECT t"),
        ("SELECT a -- secret\nFROM /* x /* nested */ y */ t", "SELECT t"),
        ("SELECT a FROM t WHERE b = $tag$it's $$ secret$tag$ AND c", "SELECT t WHERE b = ? AND c"),
        ("SELECT a FROM t WHERE b = E'it\\'s' AND c = X'1F'", "SELECT t WHERE b = ? AND c = ?"),
        ("SELECT * FROM a JOIN b ON a.x = b.y, c WHERE a.z = 1", "SELECT a, b, c WHERE a.z = ?"),
        ("SELECT * FROM a LEFT JOIN s.b AS q USING (id) WHERE q.z = 1", "SELECT a, s.b WHERE q.z = ?"),
        (
            "SELECT * FROM (SELECT x FROM inner_t WHERE y = 1) s, u WHERE s.x = 2",
            "SELECT inner_t, u WHERE s.x = ?"
        ),
        (
            "SELECT * FROM a WHERE x IN (SELECT y FROM b WHERE z = 'secret' ORDER BY q) FOR UPDATE",
            "SELECT a WHERE x IN (SELECT y FROM b WHERE z = ? ORDER BY q)"
        ),
        ("SELECT (SELECT max(x) FROM b) FROM a", "SELECT a"),
        (
            "SELECT a FROM t1 WHERE x=1 UNION ALL (SELECT b FROM t2 WHERE y=2)",
            "SELECT t1 WHERE x = ? UNION SELECT t2 WHERE y = ?"
        ),
        ("(SELECT a FROM t1 LIMIT 1) UNION SELECT b FROM t2", "SELECT t1 UNION SELECT t2"),
        ("SELECT \"Order\".\"id\" FROM \"Order\" WHERE \"it's\" = 'x'", "SELECT Order WHERE {name} = ?"),
        ("SELECT * FROM events_20240131 WHERE a1 = 1", "SELECT events_{n} WHERE a1 = ?"),
        ("SELECT * FROM données", "SELECT données"),
        ("SELECT * FROM \"a\u{202E}b\"", "SELECT {name}"),
        ("SELECT 1", "SELECT ?"),
        ("SELECT nextval('secret_seq'), 2", "SELECT nextval(?), ?"),
        (
            "WITH x AS (SELECT * FROM a WHERE b = 'secret') SELECT * FROM x WHERE c = 1",
            "SELECT x WHERE c = ?"
        ),
        ("INSERT INTO t (a, b) VALUES (1, 'secret'), (2, 'x') ON CONFLICT DO NOTHING", "INSERT t"),
        ("INSERT INTO t SELECT * FROM s WHERE a = 'secret'", "INSERT t SELECT s WHERE a = ?"),
        ("UPDATE ONLY t SET a = 'secret', b = b + 1 WHERE c = 1 RETURNING a", "UPDATE t WHERE c = ?"),
        ("UPDATE t SET a = s.a FROM s WHERE t.b = s.b", "UPDATE t, s WHERE t.b = s.b"),
        ("DELETE FROM t USING s WHERE t.a = 1", "DELETE t, s WHERE t.a = ?"),
        ("DELETE FROM t", "DELETE t"),
        ("begin", "BEGIN"),
        ("START TRANSACTION ISOLATION LEVEL SERIALIZABLE", "START TRANSACTION"),
        ("ROLLBACK TO SAVEPOINT secret", "ROLLBACK TO"),
        ("CREATE TEMP TABLE IF NOT EXISTS s.t (a int)", "CREATE TABLE s.t"),
        ("CREATE UNIQUE INDEX i ON t (a)", "CREATE INDEX"),
        ("CREATE USER secret PASSWORD 'x'", "CREATE USER"),
        ("TRUNCATE t", "TRUNCATE t"),
        ("VACUUM (ANALYZE) t", "VACUUM t"),
        ("EXPLAIN (ANALYZE, BUFFERS) SELECT a FROM t", "EXPLAIN SELECT t"),
        ("DO $$ BEGIN PERFORM secret(); END $$", "DO"),
        ("CALL refresh(1, 'secret')", "CALL refresh"),
        (
            "BEGIN; UPDATE t SET a = 1 WHERE b = 1; UPDATE t SET a = 2 WHERE b = 2; COMMIT",
            "BEGIN; UPDATE t WHERE b = ?; COMMIT"
        ),
        ("flurble the secret", "{statement}"),
        ("SELECT a FROM t WHERE b = 'never closed", "SELECT t WHERE b = ?"),
        ("SELECT a FROM t WHERE b = /* never closed", "SELECT t WHERE b ="),
    ]

    @Test(arguments: table.indices)
    func `become kind, tables and condition without literals`(index: Int) {
        let (statement, operation) = Self.table[index]
        let one = Self.postgresql(statement)
        #expect(one?.operation == operation)
        #expect(one?.isSession == false)
    }

    @Test(arguments: [
        ("SET application_name = 'secret'", "SET"), ("SHOW server_version", "SHOW"),
        ("DISCARD ALL", "DISCARD"),
        (
            "SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;",
            "SELECT pg_advisory_unlock_all(); CLOSE; UNLISTEN; RESET"
        ),
        ("SELECT set_config('search_path', 'secret', false)", "SELECT set_config(?, FALSE)"),
        ("SELECT version()", "SELECT version()"), ("-- ping", "{empty}"),
    ])
    func `that set a connection up are session`(statement: String, operation: String) {
        let one = Self.postgresql(statement)
        #expect(one?.operation == operation)
        #expect(one?.isSession == true)
    }

    @Test func `are bounded`() throws {
        let names = (0..<100).map { "column_\($0) = 1" }.joined(separator: " AND ")
        let long = try #require(Self.postgresql("SELECT a FROM t WHERE " + names))
        #expect(long.operation.utf8.count <= 200)
        #expect(long.operation.hasPrefix("SELECT t WHERE column_0 = ? AND "))
        #expect(long.operation.hasSuffix("..."))
        let rows = Array(repeating: "(1, 'secret')", count: 2_000).joined(separator: ", ")
        #expect(Self.postgresql("INSERT INTO t VALUES \(rows)")?.operation == "INSERT t")
        let deep = String(repeating: "(", count: 5_000)
        let nested = try #require(Self.postgresql("SELECT a FROM t WHERE \(deep)"))
        #expect(nested.operation.utf8.count <= 200)
    }

    @Test func `are printable and bounded whatever is changed in them`() {
        let alphabet = Array("'\"$\\`-/*;(),. \nE@#?:".utf8)
        for seed in 0..<3_000 {
            var random = SeededGenerator(seed: UInt64(seed))
            var bytes = Array((Self.table.randomElement(using: &random)?.statement ?? "").utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                guard let at = bytes.indices.randomElement(using: &random) else { break }
                if Bool.random(using: &random) {
                    bytes[at] = alphabet.randomElement(using: &random) ?? 0
                } else {
                    bytes.removeSubrange(at...)
                }
            }
            let text = String(decoding: bytes.filter { $0 > 0 }, as: UTF8.self)
            guard let one = Self.postgresql(text) else { continue }
            #expect(one.operation.utf8.count <= 200, "seed \(seed)")
            let isShown = one.operation.unicodeScalars.allSatisfy {
                $0.isASCII ? $0.value >= 0x20 && $0.value < 0x7F : $0.properties.isAlphabetic
            }
            #expect(isShown, "seed \(seed): \(one.operation)")
            #expect(!one.operation.isEmpty, "seed \(seed)")
        }
    }
}
