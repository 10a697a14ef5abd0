// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `HTTP endings` {
    private static func asked() -> Conversation {
        var talk = Conversation()
        talk.client("GET /slow HTTP/1.1\r\n\r\n", at: 1)
        return talk
    }

    @Test func `the client that resets or closes first gave up`() {
        var reset = Self.asked()
        reset.reset(.fromOriginator, at: 50)
        #expect(reset.follow().outcomes == [.clientGaveUp])
        #expect(reset.follow().finished.first?.endedAt == milliseconds(50))
        var closed = Self.asked()
        closed.finish(.fromOriginator, at: 50)
        #expect(closed.follow().finished.isEmpty)
        #expect(closed.follow().inFlight == 1)
        closed.finish(.fromResponder, at: 60)
        #expect(closed.follow().outcomes == [.clientGaveUp])
    }

    @Test func `a half-closed client may still be answered`() {
        var talk = Self.asked()
        talk.finish(.fromOriginator, at: 2)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 3)
        #expect(talk.follow().statuses == ["200"])
    }

    @Test func `the server that closes or resets without an answer is to blame`() {
        var closed = Self.asked()
        closed.finish(.fromResponder, at: 7)
        #expect(closed.follow().outcomes == [.serverClosed])
        var reset = Self.asked()
        reset.reset(.fromResponder, at: 7)
        #expect(reset.follow().outcomes == [.serverClosed])
        #expect(reset.follow().finished.first?.status == nil)
        #expect(reset.follow().finished.first?.responseStart == nil)
    }

    @Test func `patience ends a minute after the request`() {
        let talk = Self.asked()
        #expect(talk.follow(advance: 60_000).finished.isEmpty)
        let result = talk.follow(advance: 70_000)
        #expect(result.outcomes == [.timedOut])
        #expect(result.finished.first?.endedAt == milliseconds(60_001))
        #expect(result.inFlight == 0)
        #expect(talk.follow(close: 5_000).outcomes == [.timedOut])
    }

    @Test func `a response after patience does not slip to the next request`() {
        let follower = StreamFollower(
            transport: .tcp,
            originatorPort: 1,
            responderPort: 2,
            patience: Patience()
        )
        var output = DissectionOutput()
        func send(_ direction: FlowDirection, _ text: String, _ sequence: UInt32, at time: Int64) {
            let bytes = Array(text.utf8)
            follower.segment(
                direction,
                sequence: sequence,
                flags: .ack,
                payload: bytes.octets,
                payloadLength: bytes.count,
                at: milliseconds(time),
                into: &output
            )
        }
        send(.fromOriginator, "GET /p HTTP/1.1\r\n\r\n", 0, at: 0)
        #expect(follower.deadline == milliseconds(60_000))
        follower.advance(to: milliseconds(61_000), into: &output)
        #expect(output.finished.map(\.outcome) == [.timedOut])
        send(.fromResponder, "HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n", 0, at: 62_000)
        send(.fromOriginator, "GET /q HTTP/1.1\r\n\r\n", 19, at: 63_000)
        send(.fromResponder, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 40, at: 64_000)
        #expect(output.finished.map(\.operation) == ["GET /p", "GET /q"])
        #expect(output.finished.map(\.status) == [nil, "200"])
    }

    @Test func `a response cut short keeps its status and has no end`() {
        var talk = Self.asked()
        talk.server("HTTP/1.1 502 Bad\r\nContent-Length: 10\r\n\r\n12345", at: 5)
        talk.finish(.fromResponder, at: 9)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.statuses == ["502"])
            #expect(result.outcomes == [.serverError])
            #expect(result.finished.first?.isIncomplete == true)
            #expect(result.finished.first?.responseStart == milliseconds(5))
            #expect(result.finished.first?.responseEnd == nil)
            #expect(result.finished.first?.endedAt == milliseconds(9))
        }
    }

    @Test func `a response cut in its head keeps the status if it has come`() {
        var talk = Self.asked()
        talk.server("HTTP/1.1 404 Not Found\r\nContent-Le", at: 5)
        talk.reset(.fromResponder, at: 6)
        #expect(talk.follow().statuses == ["404"])
        #expect(talk.follow().finished.first?.isIncomplete == true)
    }

    @Test func `a request whose response was lost is not late`() {
        var talk = Self.asked()
        talk.send(.fromResponder, Array("HTTP/1.1 2".utf8), wireLength: 200, at: 5)
        let result = talk.follow(advance: 70_000, close: 71_000)
        #expect(result.finished.isEmpty)
        #expect(result.losses.filter { $0 == .unmatchedRequests }.count == 1)
    }

    @Test func `a response that began before a request is no answer to it`() {
        var talk = Conversation()
        talk.server("HTTP/1.1 304 Not Modified\r\nX: ", at: 1)
        talk.client("GET / HTTP/1.1\r\n\r\n", at: 5)
        talk.reset(.fromResponder, at: 6)
        let result = talk.follow()
        #expect(result.outcomes == [.serverClosed])
        #expect(result.statuses == [nil])
        #expect(result.losses == [.unmatchedResponses])
    }

    @Test func `a late response that is lost does not count its request again`() {
        let follower = StreamFollower(
            transport: .tcp,
            originatorPort: 40_000,
            responderPort: 80,
            patience: Patience()
        )
        var output = DissectionOutput()
        func send(_ direction: FlowDirection, _ text: String, length: Int, at time: Int64) {
            follower.segment(
                direction,
                sequence: 1,
                flags: .ack,
                payload: Array(text.utf8).octets,
                payloadLength: length,
                at: milliseconds(time),
                into: &output
            )
        }
        send(.fromOriginator, "GET / HTTP/1.1\r\n\r\n", length: 18, at: 1)
        follower.advance(to: milliseconds(70_000), into: &output)
        #expect(output.finished.map(\.outcome) == [.timedOut])
        send(.fromResponder, "HTTP/1.1 2", length: 200, at: 70_001)
        follower.close(at: milliseconds(71_000), into: &output)
        #expect(output.started.count == 1)
        #expect(output.finished.count == 1)
        #expect(!output.losses.contains(.unmatchedRequests))
    }

    @Test func `a response without a request is counted and changes no later pair`() {
        var talk = Conversation(hasHandshake: false)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", at: 1)
        talk.client("GET /a HTTP/1.1\r\n\r\n", at: 2)
        talk.server("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", at: 3)
        let result = talk.follow()
        #expect(result.losses == [.unmatchedResponses])
        #expect(result.operations == ["GET /a"])
        #expect(result.statuses == ["404"])
        #expect(result.client == .fromOriginator)
    }

    @Test func `a request that is answered before its head is complete is one transaction`() {
        var talk = Conversation()
        talk.client("GET /drip HTTP/1.1\r\nX: ", at: 1)
        talk.server("HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", at: 30_000)
        talk.finish(.fromResponder, at: 30_001)
        let result = talk.follow()
        #expect(result.operations == ["GET /drip"])
        #expect(result.statuses == ["408"])
        #expect(result.finished.first?.isEarlyResponse == true)
        #expect(result.started.count == 1)
    }

    @Test func `an unasked 408 on an idle connection is unmatched`() {
        var talk = Self.asked()
        talk.server("HTTP/1.1 204 OK\r\n\r\n", at: 2)
        talk.server("HTTP/1.0 408 Idle\r\n\r\n", at: 10_000)
        talk.finish(.fromResponder, at: 10_001)
        #expect(talk.follow().statuses == ["204"])
        #expect(talk.follow().losses == [.unmatchedResponses])
    }

    @Test func `requests started equal outcomes plus those in flight`() {
        for seed in 0..<200 {
            var random = SeededGenerator(seed: UInt64(seed))
            var talk = Conversation()
            var time: Int64 = 1
            for index in 0..<Int.random(in: 1...6, using: &random) {
                time += 1
                talk.client("GET /r\(index) HTTP/1.1\r\n\r\n", at: time)
                if Bool.random(using: &random) {
                    talk.server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", at: time)
                }
            }
            let result = talk.follow()
            #expect(
                UInt64(result.started.count) == UInt64(result.finished.count) + result.inFlight,
                "seed \(seed)"
            )
        }
    }
}
