// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Cuts one direction of a stream into messages.
///
/// Of each message the head is shown in one piece, without a copy where it lies in one segment; the
/// rest is counted, never kept.
struct MessageCutter {
    enum Step: Equatable {
        /// The chunk is used up.
        case needsMore
        /// A head of so many bytes, at this offset of the chunk or, if there is none, in `buffer`.
        case head(count: Int, offset: Int?)
        /// The message ended.
        case end
        /// The bytes are no message.
        case lost
    }

    private enum Phase: Equatable {
        case boundary
        case body(remaining: Int)
        case searching
    }

    private var phase: Phase
    /// The head of a message that began in an earlier chunk.
    private(set) var buffer: [UInt8] = []
    /// Bytes of the message that the chunks before had.
    private var earlier = 0
    private var needed = 1
    /// Length of the message whose head is coming, once it is known.
    private var known: Int?
    /// When the first byte of the message was seen.
    private(set) var start = Timestamp(nanoseconds: 0)
    /// Length of the message whose head was shown last.
    private(set) var length = 0
    /// Bytes passed over in search of a message since the last one.
    private(set) var passed = 0

    init(isAligned: Bool) {
        phase = isAligned ? .boundary : .searching
    }

    /// Whether the next byte begins a message.
    var isAtBoundary: Bool {
        @inline(__always)
        get { if case .boundary = phase { earlier == 0 } else { false } }
    }

    /// Whether it looks for the beginning of a message, which may be at the next segment.
    var isSearching: Bool { phase == .searching }

    /// Takes bytes until something happened or they are used up.
    ///
    /// - Parameters:
    ///   - bytes: A chunk of the direction, which begins with a segment.
    ///   - offset: Where to go on; moved behind what was used.
    ///   - time: When the chunk was seen in order.
    ///   - format: Knows how long messages are.
    ///   - side: The sender.
    /// - Returns: What happened.
    @inline(__always)
    mutating func next<Format: FramedProtocol>(
        _ bytes: RawSpan,
        from offset: inout Int,
        at time: Timestamp,
        format: inout Format,
        side: StreamSide
    ) -> Step {
        switch phase {
        case .body(let remaining):
            let taken = min(remaining, bytes.byteCount - offset)
            offset += taken
            guard taken == remaining else {
                phase = .body(remaining: remaining - taken)
                return .needsMore
            }
            phase = .boundary
            return .end
        case .searching, .boundary:
            let isSearching = isSearching
            if isSearching {
                guard offset == 0, format.startsMessage(bytes, from: side) else {
                    return pass(bytes, from: &offset)
                }
            }
            guard offset < bytes.byteCount else { return .needsMore }
            phase = .boundary
            let step = measure(bytes, from: &offset, at: time, format: &format, side: side)
            // What looked like a message and is none would be looked at again without end.
            return isSearching && step == .lost ? pass(bytes, from: &offset) : step
        }
    }

    /// Passes over what is left of the chunk.
    private mutating func pass(_ bytes: RawSpan, from offset: inout Int) -> Step {
        passed += bytes.byteCount - offset
        offset = bytes.byteCount
        return .needsMore
    }

    @inline(__always)
    private mutating func measure<Format: FramedProtocol>(
        _ bytes: RawSpan,
        from offset: inout Int,
        at time: Timestamp,
        format: inout Format,
        side: StreamSide
    ) -> Step {
        let available = bytes.byteCount - offset
        let verdict: MessageMeasure
        if earlier == 0 {
            start = time
            verdict = format.measure(bytes.clamped(offset, bytes.byteCount), from: side)
        } else {
            let room = Format.headLimit - buffer.count
            buffer.append(copying: bytes.clamped(offset, offset + min(available, room)))
            verdict =
                buffer.count < needed
                ? .needsMore(needed) : format.measure(buffer.octetSpan, from: side)
        }
        switch verdict {
        case .message(let length, let head):
            let wanted = min(head, length, Format.headLimit)
            guard length > 0, length >= earlier, length <= FramingLimits.message else { return lose() }
            guard earlier + available >= wanted else {
                known = length
                return keep(bytes, from: &offset, needed: wanted)
            }
            let position = earlier == 0 ? offset : nil
            let fresh = max(0, wanted - earlier)
            offset += fresh
            self.length = length
            phase = .body(remaining: length - max(wanted, earlier))
            earlier = 0
            known = nil
            passed = 0
            return .head(count: wanted, offset: position)
        case .needsMore(let count):
            guard count <= Format.headLimit, earlier + available < Format.headLimit else { return lose() }
            return keep(bytes, from: &offset, needed: count)
        case .invalid:
            return lose()
        }
    }

    /// Keeps what there is of a head for the next chunk.
    private mutating func keep(_ bytes: RawSpan, from offset: inout Int, needed: Int) -> Step {
        if earlier == 0 {
            buffer.removeAll(keepingCapacity: true)
            buffer.append(copying: bytes.clamped(offset, bytes.byteCount))
        }
        earlier += bytes.byteCount - offset
        self.needed = needed
        offset = bytes.byteCount
        return .needsMore
    }

    private mutating func lose() -> Step {
        search()
        return .lost
    }

    /// Forgets the current message and searches for the next one at the beginning of a segment.
    mutating func search() {
        phase = .searching
        earlier = 0
        known = nil
    }

    /// Makes do with what there is of a head whose rest was not captured, where its message's
    /// length is known.
    ///
    /// - Returns: The bytes of it in `buffer`.
    mutating func cutHead() -> Int? {
        guard let known, earlier > 0 else { return nil }
        let count = min(earlier, buffer.count)
        length = known
        phase = .body(remaining: max(0, known - earlier))
        earlier = 0
        self.known = nil
        return count
    }

    /// What passing over bytes that were not captured came to.
    enum Skip: Equatable {
        case insideMessage
        case endOfMessage
        /// It is unknown where the next message begins; a message was cut if one had begun.
        case lost
    }

    /// Passes over bytes that were not captured.
    mutating func skip(_ count: Int) -> Skip {
        switch phase {
        case .body(let remaining) where count < remaining:
            phase = .body(remaining: remaining - count)
            return .insideMessage
        case .body(let remaining) where count == remaining:
            phase = .boundary
            return .endOfMessage
        default:
            search()
            return .lost
        }
    }
}
