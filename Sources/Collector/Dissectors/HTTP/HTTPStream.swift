// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Finds the messages in one direction of an HTTP/1 connection.
///
/// It knows nothing of the other direction: after each head the dissector says how long the
/// body is. Only a head that spans chunks is copied; bodies are counted, never kept.
struct HTTPStream {
    enum Phase: Equatable, BitwiseCopyable {
        /// In search of a message at the beginning of a segment.
        case searching
        case head
        case fixedBody(remaining: UInt64)
        case chunkSize
        case chunkData(remaining: UInt64)
        case chunkEnd
        case trailers
        case bodyUntilClose
    }

    enum Event {
        /// The chunk is used up.
        case needsMore
        /// A start line is complete, its head is not.
        case startLine(HTTPStartLine)
        case head(HTTPHead)
        case messageEnd
        /// The bytes are no message; the stream searches for the next one.
        case lostSync
        /// A limit was exceeded.
        case tooLong
    }

    enum Role {
        case requests
        case responses
    }

    var phase = Phase.searching
    let role: Role
    /// Capture time of the first byte of the current message.
    var messageStart = Timestamp(nanoseconds: 0)
    /// Capture time of the last byte of the direction.
    var lastByte = Timestamp(nanoseconds: 0)
    /// The start line of the current head was complete, and what it was.
    var startLine: HTTPStartLine?
    /// Bytes were passed over or lost since the last message.
    var searchedBefore = false
    /// Bytes passed over in search of a message.
    var skipped: UInt64 = 0
    /// Body bytes of the current message seen so far.
    var bodyBytes: UInt64 = 0
    /// Bytes of the direction before the current chunk, those that were not captured too.
    private var chunkStart: UInt64 = 0
    /// Bytes of the direction before the current message.
    private var messageBegin: UInt64 = 0
    /// Bytes of the current message, head and body, as far as `reach` was told.
    private(set) var messageBytes: UInt64 = 0

    /// A head that began in an earlier chunk.
    var partial: [UInt8] = []
    /// Where in the current chunk bytes of the head begin that `partial` does not have.
    var headOffset = 0
    /// Where in the current chunk the last head ended.
    var headEnd = 0
    var headLength = 0
    var lineLength = 0
    var lineEndsInCR = false
    var sawSpace = false
    var emptyLines = 0
    var announcedStartLine = false
    /// The head may be none, because its stream was searching.
    ///
    /// Only well-known methods count then.
    var isTentative = false
    var chunkSize: UInt64 = 0
    var chunkDigits = 0
    var inChunkExtension = false
    /// Reads the body of a message of gRPC-Web.
    var call: GRPCMessages?

    init(role: Role) { self.role = role }

    /// Whether the bytes of the current message's head have begun.
    var isInsideHead: Bool { phase == .head && headLength > 0 }

    /// Whether it expects the first byte of a head, and nothing before matters any more.
    var isAtRest: Bool {
        phase == .head && headLength == 0 && emptyLines == 0 && partial.isEmpty && !isTentative
            && !searchedBefore && skipped == 0 && call == nil
    }

    /// Takes bytes until something happened or they are used up.
    ///
    /// - Parameters:
    ///   - bytes: A chunk of the direction.
    ///   - offset: Where to go on; 0 at the beginning of a chunk.
    ///   - time: When the chunk was seen in order.
    ///   - cache: Request lines and hosts seen lately.
    /// - Returns: The offset after what was used, and what happened.
    mutating func next(
        _ bytes: RawSpan,
        from offset: Int,
        at time: Timestamp,
        _ cache: inout RequestCache
    ) -> (offset: Int, event: Event) {
        if offset == 0 { headOffset = 0 }
        if offset < bytes.byteCount { lastByte = time }
        var offset = offset
        while offset < bytes.byteCount {
            switch phase {
            case .searching:
                guard offset == 0, HTTPStartLine.isPlausibleFirstByte(bytes.octet(at: 0)) else {
                    return skipAll(bytes, from: offset)
                }
                beginTentativeHead()
            case .head:
                let (end, event) = scanHead(bytes, from: offset, at: time, &cache)
                offset = end
                if let event { return (offset, event) }
            case .bodyUntilClose:
                bodyBytes += UInt64(bytes.byteCount - offset)
                call?.take(bytes.clamped(offset, bytes.byteCount))
                return (bytes.byteCount, .needsMore)
            default:
                let (end, event) = scanBody(bytes, from: offset)
                offset = end
                if let event { return (offset, event) }
            }
        }
        return (offset, .needsMore)
    }

    /// Notes that a message begins at an offset of the current chunk.
    @inline(__always)
    mutating func beginMessage(at offset: Int, _ time: Timestamp) {
        messageStart = time
        messageBegin = chunkStart &+ UInt64(truncatingIfNeeded: offset)
    }

    /// Notes how far into the current chunk the current message reaches.
    @inline(__always)
    mutating func reach(_ offset: Int) {
        messageBytes = chunkStart &+ UInt64(truncatingIfNeeded: offset) &- messageBegin
    }

    /// Notes that so many bytes of the direction are behind it: a whole chunk, or some that were lost.
    @inline(__always)
    mutating func pass(_ count: Int) {
        reach(count)
        chunkStart &+= UInt64(truncatingIfNeeded: count)
    }

    /// Expects a message to begin.
    mutating func beginHead(at offset: Int) {
        phase = .head
        if !partial.isEmpty { partial.removeAll(keepingCapacity: true) }
        headOffset = offset
        headLength = 0
        lineLength = 0
        lineEndsInCR = false
        sawSpace = false
        emptyLines = 0
        startLine = nil
        announcedStartLine = false
    }

    /// Expects a message that may be none.
    mutating func beginTentativeHead() {
        beginHead(at: 0)
        isTentative = true
    }

    /// Expects a message right after a head whose message has no body.
    mutating func beginHeadAfterHead() { beginHead(at: headEnd) }

    /// Forgets the current message and searches for the next.
    mutating func search() {
        beginHead(at: 0)
        phase = .searching
        skipped = 0
    }

    private mutating func skipAll(_ bytes: RawSpan, from offset: Int) -> (Int, Event) {
        skipped &+= UInt64(bytes.byteCount - offset)
        searchedBefore = true
        return (bytes.byteCount, .needsMore)
    }
}
