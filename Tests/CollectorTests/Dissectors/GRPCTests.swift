// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `GRPC` {
    private typealias Bytes = HTTP2Bytes

    private static func trailers(_ status: Int) -> [UInt8] { Bytes.plain("grpc-status", String(status)) }

    @Test func `a unary call has its status in the trailers`() {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.call("/shop.Cart/Add2")), at: 2)
        talk.send(.fromOriginator, Bytes.frame(0, 1, 1, Bytes.message("request")), at: 3)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.grpcOK), at: 4)
        talk.send(.fromResponder, Bytes.frame(0, 0, 1, Bytes.message("response")), at: 5)
        talk.send(.fromResponder, Bytes.headers(1, Self.trailers(0), ends: true), at: 6)
        talk.forEverySplit { talk in
            let result = HTTP2.follow(talk)
            #expect(result.started == [.init(applicationProtocol: .grpc, at: milliseconds(2))])
            #expect(result.operations == ["/shop.Cart/Add2"])
            #expect(result.statuses == ["OK"])
            #expect(result.finished.map(\.applicationProtocol) == [.grpc])
            #expect(result.finished.map(\.isStreaming) == [false])
            #expect(result.finished.map(\.responseEnd) == [milliseconds(6)])
            #expect(result.messages.isEmpty)
        }
    }

    @Test(arguments: [
        (0, "OK", Outcome.ok), (1, "CANCELLED", .clientError), (2, "UNKNOWN", .serverError),
        (3, "INVALID_ARGUMENT", .clientError), (4, "DEADLINE_EXCEEDED", .serverError),
        (5, "NOT_FOUND", .clientError), (7, "PERMISSION_DENIED", .clientError),
        (8, "RESOURCE_EXHAUSTED", .clientError), (9, "FAILED_PRECONDITION", .clientError),
        (12, "UNIMPLEMENTED", .serverError), (13, "INTERNAL", .serverError),
        (14, "UNAVAILABLE", .serverError),
        (15, "DATA_LOSS", .serverError), (16, "UNAUTHENTICATED", .clientError), (99, "UNKNOWN", .serverError),
    ])
    func `trailers alone tell the outcome`(code: Int, name: String, outcome: Outcome) {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.call("/a.B/C"), ends: true), at: 2)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.grpcOK + Self.trailers(code), ends: true), at: 4)
        let result = HTTP2.follow(talk)
        #expect(result.statuses == [name])
        #expect(result.outcomes == [outcome])
    }

    @Test func `a second message makes a stream, and its messages count`() {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.call("/a.B/List")), at: 2)
        talk.send(.fromOriginator, Bytes.frame(0, 1, 1, Bytes.message("q")), at: 3)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.grpcOK), at: 4)
        let three = Bytes.message("one") + Bytes.message("") + Bytes.message("three")
        talk.send(.fromResponder, Bytes.frame(0, 0, 1, Array(three[..<7])), at: 5)
        talk.send(.fromResponder, Bytes.frame(0, 0, 1, Array(three[7...])), at: 6)
        talk.send(.fromResponder, Bytes.headers(1, Self.trailers(0), ends: true), at: 7)
        talk.send(
            .fromOriginator,
            Bytes.headers(3, Bytes.call("/grpc.health.v1.Health/Watch"), ends: true),
            at: 8
        )
        talk.forEverySplit { talk in
            let result = HTTP2.follow(talk, advance: 99_000)
            #expect(result.finished.map(\.isStreaming) == [true])
            #expect(result.messages == [.fromOriginator: 1, .fromResponder: 3])
            #expect(result.inFlight == 1)
        }
    }

    @Test func `what is no gRPC answer, and what is cut, says so`() {
        var talk = HTTP2.opened()
        for stream in [1, 3, 5, 7] as [UInt32] {
            talk.send(.fromOriginator, Bytes.headers(stream, Bytes.call("/a.B/C"), ends: true), at: 2)
        }
        talk.send(.fromResponder, Bytes.headers(1, [0x08] + Bytes.string("503"), ends: true), at: 3)
        talk.send(.fromResponder, Bytes.headers(3, Bytes.grpcOK, ends: true), at: 4)
        talk.send(.fromResponder, Bytes.headers(5, Bytes.grpcOK) + Bytes.headers(7, Bytes.grpcOK), at: 5)
        talk.send(.fromOriginator, Bytes.reset(5, 8), at: 6)
        talk.send(.fromResponder, Bytes.reset(7, 2), at: 7)
        talk.forEverySplit { talk in
            let result = HTTP2.follow(talk)
            #expect(result.statuses == ["503", "UNKNOWN", "CANCELLED", "INTERNAL_ERROR"])
            #expect(result.outcomes == [.serverError, .serverError, .clientError, .serverError])
            #expect(result.finished.map(\.isIncomplete) == [false, false, true, true])
        }
    }

    @Test func `gRPC-Web has its trailers in the body`() {
        var talk = HTTP2.opened()
        let request = [0x83, 0x86, 0x04] + Bytes.string("/a.B/C")
        let web = [0x0F, 0x10] + Bytes.string("application/grpc-web+proto")
        talk.send(
            .fromOriginator,
            Bytes.headers(1, request + web) + Bytes.frame(0, 1, 1, Bytes.message("q")),
            at: 2
        )
        let body =
            Bytes.message("answer") + Bytes.message("Grpc-Message: no\r\ngrpc-status: 14\r\n", flags: 0x80)
        talk.send(.fromResponder, Bytes.headers(1, [0x88] + web) + Bytes.frame(0, 1, 1, body), at: 3)
        talk.forEverySplit { talk in
            let result = HTTP2.follow(talk)
            #expect(result.operations == ["/a.B/C"])
            #expect(result.statuses == ["UNAVAILABLE"])
            #expect(result.finished.map(\.isStreaming) == [false])
        }
    }

    @Test(arguments: [false, true])
    func `gRPC-Web over HTTP/1 is gRPC`(isText: Bool) {
        let type = isText ? "application/grpc-web-text" : "application/grpc-web+proto"
        let trailers = Bytes.message("grpc-status: 5\r\n", flags: 0x80)
        // Each piece of base64 may be padded by itself.
        let pieces = [Bytes.message("q"), Bytes.message("r"), trailers]
        let body = isText ? pieces.flatMap { Data($0).base64EncodedData() } : pieces.flatMap { $0 }
        var talk = Conversation()
        for time in [1, 5, 7] as [Int64] {
            talk.client(
                "POST /a.B/C HTTP/1.1\r\ncontent-type: \(type)\r\nContent-Length: 1\r\n\r\nx",
                at: time
            )
            guard time != 5 else {
                talk.server(
                    "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\ngrpc-status: 7\r\nContent-Length: 0\r\n\r\n",
                    at: 6
                )
                continue
            }
            if time == 7 {
                talk.server("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", at: 8)
                continue
            }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n"
            let chunk =
                Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
            talk.send(.fromResponder, Array(head.utf8) + chunk, at: 3)
        }
        talk.client("POST /a.B/C HTTP/1.1\r\ncontent-type: text/html\r\nContent-Length: 0\r\n\r\n", at: 9)
        talk.server("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", at: 10)
        talk.forEverySplit { talk in
            let result = talk.follow()
            #expect(result.finished.map(\.applicationProtocol) == [.grpc, .grpc, .grpc, .http])
            #expect(result.started.map(\.applicationProtocol) == [.grpc, .grpc, .grpc, .http])
            #expect(result.operations == ["/a.B/C", "/a.B/C", "/a.B/C", "POST /a.B/C"])
            #expect(result.statuses == ["NOT_FOUND", "PERMISSION_DENIED", "502", "404"])
            #expect(result.outcomes == [.clientError, .clientError, .serverError, .clientError])
            #expect(result.finished.map(\.isStreaming) == [true, false, false, false])
            #expect(result.messages == [.fromOriginator: 1, .fromResponder: 2])
        }
    }

    @Test func `what is no base64 loses the messages, not the call`() {
        var talk = Conversation()
        talk.client("POST /a.B/C HTTP/1.1\r\nContent-Type: application/grpc-web-text\r\n\r\n", at: 1)
        talk.server(
            "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web-text\r\nContent-Length: 4\r\n\r\n====",
            at: 2
        )
        let result = talk.follow()
        #expect(result.operations == ["/a.B/C"])
        #expect(result.statuses == ["200"])
    }

    @Test(arguments: [
        ("/a.B/C?x", "/a.B/C"), ("/no-method", "/no-method"), ("/a.B/C\u{7}", "/a.B/C%07"),
        ("/v1/users/123", "/v1/users/{id}"),
    ])
    func `a path that is no method is templated`(path: String, operation: String) {
        var talk = HTTP2.opened()
        talk.send(.fromOriginator, Bytes.headers(1, Bytes.call(path), ends: true), at: 2)
        talk.send(.fromResponder, Bytes.headers(1, Bytes.grpcOK + Self.trailers(0), ends: true), at: 4)
        #expect(HTTP2.follow(talk).operations == [operation])
    }
}
