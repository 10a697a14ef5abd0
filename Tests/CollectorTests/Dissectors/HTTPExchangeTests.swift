// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `HTTP exchanges` {
    @Test func `one request gives one transaction with four instants`() throws {
        var talk = Conversation()
        talk.client("POST /cart/4711?x=1 HTTP/1.1\r\nHost: cart\r\nContent-Length: 4\r\n\r\n", at: 10)
        talk.client("body", at: 12)
        talk.server("HTTP/1.1 201 Created\r\nContent-Length: 6\r\n\r\n", at: 15)
        talk.server("result", at: 19)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.operations == ["POST /cart/{id}"])
            #expect(result.statuses == ["201"])
            #expect(result.outcomes == [.ok])
            #expect(result.started.map(\.at) == [milliseconds(10)])
            #expect(result.client == .fromOriginator)
            #expect(result.losses.isEmpty)
            #expect(result.names.map(\.name) == ["cart"])
            guard let one = result.finished.first else { return }
            #expect(one.requestStart == milliseconds(10))
            #expect(one.requestEnd == milliseconds(12))
            #expect(one.responseStart == milliseconds(15))
            #expect(one.responseEnd == milliseconds(19))
            #expect(one.endedAt == milliseconds(19))
            #expect(!one.isIncomplete && !one.isEarlyResponse && !one.isStreaming)
        }
    }

    @Test func `keep-alive and pipelining pair in order`() {
        var talk = Conversation()
        talk.client("GET /a HTTP/1.1\r\n\r\nHEAD /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 200 OK\r\ncontent-LENGTH: 2\r\n\r\nok", at: 2)
        talk.server("HTTP/1.1 404 Not Found\r\nContent-Length: 700\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", at: 4)
        talk.client("GET /d HTTP/1.1\r\n\r\n", at: 5)
        talk.server("HTTP/1.1 304 Not Modified\r\nContent-Length: 55\r\n\r\n", at: 6)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.operations == ["GET /a", "HEAD /b", "GET /c", "GET /d"])
            #expect(result.statuses == ["200", "404", "503", "304"])
            #expect(result.outcomes == [.ok, .clientError, .serverError, .ok])
            #expect(result.finished.map(\.endedAt) == [2, 3, 4, 6].map { milliseconds($0) })
            #expect(result.inFlight == 0)
        }
    }

    @Test func `chunks with extensions and trailers end where they end`() {
        var talk = Conversation()
        talk.client(
            "POST /up HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 3\r\n\r\n",
            at: 1
        )
        talk.client("5;name=\"x\"\r\nHTTP/\r\n00A \r\n0123456789\r\n0\r\nTrailer: yes\r\n\r\n", at: 2)
        talk.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n0\r\n\r\n", at: 3)
        talk.client("GET /next HTTP/1.1\r\n\r\n", at: 4)
        talk.server("HTTP/1.1 204 None\r\n\r\n", at: 5)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.operations == ["POST /up", "GET /next"])
            #expect(result.statuses == ["200", "204"])
            #expect(result.finished.first?.requestEnd == milliseconds(2))
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `a body without length ends with the connection`() {
        var talk = Conversation()
        talk.client("GET /old HTTP/1.0\r\n\r\n", at: 1)
        talk.server("HTTP/1.0 200 OK\n\nsome bytes HTTP/1.1 200 OK\r\n\r\n", at: 2)
        talk.finish(.fromResponder, at: 9)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.statuses == ["200"])
            #expect(result.finished.first?.responseEnd == milliseconds(2))
            #expect(result.finished.first?.endedAt == milliseconds(9))
            #expect(result.finished.first?.isIncomplete == false)
        }
    }

    @Test func `interim responses are no responses`() {
        var talk = Conversation()
        talk.client("PUT /f HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 100 Continue\r\n\r\n", at: 2)
        talk.client("abc", at: 3)
        talk.server(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            at: 4
        )
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.statuses == ["200"])
            #expect(result.finished.first?.responseStart == milliseconds(4))
            #expect(result.finished.first?.requestEnd == milliseconds(3))
            #expect(result.finished.first?.isEarlyResponse == false)
        }
    }

    @Test func `a refused expectation may be followed by the next request`() {
        var talk = Conversation()
        talk.client("PUT /f HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 300\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n", at: 2)
        talk.client("GET /g HTTP/1.1\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 4)
        let result = talk.follow()
        #expect(result.operations == ["PUT /f", "GET /g"])
        #expect(result.statuses == ["417", "200"])
        #expect(result.finished.first?.isEarlyResponse == true)
    }

    @Test func `an early response is marked and does not slip`() {
        var talk = Conversation()
        talk.client("POST /big HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc", at: 1)
        talk.server("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n", at: 2)
        talk.client("def", at: 3)
        talk.server("no", at: 4)
        talk.client("GET /x HTTP/1.1\r\n\r\n", at: 5)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 6)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.operations == ["POST /big", "GET /x"])
            #expect(result.finished.map(\.isEarlyResponse) == [true, false])
            #expect(result.finished.first?.requestEnd == milliseconds(3))
            #expect(result.finished.first?.responseEnd == milliseconds(4))
        }
    }

    @Test func `an early response may end before its request`() {
        var talk = Conversation()
        talk.client("POST /big HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc", at: 1)
        talk.server("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", at: 2)
        talk.client("def", at: 3)
        talk.client("GET /x HTTP/1.1\r\n\r\n", at: 5)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 6)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.statuses == ["401", "200"])
            #expect(result.operations == ["POST /big", "GET /x"])
        }
    }

    @Test(arguments: [
        (
            "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            "101 Switching Protocols", "GET /ws"
        ),
        ("GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n", "101 Go", "GET /"),
    ])
    func `an upgrade ends the dissection`(request: String, status: String, operation: String) {
        var talk = Conversation()
        talk.client(request, at: 1)
        talk.server("HTTP/1.1 \(status)\r\n\r\n\u{1}\u{2}frames", at: 2)
        talk.client("GET /not-http HTTP/1.1\r\n\r\n", at: 3)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.operations == [operation])
            #expect(result.statuses == [String(status.prefix(3))])
            #expect(result.outcomes == [.ok])
            #expect(result.started.count == 1)
            #expect(result.finished.first?.responseEnd == milliseconds(2))
            #expect(result.losses.isEmpty)
            #expect(result.names.isEmpty)
        }
    }

    @Test func `a tunnel carries whatever is recognized in it`() {
        var talk = Conversation()
        talk.client("CONNECT db.example:6379 HTTP/1.1\r\nHost: db.example:6379\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 200 Connected\r\n\r\n", at: 2)
        talk.client("*1\r\n$4\r\nPING\r\n", at: 3)
        talk.server("+PONG\r\n", at: 4)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.operations == ["CONNECT {authority}", "PING"])
            #expect(result.recognized == [.http, .redis])
            #expect(result.finished.map(\.responseEnd) == [milliseconds(2), milliseconds(4)])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `a refused CONNECT leaves the connection to further requests`() {
        var talk = Conversation()
        talk.client("CONNECT a.example:443 HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 407 Auth\r\nContent-Length: 2\r\n\r\nno", at: 2)
        talk.client("GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 4)
        let result = talk.follow()
        #expect(result.operations == ["CONNECT {authority}", "GET /x"])
        #expect(result.statuses == ["407", "200"])
        // A proxy's Host names the target, not the server.
        #expect(result.names.isEmpty)
    }

    @Test func `folded, repeated and oddly written fields are read`() {
        var talk = Conversation()
        talk.client("\r\nGET  /a b  HTTP/1.1\nHOST:\n api.example:8080 \n\n", at: 1)
        talk.server("HTTP/1.1 200\r\nContent-Length: 3, 3\r\nCONTENT-length:\r\n 3\r\n\r\nabc", at: 2)
        talk.client("GET /c HTTP/1.1\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; a=b\r\n\r\ndata: 1\n\n", at: 4)
        talk.finish(.fromResponder, at: 5)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.operations == ["GET /a%20b", "GET /c"])
            #expect(result.statuses == ["200", "200"])
            #expect(result.names.map(\.name) == ["api.example"])
            #expect(result.finished.map(\.isStreaming) == [false, true])
        }
    }

    @Test func `watches and followed logs are streaming`() {
        for target in [
            "/api/v1/pods?watch=true", "/apis/apps/v1/x?a=b&watch=1", "/api/v1/x/log?follow=true&z",
        ] {
            var talk = Conversation()
            talk.client("GET \(target) HTTP/1.1\r\n\r\n", at: 1)
            talk.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", at: 2)
            let result = talk.follow(advance: 600_000, close: 600_001)
            #expect(result.finished.map(\.isStreaming) == [true], "\(target)")
            #expect(result.finished.map(\.isIncomplete) == [true])
        }
        for target in ["/watch=true", "/api/v1/pods?watch=false", "/shop?watch=true", "/api/x?watch=trueish"]
        {
            var talk = Conversation()
            talk.client("GET \(target) HTTP/1.1\r\n\r\n", at: 1)
            talk.server("HTTP/1.1 204 OK\r\n\r\n", at: 2)
            #expect(talk.follow().finished.map(\.isStreaming) == [false], "\(target)")
        }
    }
}
