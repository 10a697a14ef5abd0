// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import HTTPTypes
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes

/// Answers a request that is the same, byte by byte, as the one before it on its connection.
///
/// Dashboards and scripts ask for one map again and again. While the store is as it was, the bytes
/// that answered the first request answer the next, without a way through parser, router and store.
/// Connections share nothing, so whoever may not see an answer cannot be given it.
package final class RepeatedRequests: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = IOData
    package typealias OutboundOut = IOData

    /// An answer is given again for no longer: it carries the time of day, and sessions end.
    package static let maximumAge = TimeAmount.seconds(1)
    /// Longer requests are not compared.
    static let maximumRequestLength = 4_096
    /// Answers in more pieces are not kept: the head, the body and its end make three.
    static let maximumPieces = 4

    /// A request and what answers it.
    private struct Exchange {
        let request: ByteBuffer
        let version: Int64
        let since: NIODeadline
        var pieces: [ByteBuffer] = []
    }

    /// A number that changes with what is stored.
    private let version: @Sendable () -> Int64?
    private let maximumAge: TimeAmount
    /// What is being answered.
    private var candidate: Exchange?
    /// What was answered last, whole.
    private var answer: Exchange?
    /// Requests of which the parser told the head, less those that are answered.
    private var unanswered = 0
    /// Less those of which it told the end.
    private var unread = 0
    /// Of what came last.
    private var begunNow = 0
    /// Whether what came last ended where a request may end.
    private var isAtEnd = true

    init(version: @escaping @Sendable () -> Int64?, maximumAge: TimeAmount) {
        self.version = version
        self.maximumAge = maximumAge
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        let isBetweenRequests = unanswered == 0 && unread == 0 && isAtEnd
        if let answer, isBetweenRequests, buffer == answer.request {
            // A client that takes nothing goes the long way, where it has to wait.
            if context.channel.isWritable, answer.since + maximumAge > .now(), version() == answer.version {
                for piece in answer.pieces {
                    context.write(wrapOutboundOut(.byteBuffer(piece)), promise: nil)
                }
                return context.flush()
            }
        }
        answer = nil
        candidate = nil
        isAtEnd = buffer.readableBytesView.suffix(4).elementsEqual("\r\n\r\n".utf8)
        if isBetweenRequests, isAtEnd, buffer.readableBytes <= Self.maximumRequestLength,
            buffer.readableBytesView.starts(with: "GET ".utf8), let version = version()
        {
            candidate = Exchange(request: buffer, version: version, since: .now())
        }
        begunNow = 0
        context.fireChannelRead(data)
        // Several requests at once, of which the first may be answered by now, or half of one.
        if begunNow != 1 || unread != 0 {
            candidate = nil
            answer = nil
        }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if candidate != nil {
            if case .byteBuffer(let piece) = unwrapOutboundIn(data),
                candidate?.pieces.count ?? 0 < Self.maximumPieces
            {
                candidate?.pieces.append(piece)
            } else {
                candidate = nil
            }
        }
        context.write(data, promise: promise)
    }

    /// The parser told the head of a request.
    fileprivate func began() {
        unanswered += 1
        unread += 1
        begunNow += 1
    }

    /// The parser told its end.
    fileprivate func read() { unread -= 1 }

    /// All of its answer has been written.
    fileprivate func ended(isLasting: Bool) {
        unanswered -= 1
        if isLasting, let candidate { answer = candidate }
        candidate = nil
    }
}

/// Tells `RepeatedRequests` which bytes are one request and one answer, and whether that answer lasts.
package final class RequestBounds: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private let repeated: RepeatedRequests
    private var isLasting = false

    /// - Parameters:
    ///   - version: A number that changes with what is stored; `nil` where it cannot be told.
    ///   - maximumAge: How long an answer may be given again.
    package init(
        version: @escaping @Sendable () -> Int64?,
        maximumAge: TimeAmount = RepeatedRequests.maximumAge
    ) {
        repeated = RepeatedRequests(version: version, maximumAge: maximumAge)
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        // Next to the network (or to TLS), where bytes are plain.
        let pipeline = context.pipeline.syncOperations
        guard let encoder = try? pipeline.handler(type: HTTPResponseEncoder.self) else { return }
        try? pipeline.addHandler(repeated, position: .before(encoder))
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: repeated.began()
        case .body: break
        case .end: repeated.read()
        }
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .head(let head) = part, head.status.kind != .informational {
            // What has a tag is the same until the store changes; an event or a figure of the server is not.
            isLasting = head.status.kind == .successful && head.headerFields[.eTag] != nil
        }
        context.write(data, promise: promise)
        if case .end = part { repeated.ended(isLasting: isLasting) }
    }
}
