// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Redis` {
    private static func follow(_ talk: Conversation, close: Int64? = nil) -> Conversation.Result {
        talk.follow(ports: (40_000, 7_777), close: close)
    }

    private static func command(_ words: String...) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    @Test func `a command and its reply have four instants`() {
        var talk = Conversation()
        talk.client("*3\r\n$3\r\nset\r\n$5\r\nvisit\r\n", at: 1)
        talk.client("$9\r\nGET / x\r\n\r\n", at: 3)
        talk.server("+O", at: 5)
        talk.server("K\r\n", at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["SET"])
            #expect(result.outcomes == [.ok])
            #expect(result.started.map(\.at) == [milliseconds(1)])
            #expect(result.losses.isEmpty)
            #expect(result.client == .fromOriginator)
            guard let one = result.finished.first else { return }
            #expect(one.applicationProtocol == .redis)
            #expect([one.requestStart, one.requestEnd] == [milliseconds(1), milliseconds(3)])
            #expect([one.responseStart, one.responseEnd] == [milliseconds(5), milliseconds(8)])
        }
    }

    @Test func `pipelined commands pair in order, errors by kind`() {
        var talk = Conversation()
        talk.client(
            Self.command("GET", "a") + Self.command("LPUSH", "a", "x") + Self.command("GET", "moved")
                + Self.command("MGET", "a", "b"),
            at: 1
        )
        talk.server("$2\r\n\r\n\r\n-WRONGTYPE Operation\r\n", at: 2)
        talk.server("-MOVED 3999 10.0.0.1:6381\r\n*2\r\n$-1\r\n*1\r\n:5\r\n", at: 3)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["GET", "LPUSH", "GET", "MGET"])
            #expect(result.statuses == [nil, "WRONGTYPE", "MOVED", nil])
            #expect(result.outcomes == [.ok, .serverError, .ok, .ok])
            #expect(result.finished.map(\.endedAt) == [2, 2, 3, 3].map { milliseconds($0) })
        }
    }

    @Test func `set-up is session, waiting is streaming, containers keep their argument`() {
        var talk = Conversation()
        talk.client(Self.command("HELLO", "3"), at: 1)
        talk.server("%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n", at: 2)
        talk.client(Self.command("CLIENT", "SETINFO", "lib-name", "x"), at: 3)
        talk.server("-ERR unknown subcommand\r\n", at: 4)
        talk.client(Self.command("blpop", "q", "0"), at: 5)
        talk.client(Self.command("config", "get", "secret"), at: 6)
        talk.server("|1\r\n+ttl\r\n:1\r\n*2\r\n$1\r\nq\r\n$1\r\nv\r\n%0\r\n", at: 9)
        talk.client(Self.command("XREAD", "BLOCK", "0", "STREAMS", "s", "$"), at: 10)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["HELLO", "CLIENT", "BLPOP", "CONFIG GET"])
            #expect(result.finished.map(\.isSession) == [true, true, false, false])
            #expect(result.finished.map(\.isStreaming) == [false, false, true, false])
            #expect(result.started.count == 3)
            #expect(result.inFlight == 1)
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `transactions answer each command, and nested errors are not the reply's`() {
        var talk = Conversation()
        talk.client(Self.command("MULTI") + Self.command("INCR", "a") + Self.command("EXEC"), at: 1)
        talk.server("+OK\r\n+QUEUED\r\n*1\r\n-ERR not an integer\r\n", at: 2)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["MULTI", "INCR", "EXEC"])
            #expect(result.outcomes == [.ok, .ok, .ok])
        }
    }

    @Test func `subscriptions are confirmed for each channel, and messages answer nothing`() {
        var talk = Conversation()
        talk.client(Self.command("SUBSCRIBE", "a", "b"), at: 1)
        talk.server("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n", at: 2)
        talk.server("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n", at: 3)
        talk.server("*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n", at: 4)
        talk.client(Self.command("PING"), at: 5)
        talk.server("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n", at: 6)
        talk.server("*2\r\n$4\r\npong\r\n$0\r\n\r\n", at: 7)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["SUBSCRIBE", "PING"])
            #expect(result.finished.map(\.endedAt) == [milliseconds(4), milliseconds(7)])
            #expect(result.losses.isEmpty)
            #expect(result.messages == [.fromResponder: 2])
        }
    }

    @Test func `a lost reply leaves later pairs alone`() {
        var talk = Conversation()
        talk.client(Self.command("GET", "a"), at: 1)
        talk.server("$5\r\nhello\r\n", at: 2)
        talk.client(Self.command("GET", "b"), at: 3)
        talk.server("$-1\r\n", at: 4)
        talk.client(Self.command("TTL", "c"), at: 5)
        talk.server(":1\r\n", at: 6)
        talk.packets.removeAll { $0.time == milliseconds(4) }
        let result = Self.follow(talk)
        #expect(result.operations == ["GET", "TTL"])
        #expect(result.finished.map(\.endedAt) == [milliseconds(2), milliseconds(6)])
        #expect(result.losses.contains(.unmatchedRequests))
        #expect(result.started.count == 3)
    }

    @Test func `a capture cut at 64 bytes still pairs`() {
        var talk = Conversation()
        talk.client("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n", at: 1)
        talk.send(.fromOriginator, Array("$400\r\nxxxx".utf8), wireLength: 408, at: 1)
        talk.server("+OK\r\n", at: 2)
        talk.client(Self.command("GET", "k"), at: 3)
        talk.send(.fromResponder, Array("$400\r\nxxxx".utf8), wireLength: 408, at: 4)
        let result = Self.follow(talk)
        #expect(result.operations == ["SET", "GET"])
        #expect(result.finished.map(\.responseEnd) == [milliseconds(2), milliseconds(4)])
    }

    @Test func `a connection seen from its middle is recognized by the next command`() {
        var talk = Conversation(hasHandshake: false)
        talk.server("$9\r\nleft over", at: 1)
        talk.client(Self.command("GET", "k"), at: 2)
        talk.server("$1\r\nv\r\n", at: 3)
        let result = Self.follow(talk)
        #expect(result.operations == ["GET"])
        #expect(result.client == .fromOriginator)
    }

    @Test func `closed without a reply is unanswered`() {
        var talk = Conversation()
        talk.client(Self.command("GET", "k"), at: 1)
        talk.finish(.fromResponder, at: 2)
        #expect(Self.follow(talk).outcomes == [.serverClosed])
        var other = Conversation()
        other.client(Self.command("GET", "k"), at: 1)
        other.server("$500\r\nbegun", at: 2)
        other.reset(.fromOriginator, at: 3)
        let result = Self.follow(other)
        #expect(result.outcomes == [.ok])
        #expect(result.finished.map(\.isIncomplete) == [true])
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "*\r\n", "*1\r\n:5\r\n", "*1\r\n$0\r\n\r\n", "*2\r\n$99999999999\r\n",
        "*1\r\n$3\r\n\u{1}\u{2}\u{3}\r\n", "get key\r\n", "$3\r\nGET\r\n",
    ])
    func `other text is not Redis`(text: String) {
        var talk = Conversation()
        talk.client(text, at: 1)
        let result = Self.follow(talk, close: 2)
        #expect(!result.finished.contains { $0.applicationProtocol == .redis })
    }

    @Test func `nesting without end is given up`() {
        var talk = Conversation()
        talk.client(Self.command("GET", "k"), at: 1)
        talk.server(String(repeating: "*1\r\n", count: 100), at: 2)
        #expect(Self.follow(talk).losses.contains(.abandonedStreams))
    }
}
