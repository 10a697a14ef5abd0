// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Sizes of HTTP messages` {
    /// A request, the response to it, and how both are framed.
    static let exchanges: [(request: String, response: String)] = [
        ("GET /a HTTP/1.1\r\nHost: shop.example\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        (
            "POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nbody!",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n0\r\nTrailer: yes\r\n\r\n"
        ),
        (
            "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n"
        ),
        ("HEAD /d HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n"),
    ]

    @Test func `are those of head and body, whatever frames them`() {
        var talk = Conversation()
        for (index, exchange) in Self.exchanges.enumerated() {
            talk.client(exchange.request, at: Int64(2 * index + 1))
            talk.server(exchange.response, at: Int64(2 * index + 2))
        }
        talk.client("GET /last HTTP/1.0\r\n\r\n", at: 20)
        talk.server("HTTP/1.0 200 OK\r\n\r\nuntil the end", at: 21)
        talk.finish(.fromResponder, at: 22)
        let requests = Self.exchanges.map { UInt64($0.request.utf8.count) } + [22]
        let responses = Self.exchanges.map { UInt64($0.response.utf8.count) } + [32]
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.finished.map(\.requestBytes) == requests)
            #expect(result.finished.map(\.responseBytes) == responses)
            #expect(result.finished.map(\.serverName) == ["shop.example", nil, nil, nil, nil])
        }
    }

    @Test func `do not count interim responses`() {
        var talk = Conversation()
        talk.client("PUT /f HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 100 Continue\r\n\r\n", at: 2)
        talk.client("abc", at: 3)
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        talk.server("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + response, at: 4)
        talk.forEverySplit { talk in
            let one = talk.follow().finished.first
            #expect(one?.requestBytes == 63)
            #expect(one?.responseBytes == UInt64(response.utf8.count))
        }
    }

    @Test func `have the bytes of a body that were not captured`() {
        var talk = Conversation()
        talk.client("GET /f HTTP/1.1\r\n\r\n", at: 1)
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
        talk.send(.fromResponder, Array(head.utf8), wireLength: head.utf8.count + 5_000, at: 2)
        talk.client("GET /g HTTP/1.1\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1", at: 4)
        let result = talk.follow()
        #expect(result.finished.map(\.requestBytes) == [19, 19])
        #expect(result.finished.map(\.responseBytes) == [UInt64(head.utf8.count + 5_000), 39])
    }

    @Test func `are absent where a message has no end`() {
        var talk = Conversation()
        talk.client("POST /f HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", at: 1)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", at: 2)
        talk.reset(.fromResponder, at: 3)
        let one = talk.follow().finished.first
        #expect(one?.isIncomplete == true)
        #expect(one?.requestBytes == nil)
        #expect(one?.responseBytes == nil)
    }
}
