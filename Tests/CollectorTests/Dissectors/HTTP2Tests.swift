// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `HTTP2` {
    private typealias Bytes = HTTP2Bytes

    /// A connection on which both sides have sent their settings.
    static func opened(clientStart: UInt32 = 1_000) -> Conversation {
        var talk = Conversation(clientStart: clientStart)
        talk.send(.fromOriginator, HTTP2Bytes.preface + HTTP2Bytes.settings([(1, 4_096)]), at: 1)
        talk.send(.fromResponder, HTTP2Bytes.settings() + HTTP2Bytes.frame(4, 1, 0), at: 1)
        return talk
    }

    static func follow(
        _ talk: Conversation,
        advance: Int64? = nil,
        close: Int64? = nil
    ) -> Conversation.Result {
        talk.follow(ports: (40_000, 7_777), advance: advance, close: close)
    }

    @Test func `a request and its response have four instants`() {
        var talk = Self.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.get("/cart/4711?x=1")), at: 2)
        talk.send(.fromOriginator, Bytes.data(1, "body", ends: true), at: 3)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok), at: 5)
        talk.send(.fromResponder, Bytes.data(1, "hello") + Bytes.data(1, "", ends: true), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["GET /cart/{id}"])
            #expect(result.statuses == ["200"])
            #expect(result.recognized == [.http2])
            #expect(result.client == .fromOriginator)
            #expect(result.started == [.init(applicationProtocol: .http2, at: milliseconds(2))])
            #expect(result.losses.isEmpty)
            #expect(result.names.map(\.name) == ["cart.shop"])
            guard let one = result.finished.first else { return }
            #expect([one.requestStart, one.requestEnd] == [milliseconds(2), milliseconds(3)])
            #expect([one.responseStart, one.responseEnd] == [milliseconds(5), milliseconds(8)])
            #expect(one.serverName == "cart.shop")
        }
    }

    @Test func `concurrent streams each have their own instants`() {
        var talk = Self.opened()
        talk.send(
            .fromOriginator,
            Bytes.headers(1, Bytes.get("/slow"), ends: true)
                + Bytes.headers(3, Bytes.get("/fast"), ends: true),
            at: 2
        )
        talk.send(.fromOriginator, Bytes.headers(5, Bytes.get("/late"), ends: true), at: 4)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok), at: 5)
        talk.send(.fromResponder, Bytes.headers(3, [0x8D], ends: true), at: 6)
        talk.send(.fromResponder, Bytes.headers(5, [0x8E], ends: true), at: 7)
        talk.send(.fromResponder, Bytes.data(1, "x", ends: true), at: 20)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["GET /fast", "GET /late", "GET /slow"])
            #expect(result.statuses == ["404", "500", "200"])
            #expect(result.outcomes == [.clientError, .serverError, .ok])
            #expect(result.finished.map(\.requestStart) == [2, 4, 2].map { milliseconds($0) })
            #expect(result.finished.map(\.responseStart) == [6, 7, 5].map { milliseconds($0) })
            #expect(result.finished.map(\.responseEnd) == [6, 7, 20].map { milliseconds($0) })
        }
    }

    /// RFC 7541 appendix C.4 and C.6: Huffman code, tables, and eviction from one of 256 bytes.
    @Test func `header tables are those of the specification`() {
        var talk = Self.opened()
        let requests = [
            "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ]
        let responses = [
            "3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b"
                + "97c8e9ae82ae43d3",
            "4883640effc1c0bf",
            "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b39"
                + "60d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
        ]
        for index in 0..<3 {
            let stream = UInt32(2 * index + 1)
            let at = Int64(2 + index)
            talk.send(.fromOriginator, Bytes.headers(stream, Bytes.hex(requests[index]), ends: true), at: at)
            talk.send(.fromResponder, Bytes.headers(stream, Bytes.hex(responses[index]), ends: true), at: at)
        }
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["GET /", "GET /", "GET /index.html"])
            #expect(result.statuses == ["302", "307", "200"])
            #expect(result.names.map(\.name) == ["www.example.com"])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `a section in several frames, padded and with priority, is one`() {
        var talk = Self.opened()
        let block = Bytes.get("/padded") + Bytes.added("x", "y")
        let padded = [3] + [0, 0, 0, 0, 16] + Array(block[..<4]) + [0, 0, 0]
        talk.send(.fromOriginator, Bytes.frame(1, 0x29, 1, padded), at: 2)
        talk.send(.fromOriginator, Bytes.frame(9, 0, 1, Array(block[4..<9])), at: 3)
        talk.send(.fromOriginator, Bytes.frame(9, 4, 1, Array(block[9...])), at: 4)
        talk.send(.fromResponder, Bytes.headers(1, [0x08] + Bytes.string("103")), at: 5)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.ok), at: 6)
        talk.send(.fromResponder, Bytes.frame(0, 0x09, 1, [2] + [1, 2, 3] + [0, 0]), at: 7)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["GET /padded"])
            #expect(result.finished.map(\.requestEnd) == [milliseconds(4)])
            #expect(result.finished.map(\.responseStart) == [milliseconds(6)])
            #expect(result.finished.map(\.responseEnd) == [milliseconds(7)])
        }
    }

    @Test func `resets tell who gave up, and why`() {
        var talk = Self.opened()
        for stream in [1, 3, 5, 7] as [UInt32] {
            talk.send(
                .fromOriginator,
                Bytes.headers(stream, Bytes.get("/\(stream == 7 ? "x" : "a")"), ends: true),
                at: 2
            )
        }
        talk.send(.fromOriginator, Bytes.reset(1, 8), at: 3)
        talk.send(.fromResponder, Bytes.reset(3, 7), at: 4)
        talk.send(.fromResponder, Bytes.headers(5, Bytes.ok) + Bytes.data(5, "x"), at: 5)
        talk.send(.fromResponder, Bytes.reset(5, 2), at: 6)
        talk.send(.fromResponder, Bytes.frame(7, 0, 0, Bytes.word(5) + Bytes.word(11)), at: 7)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.outcomes == [.clientGaveUp, .serverClosed, .ok, .serverClosed])
            #expect(result.statuses == [nil, "REFUSED_STREAM", "200", "ENHANCE_YOUR_CALM"])
            #expect(result.finished.map(\.isIncomplete) == [false, false, true, false])
            #expect(result.inFlight == 0)
        }
    }

    @Test func `endings and patience are told apart`() {
        var talk = Self.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.get("/a"), ends: true), at: 2)
        #expect(Self.follow(talk).inFlight == 1)
        #expect(Self.follow(talk, close: 9).outcomes == [.timedOut])
        #expect(Self.follow(talk, advance: 60_001).outcomes == [])
        #expect(Self.follow(talk, advance: 60_003).outcomes == [.timedOut])
        var late = talk
        late.send(.fromResponder, Bytes.headers(1, Bytes.ok, ends: true), at: 3)
        #expect(Self.follow(late, advance: 99_000).outcomes == [.ok])
        talk.finish(.fromResponder, at: 4)
        #expect(Self.follow(talk).outcomes == [.serverClosed])
    }

    @Test func `events of a server and watches are streams, tunnels end as they open`() {
        var talk = Self.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.get("/events"), ends: true), at: 2)
        talk.send(.fromOriginator, Bytes.headers(3, Bytes.get("/api/v1/pods?watch=true"), ends: true), at: 2)
        let connect = [0x02] + Bytes.string("CONNECT") + [0x01] + Bytes.string("db:5432")
        talk.send(.fromOriginator, Bytes.headers(5, connect), at: 3)
        talk.send(.fromResponder, Bytes.headers(5, Bytes.ok), at: 4)
        talk.send(
            .fromResponder,
            Bytes.headers(1, Bytes.ok + [0x0F, 0x10] + Bytes.string("text/event-stream")),
            at: 4
        )
        talk.send(.fromResponder, Bytes.data(1, "data: x", ends: true), at: 900)
        talk.forEverySplit { talk in
            let result = Self.follow(talk, advance: 99_000)
            #expect(result.operations == ["CONNECT {authority}", "GET /events"])
            #expect(result.finished.map(\.isStreaming) == [false, true])
            #expect(result.inFlight == 1)
        }
    }

    @Test func `an upgrade answers its request on the first stream`() {
        var talk = Conversation()
        talk.client(
            "GET /up/1 HTTP/1.1\r\nHost: a.b\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
            at: 1
        )
        talk.server("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", at: 3)
        talk.send(.fromResponder, Bytes.settings() + Bytes.headers(1, [0x8E], ends: true), at: 4)
        talk.send(.fromOriginator, Bytes.preface + Bytes.settings(), at: 5)
        talk.send(.fromOriginator, Bytes.headers(3, Bytes.get("/next"), ends: true), at: 6)
        talk.send(.fromResponder, Bytes.headers(3, Bytes.ok, ends: true), at: 7)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.recognized == [.http, .http2])
            #expect(result.operations == ["GET /up/{id}", "GET /up/{id}", "GET /next"])
            #expect(result.statuses == ["101", "500", "200"])
            #expect(result.started.count == 3)
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `frames of a WebSocket are counted each way`() {
        var talk = Conversation()
        talk.client("GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n", at: 2)
        talk.send(
            .fromResponder,
            [0x81, 2, 0x68, 0x69, 0x82, 126, 1, 0] + [UInt8](repeating: 7, count: 256),
            at: 3
        )
        talk.send(.fromOriginator, [0x89, 0x80, 1, 2, 3, 4, 0x81, 0x81, 1, 2, 3, 4, 5], at: 4)
        talk.send(.fromOriginator, [0x88, 0x80, 1, 2, 3, 4], at: 5)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.statuses == ["101"])
            #expect(result.recognized == [.http, .websocket])
            #expect(result.messages == [.fromOriginator: 3, .fromResponder: 2])
            #expect(result.losses.isEmpty)
        }
    }
}
