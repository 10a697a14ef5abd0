// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Server
import Synchronization
import TestKit
import Testing

/// What a connection is answered, over a store whose version the tests set.
@Suite struct `Repeated requests` {
    @Test func `are answered with the same bytes while the store is as it was`() throws {
        let line = try Line()
        try line.send("GET /map HTTP/1.1\r\nHost: a\r\n\r\n")
        try line.send("GET /map HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try line.bodies() == ["/map@0", "/map@0"])
        #expect(line.application.asked == 1)
        line.store.withLock { $0 = 1 }
        try line.send("GET /map HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try line.bodies() == ["/map@1"])
        #expect(line.application.asked == 2)
    }

    @Test func `take the long way when anything differs`() throws {
        let line = try Line()
        let requests = [
            "GET /map HTTP/1.1\r\nHost: a\r\n\r\n", "GET /map HTTP/1.1\r\nHost: b\r\n\r\n",
            "GET /map HTTP/1.1\r\nHost: a\r\nCookie: c=1\r\n\r\n", "HEAD /map HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /map HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
        for request in requests { try line.send(request) }
        #expect(line.application.asked == requests.count)
    }

    @Test func `take the long way for what has no tag, what failed and what cannot be dated`() throws {
        for path in ["/untagged", "/failed"] {
            let line = try Line()
            for _ in 0..<2 { try line.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n") }
            #expect(line.application.asked == 2, "\(path)")
        }
        let line = try Line()
        line.store.withLock { $0 = nil }
        for _ in 0..<2 { try line.send("GET /map HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(line.application.asked == 2)
    }

    @Test func `take the long way after a while`() throws {
        let line = try Line(maximumAge: .zero)
        for _ in 0..<2 { try line.send("GET /map HTTP/1.1\r\nHost: a\r\n\r\n") }
        #expect(line.application.asked == 2)
    }

    @Test func `that come two at once are two`() throws {
        let line = try Line()
        let two = String(repeating: "GET /map HTTP/1.1\r\nHost: a\r\n\r\n", count: 2)
        for _ in 0..<2 { try line.send(two) }
        #expect(try line.bodies().count == 4)
        #expect(line.application.asked == 4)
    }

    /// A body that looks like a request must stay a body, and a request in it no request.
    @Test func `are not found in bodies`() throws {
        let line = try Line()
        let request = "GET /map HTTP/1.1\r\nHost: a\r\n\r\n"
        try line.send(request)
        try line.send("POST /map HTTP/1.1\r\nHost: a\r\nContent-Length: \(2 * request.utf8.count)\r\n\r\n")
        try line.send(request)
        try line.send(request)
        try line.send(request)
        #expect(try line.bodies() == ["/map@0", "/map@0", "/map@0"])
        #expect(line.application.asked == 3)
    }

    /// Requests split, joined and pipelined at random, answered at once or late, while the store changes.
    @Test(arguments: 0..<20 as Range<UInt64>) func `change nothing of what is answered`(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed)
        let line = try Line()
        var expected = 0
        var pending = ""
        for _ in 0..<400 {
            switch Int.random(in: 0..<10, using: &dice) {
            case 0: line.store.withLock { $0 = ($0 ?? 0) + 1 }
            case 1: line.application.isLate.toggle()
            case 2, 3: line.application.answer()
            default:
                // Mostly the same ones.
                let path = ["/map", "/map", "/map", "/map", "/other", "/untagged"][
                    Int.random(in: 0..<6, using: &dice)
                ]
                pending += "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
                expected += 1
                if Int.random(in: 0..<8, using: &dice) == 0 { continue }
                if Int.random(in: 0..<6, using: &dice) == 0 {
                    let cut = Int.random(in: 0..<pending.utf8.count, using: &dice)
                    try line.send(String(pending.prefix(cut)))
                    pending = String(pending.dropFirst(cut))
                }
                try line.send(pending)
                pending = ""
            }
            try line.check()
        }
        try line.send(pending)
        while line.application.waiting > 0 { line.application.answer() }
        try line.check()
        #expect(line.answered == expected)
        #expect(line.application.asked < expected, "Some were repeated.")
    }
}

/// A connection with the parser and the encoder of HTTP/1, and an application behind them.
private final class Line {
    let store = StoreBox()
    let application: Application
    private let channel = EmbeddedChannel()
    private var received = ""
    private(set) var answered = 0

    init(maximumAge: TimeAmount = .hours(1)) throws {
        application = Application(store: store)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(
            RequestBounds(version: { [store] in store.withLock { $0 } }, maximumAge: maximumAge)
        )
        try pipeline.addHandler(application)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// What the client sends arrives in one piece.
    func send(_ text: String) throws {
        guard !text.isEmpty else { return }
        try channel.writeInbound(ByteBuffer(string: text))
    }

    /// The bodies that the client got since it last looked.
    func bodies() throws -> [String] {
        while case .byteBuffer(let buffer)? = try channel.readOutbound(as: IOData.self) {
            received += String(buffer: buffer)
        }
        var bodies: [String] = []
        while let end = received.range(of: "\r\n\r\n") {
            let head = received[..<end.lowerBound]
            let length = head.split(separator: "\r\n").compactMap { line -> Int? in
                line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
            }
            let rest = received[end.upperBound...]
            bodies.append(String(rest.prefix(length.first ?? 0)))
            received = String(rest.dropFirst(length.first ?? 0))
        }
        answered += bodies.count
        return bodies
    }

    /// Every answer is of the store as it is, whoever gave it.
    func check() throws {
        let version = store.withLock { $0 }
        for body in try bodies() { #expect(body.hasSuffix("@\(version ?? 0)")) }
    }
}

/// The version of the store; `nil` cannot be told.
private final class StoreBox: Sendable {
    private let version = Mutex<Int64?>(0)

    func withLock<T: Sendable>(_ body: (inout sending Int64?) -> sending T) -> T { version.withLock(body) }
}

/// Answers with the path and the version, one request after the other.
private final class Application: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    /// Whether answers wait until somebody calls `answer`.
    var isLate = false
    private(set) var asked = 0
    private var queue: [HTTPRequest] = []
    private var context: ChannelHandlerContext?
    private let store: StoreBox

    init(store: StoreBox) { self.store = store }

    var waiting: Int { queue.count }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            asked += 1
            queue.append(request)
        case .body: break
        case .end: while !isLate, !queue.isEmpty { answer() }
        }
    }

    /// Answers the request that waits longest.
    func answer() {
        guard let context, !queue.isEmpty else { return }
        let request = queue.removeFirst()
        let path = request.path ?? ""
        let body = "\(path)@\(store.withLock { $0 } ?? 0)"
        var response = HTTPResponse(status: path == "/failed" ? .notFound : .ok)
        if path != "/untagged" { response.headerFields[.eTag] = "\"\(body)\"" }
        response.headerFields[.contentLength] = "\(body.utf8.count)"
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        if request.method != .head {
            context.write(wrapOutboundOut(.body(ByteBuffer(string: body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
