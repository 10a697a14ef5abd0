// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Hostile streams` {
    @Test func `an endless header is given up and counted`() {
        var talk = Conversation()
        talk.client("GET / HTTP/1.1\r\n", at: 1)
        for index in 0..<80 {
            talk.client("X-\(index): " + String(repeating: "a", count: 1_000) + "\r\n", at: 2)
        }
        talk.client("\r\n", at: 3)
        let result = talk.follow()
        #expect(result.finished.isEmpty)
        #expect(result.losses.contains(.abandonedStreams))
        #expect(result.inFlight == 0)
    }

    @Test func `an endless start line is not kept`() {
        var talk = Conversation()
        talk.client("GET /", at: 1)
        for _ in 0..<30 { talk.client(String(repeating: "a", count: 1_000), at: 1) }
        talk.client(" HTTP/1.1\r\n\r\n", at: 2)
        let result = talk.follow()
        #expect(result == Conversation.Result())
    }

    @Test func `more pipelined requests than fit are given up`() {
        var talk = Conversation()
        for _ in 0...HTTPLimits.pipelinedRequests { talk.client("GET / HTTP/1.1\r\n\r\n", at: 1) }
        let result = talk.follow()
        #expect(result.losses.contains(.abandonedStreams))
        #expect(result.inFlight == 0)
    }

    @Test func `a request dripped byte by byte is one request`() {
        var talk = Conversation()
        for byte in "GET /drip HTTP/1.1\r\nHost: a\r\n\r\n".utf8 { talk.send(.fromOriginator, [byte], at: 1) }
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 2)
        #expect(talk.follow().operations == ["GET /drip"])
    }

    /// Beginnings of protocols, first client then server.
    static let beginnings: [(String, ApplicationProtocol?, [UInt8], [UInt8])] = [
        (
            "TLS", .tls, [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + [UInt8](repeating: 7, count: 500),
            [0x16, 3, 3, 0, 122, 2, 0, 0, 118]
        ),
        ("SSH", nil, Array("SSH-2.0-OpenSSH_9.2p1\r\n".utf8), Array("SSH-2.0-OpenSSH_9.2p1\r\n".utf8)),
        ("Redis", .redis, Array("*2\r\n$3\r\nGET\r\n$5\r\ncart1\r\n".utf8), Array("$5\r\nhello\r\n".utf8)),
        ("Redis inline", .redis, Array("GET cart1\r\n".utf8), Array("$5\r\nhello\r\n".utf8)),
        ("memcached", .memcached, Array("get key\r\n".utf8), Array("VALUE key 0 5\r\nhello\r\nEND\r\n".utf8)),
        ("HTTP/0.9", nil, Array("GET /index.html\r\n".utf8), Array("<html>HTTP/1.1 200 OK</html>".utf8)),
        ("HTTP/2", .http2, Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), [0, 0, 18, 4, 0, 0, 0, 0, 0]),
        (
            "HTTP/2 request", .http2,
            [0, 0, 3, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84], [0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88]
        ),
        ("frames of nothing", nil, [0, 0, 0, 4, 0, 0, 0, 0, 0], [0, 0, 0, 4, 1, 0, 0, 0, 0]),
        (
            "RTSP", nil, Array("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".utf8),
            Array("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n".utf8)
        ),
        ("SIP", nil, Array("INVITE sip:a@b SIP/2.0\r\n\r\n".utf8), Array("SIP/2.0 100 Trying\r\n\r\n".utf8)),
        ("SMTP", nil, Array("EHLO me\r\n".utf8), Array("220 mail ESMTP\r\n".utf8)),
        ("PostgreSQL", .postgresql, [0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F], [0x53]),
        (
            "PostgreSQL query", .postgresql, PostgreSQLBytes.query("SELECT a FROM t"),
            PostgreSQLBytes.complete("SELECT 0") + PostgreSQLBytes.ready()
        ),
        ("MySQL", .mysql, MySQLBytes.login(), MySQLBytes.greeting()),
        ("MySQL query", .mysql, MySQLBytes.query("SELECT a FROM t"), MySQLBytes.rows(1)),
        (
            "MongoDB", .mongodb, MongoDBBytes.msg(1, [("find", .text("a"))]),
            MongoDBBytes.msg(9, answering: 1, MongoDBBytes.ok)
        ),
        (
            "Kafka", .kafka, KafkaBytes.fetch(1, epoch: 0, "orders"), KafkaBytes.fetched(1)
        ),
        (
            "AMQP", .amqp, Array("AMQP".utf8) + [0, 0, 9, 1],
            [1, 0, 0, 0, 0, 0, 6, 0, 10, 0, 10, 0, 9, 0xCE]
        ),
        ("AMQP 1.0", nil, Array("AMQP".utf8) + [0, 1, 0, 0], Array("AMQP".utf8) + [0, 1, 0, 0]),
        (
            "MQTT", .mqtt, [0x10, 12, 0, 4] + Array("MQTT".utf8) + [4, 2, 0, 60, 0, 0], [0x20, 2, 0, 0]
        ),
        (
            "NATS", .nats, Array("CONNECT {\"verbose\":false}\r\nPING\r\n".utf8),
            Array("INFO {\"server_id\":\"N\"}\r\n".utf8)
        ),
        ("STOMP", nil, Array("CONNECT\naccept-version:1.2\n\n\0\n".utf8), Array("CONNECTED\n\n\0".utf8)),
        (
            "ZooKeeper", .zookeeper, [0, 0, 0, 0x2C] + [UInt8](repeating: 0, count: 44),
            [0, 0, 0, 0x25, 0, 0]
        ),
        ("zeros", nil, [UInt8](repeating: 0, count: 2_000), [UInt8](repeating: 0, count: 2_000)),
    ]

    @Test(arguments: beginnings.map(\.0), [UInt16(80), 53, 6_379])
    func `a protocol is taken for no other on any port`(name: String, port: UInt16) throws {
        let (_, own, client, server) = try #require(Self.beginnings.first { $0.0 == name })
        var talk = Conversation()
        talk.send(.fromOriginator, client, at: 1)
        talk.send(.fromResponder, server, at: 2)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, port), close: 10)
            #expect(result.recognized.allSatisfy { $0 == own })
            #expect(result.finished.allSatisfy { $0.applicationProtocol == own })
        }
    }

    @Test func `random bytes are no protocol`() {
        for seed in 0..<2_000 {
            var random = SeededGenerator(seed: UInt64(seed))
            var talk = Conversation(hasHandshake: Bool.random(using: &random))
            for index in 0..<6 {
                let bytes = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                talk.send(index % 2 == 0 ? .fromOriginator : .fromResponder, bytes, at: Int64(index))
            }
            #expect(
                talk.follow(ports: (40_000, seed % 2 == 0 ? 53 : 80), close: 9) == .init(),
                "seed \(seed)"
            )
        }
    }

    @Test func `HTTP is found on any port, and behind a greeting`() {
        for greeting in ["", "\u{5}\u{1}\u{0}"] {
            var talk = Conversation()
            if !greeting.isEmpty {
                talk.client(greeting, at: 1)
                talk.server("\u{5}\u{0}", at: 2)
            }
            talk.client("GET /x HTTP/1.1\r\n\r\n", at: 3)
            talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 4)
            #expect(talk.follow(ports: (40_000, 53)).statuses == ["200"])
            #expect(talk.follow(ports: (40_000, 1_080)).statuses == ["200"])
        }
    }

    @Test func `mutated conversations never trap and keep the books balanced`() {
        var original = Conversation()
        original.client(
            "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            at: 1
        )
        original.server("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789", at: 2)
        original.client("GET /b HTTP/1.1\r\nHost: b\r\n\r\nHEAD /c HTTP/1.1\r\n\r\n", at: 3)
        original.server(
            "HTTP/1.1 302 Found\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n",
            at: 4
        )
        original.server("HTTP/1.1 404 No\r\nContent-Length: 10\r\n\r\n", at: 5)
        original.finish(.fromResponder, at: 6)
        for seed in 0..<6_000 {
            var random = SeededGenerator(seed: UInt64(seed))
            var talk = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<talk.packets.count, using: &random)
                switch Int.random(in: 0..<7, using: &random) {
                case 0: talk.packets.remove(at: index)
                case 1:
                    talk.packets.insert(
                        talk.packets[index],
                        at: Int.random(in: 0...talk.packets.count, using: &random)
                    )
                case 2: talk.packets.shuffle(using: &random)
                case 3: talk.packets[index].sequence = UInt32.random(in: 0 ... .max, using: &random)
                case 4:
                    talk.packets[index].flags = TCPFlags(rawValue: UInt8.random(in: 0...63, using: &random))
                case 5:
                    talk.packets[index].wireLength = Int.random(in: 0...70_000, using: &random)
                    talk.packets[index].acknowledgment = UInt32.random(in: 0 ... .max, using: &random)
                default:
                    guard let at = talk.packets[index].payload.indices.randomElement(using: &random) else {
                        continue
                    }
                    talk.packets[index].payload[at] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let result = talk.follow(advance: 30_000, close: 90_000)
            let unmatched = result.losses.filter { $0 == .unmatchedRequests }.count
            #expect(result.started.count == result.finished.count + unmatched, "seed \(seed)")
            #expect(result.inFlight == 0, "seed \(seed)")
            for one in result.finished {
                #expect(one.responseStart != nil || one.status == nil, "seed \(seed)")
                #expect(
                    one.isIncomplete == (one.responseStart != nil && one.responseEnd == nil),
                    "seed \(seed)"
                )
            }
        }
    }
}
