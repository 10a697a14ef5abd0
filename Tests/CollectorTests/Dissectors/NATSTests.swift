// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `NATS` {
    private static func greeted(isVerbose: Bool = false, isEncrypted: Bool = false) -> Conversation {
        var talk = Conversation()
        talk.server(
            "INFO {\"server_id\":\"NX\",\"version\":\"2.10.7\",\"tls_required\":\(isEncrypted)} \r\n",
            at: 1
        )
        if isEncrypted { return talk }
        talk.client("CONNECT {\"verbose\":\(isVerbose),\"lang\":\"go\"}\r\n", at: 2)
        if isVerbose { talk.server("+OK\r\n", at: 2) }
        return talk
    }

    private static func follow(_ talk: Conversation, close: Int64? = nil) -> Conversation.Result {
        var result = talk.follow(ports: (40_000, 7_777), close: close)
        result.finished.removeAll { $0.isSession }
        return result
    }

    @Test func `messages are published without an answer`() {
        var talk = Self.greeted()
        talk.client("PING\r\n", at: 3)
        talk.server("PONG\r\n", at: 4)
        talk.client("SUB orders.* workers 1\r\nPUB orders.4711 5\r\nhello\r\n", at: 5)
        talk.client("HPUB orders.eu 12 17\r\nNATS/1.0\r\n\r\nhe", at: 6)
        talk.client("llo\r\n", at: 8)
        talk.server("MSG orders.eu 1 5\r\nhello\r\nPING\r\n", at: 9)
        talk.client("PONG\r\nUNSUB 1 5\r\n", at: 10)
        #expect(talk.follow().finished.filter { $0.isSession }.map(\.operation) == ["CONNECT", "PING"])
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["SUB orders.*", "PUB orders.{id}", "PUB orders.eu", "UNSUB"])
            #expect(result.finished.map(\.requestStart) == [5, 5, 6, 10].map { milliseconds($0) })
            #expect(result.finished.map(\.requestEnd) == [5, 5, 8, 10].map { milliseconds($0) })
            #expect(result.finished.allSatisfy { $0.outcome == .ok && $0.responseEnd == nil })
            #expect(result.messages == [.fromResponder: 1])
            #expect(result.losses.isEmpty)
            #expect(result.client == .fromOriginator)
        }
    }

    @Test func `a reply in the client's own inbox answers its request`() {
        var talk = Self.greeted()
        talk.client("SUB _INBOX.Ab3.* 1\r\n", at: 3)
        talk.client("PUB stock.get _INBOX.Ab3.1 2\r\nhi\r\nPUB price.get _INBOX.Ab3.2 2\r\nhi\r\n", at: 4)
        talk.client("PUB log foreign.inbox 2\r\nhi\r\n", at: 5)
        talk.server("MSG _INBOX.Ab3.2 1 4\r\n12.5\r\n", at: 6)
        talk.server("HMSG _INBOX.Ab3.1 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n", at: 7)
        talk.server("MSG _INBOX.Ab3.1 1 4\r\nlate\r\n", at: 8)
        talk.client("PUB quote.get _INBOX.Ab3.3 2\r\nhi\r\n", at: 9)
        talk.forEverySplit { talk in
            let result = Self.follow(talk, close: 100)
            #expect(
                result.operations == [
                    "SUB _INBOX.{id}", "PUB log", "PUB price.get", "PUB stock.get", "PUB quote.get",
                ]
            )
            #expect(result.statuses == [nil, nil, nil, "503", nil])
            #expect(result.outcomes == [.ok, .ok, .ok, .serverError, .timedOut])
            #expect(
                result.finished.map(\.responseEnd)
                    == milliseconds([nil, nil, 6, 7, nil])
            )
            #expect(result.messages == [.fromResponder: 1])
        }
    }

    @Test func `verbose servers confirm each command in order`() {
        var talk = Self.greeted(isVerbose: true)
        talk.client("SUB _INBOX.Ab3.* 1\r\nPUB a.b _INBOX.Ab3.1 2\r\nhi\r\nPUB c 2\r\nhi\r\n", at: 3)
        talk.server("+OK\r\n+OK\r\n-ERR 'Permissions Violation for Publish to \"c\"'\r\n", at: 4)
        talk.server("MSG _INBOX.Ab3.1 1 2\r\nok\r\n", at: 5)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["SUB _INBOX.{id}", "PUB c", "PUB a.b"])
            #expect(result.statuses == [nil, "Permissions Violation", nil])
            #expect(result.outcomes == [.ok, .clientError, .ok])
            #expect(result.finished.map(\.responseEnd) == [4, 4, 5].map { milliseconds($0) })
        }
    }

    @Test func `an error that answers nothing is a request of its own`() {
        var talk = Self.greeted()
        talk.server("-ERR 'Authorization Violation'\r\n", at: 3)
        let result = Self.follow(talk)
        #expect(result.operations == ["-ERR"])
        #expect(result.statuses == ["Authorization Violation"])
        #expect(result.outcomes == [.clientError])
    }

    @Test func `what a server encrypts is left to TLS`() {
        var talk = Self.greeted(isEncrypted: true)
        talk.send(.fromOriginator, [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0], at: 2)
        let result = Self.follow(talk)
        #expect(result.finished.isEmpty)
        #expect(result.losses.isEmpty)
        #expect(result.recognized.first == .nats)
    }

    @Test func `a lost reply leaves later pairs alone, and a cut capture pairs`() {
        var talk = Self.greeted()
        talk.client("SUB _INBOX.Ab3.* 1\r\n", at: 3)
        for index in 1...3 {
            talk.client("PUB q\(index) _INBOX.Ab3.\(index) 2\r\nhi\r\n", at: Int64(index * 10))
            talk.server("MSG _INBOX.Ab3.\(index) 1 2\r\nok\r\n", at: Int64(index * 10 + 1))
        }
        talk.packets.removeAll { $0.time == milliseconds(21) }
        talk.send(.fromOriginator, Array("PUB cut 900\r\nxxxx".utf8), wireLength: 915, at: 40)
        talk.client("PUB last 2\r\nhi\r\n", at: 41)
        let result = Self.follow(talk, close: 50)
        #expect(result.operations == ["SUB _INBOX.{id}", "PUB q1", "PUB q3", "PUB cut", "PUB last"])
        #expect(result.losses.contains(.unmatchedRequests))
    }

    @Test func `a connection seen from its middle is recognized by a message`() {
        var talk = Conversation(hasHandshake: false)
        talk.server("MSG orders.eu 1 5\r\nhello\r\n", at: 1)
        talk.client("PUB done _INBOX.x.1 2\r\nhi\r\n", at: 2)
        let result = Self.follow(talk)
        #expect(result.operations == ["PUB done"])
        #expect(result.client == .fromOriginator)
    }

    @Test(arguments: [
        "INFO {\"name\":\"x\"}\r\n", "INFO\r\n", "CONNECT host:443 HTTP/1.1\r\n", "PUB a\r\n",
        "PUB a x\r\nhi\r\n",
        "PUB a 2\r\nhello\r\n", "MSG a 5\r\n", "SUBSCRIBE x\r\n", "PING\r\n", "HELO me\r\n", "SUB a 1\r\n",
    ])
    func `other text is not NATS`(text: String) {
        var talk = Conversation()
        talk.client(text, at: 1)
        talk.server(text, at: 2)
        #expect(!talk.follow(ports: (40_000, 4_222), close: 3).recognized.contains(.nats))
    }

    @Test func `an endless line is given up`() {
        var talk = Self.greeted()
        for _ in 0..<10 { talk.client("PUB " + String(repeating: "a", count: 5_000), at: 3) }
        let result = Self.follow(talk, close: 4)
        #expect(result.finished.isEmpty)
        #expect(result.inFlight == 0)
    }

    @Test func `mutated conversations never trap and keep the books balanced`() {
        var original = Self.greeted(isVerbose: true)
        original.client("SUB _INBOX.Ab3.* 1\r\nPUB a.b _INBOX.Ab3.1 2\r\nhi\r\nPUB c 2\r\nhi\r\n", at: 3)
        original.server("+OK\r\n+OK\r\n-ERR 'Permissions Violation for Publish to \"c\"'\r\n", at: 4)
        original.server("MSG _INBOX.Ab3.1 1 2\r\nok\r\n", at: 5)
        original.client("HPUB d _INBOX.Ab3.2 12 14\r\nNATS/1.0\r\n\r\nhi\r\nPING\r\nUNSUB 1\r\n", at: 6)
        original.server("+OK\r\nPONG\r\n+OK\r\n", at: 7)
        original.mutated(times: 3_000, ports: (40_000, 4_222)) { result, seed in
            #expect(result.isBalanced, "seed \(seed)")
        }
    }
}
