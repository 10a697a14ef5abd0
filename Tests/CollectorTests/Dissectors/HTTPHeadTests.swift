// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

/// Heads that come whole are read in one pass, others byte by byte: both must say the same.
@Suite("HTTP heads")
struct HTTPHeadTests {
    /// Fields of a response of four body bytes, or of none, and whether they announce a body.
    private static let framings: [(String, hasBody: Bool)] = [
        ("cOnTeNt-LeNgTh:\t4 ", true),
        ("Content-Length: 4\r\nContent-Length: 4", true),
        ("Content-Length:\r\n 4", true),
        ("X-Filler: \(String(repeating: "x", count: 300))\r\nContent-Length: 4", true),
        ("Content-Lengthy: 4\r\nContent-Length: 0", false),
        ("XContent-Length: 4\r\nContent-Length: 0", false),
        ("Content-Length : 4\r\nContent-Length: 0", false),
        ("Content\u{0D}Length: 4\r\nContent-Length: 0", false),
        ("Cookie: Content-Length: 4\r\nContent-Length: 0", false),
        ("Expect: 100-continue\r\nContent-Length: 0", false),
    ]

    @Test(arguments: framings.map(\.0))
    func `only a Content-Length announces a body`(fields: String) {
        let hasBody = Self.framings.first { $0.0 == fields }?.hasBody == true
        var talk = Conversation()
        talk.client("GET /a HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n\(hasBody ? "body" : "")", at: 2)
        talk.client("GET /b HTTP/1.1\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 404 No\r\nTRANSFER-encoding: Chunked\r\n\r\n0\r\n\r\n", at: 4)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.statuses == ["200", "404"])
            #expect(result.losses.isEmpty)
        }
    }

    /// Start lines with what they are taken for; `nil` where they are none.
    private static let requestLines: [(String, String?)] = [
        ("GET /a HTTP/1.1", "GET /a"),
        ("GET /a\tb HTTP/1.0", "GET /a%09b"),
        ("GET  /a  HTTP/1.1 ", "GET /a"),
        ("\(String(repeating: "M", count: 31)) /a HTTP/1.1", "{method} /a"),
        ("\(String(repeating: "M", count: 32)) /a HTTP/1.1", nil),
        ("GET /a\u{01}b HTTP/1.1", nil),
        ("GET /a HTTP/2.0", nil),
        ("GET HTTP/1.1", nil),
        ("GET /\(String(repeating: "a-", count: 200)) HTTP/1.1", "GET /a-a-a-a-a-a-a-a-a-a-a-a-{id}"),
    ]

    @Test(arguments: requestLines.map(\.0))
    func `a request line is taken for what it is`(line: String) {
        let operation = Self.requestLines.first { $0.0 == line }?.1
        var talk = Conversation()
        talk.client("GET /first HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 204 No\r\n\r\n", at: 2)
        // The second one is known from the first.
        for time in [Int64(3), 5] {
            talk.client("\(line)\r\nHost: Shop\r\n\r\n", at: time)
            talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: time + 1)
        }
        let whole = talk.follow()
        #expect(whole.operations == ["GET /first"] + (operation.map { [$0, $0] } ?? []))
        talk.forEverySplit { split in
            #expect(split.follow() == whole)
        }
    }

    /// Status lines with whether they are one.
    private static let statusLines: [(String, isOne: Bool)] = [
        ("HTTP/1.1 200", true), ("HTTP/1.1 200 ", true), ("HTTP/1.9 200 A\tB", true),
        ("HTTP/1.1 2000", false),
        ("HTTP/1.1 200 A\u{01}B", false), ("HTTP/1.1 099 A", false), ("HTTP/1.1  200 A", false),
        ("HTTP/1.x 200 A", false),
    ]

    @Test(arguments: statusLines.map(\.0))
    func `a status line is taken for what it is`(line: String) {
        let isOne = Self.statusLines.first { $0.0 == line }?.isOne == true
        var talk = Conversation()
        talk.client("GET /a HTTP/1.1\r\n\r\n", at: 1)
        talk.server("\(line)\r\nContent-Length: 0\r\n\r\n", at: 2)
        talk.forEverySplit { talk in
            #expect(talk.follow().statuses == (isOne ? ["200"] : []))
        }
    }
}
