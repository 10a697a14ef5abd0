// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Cuts one direction of a connection into frames.
///
/// Payloads of frames that matter are shown in one piece, without a copy where they lie in one
/// segment; those of DATA frames are shown in pieces as they come; the rest is counted.
struct HTTP2FrameReader {
    enum Step: Equatable {
        /// The chunk is used up.
        case needsMore
        /// The client's connection preface ended.
        case preface
        /// The header of a frame is complete: it is in `frame`.
        case frame
        /// The payload of a frame, at this place of the chunk or, if there is none, in `buffer`.
        case payload(Range<Int>?)
        /// A piece of the payload of a DATA frame, without padding.
        case data(Range<Int>)
        /// The frame ended.
        case end
        /// The bytes are no frame.
        case lost
    }

    private enum Phase: Equatable {
        /// Where a frame begins, or in its header.
        case header
        /// In the preface of a client.
        case preface
        /// The frame's payload is wanted as a whole.
        case collect
        case padLength
        case data(remaining: Int, padding: Int)
        case skip(Int)
        case searching
    }

    /// What a client sends first (RFC 9113 section 3.4).
    static let preface: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    private var phase: Phase
    /// What earlier chunks had of a header or a payload.
    private(set) var buffer: [UInt8] = []
    private(set) var frame = HTTP2FrameHeader.none
    /// When the first byte of the frame was seen.
    private(set) var start = Timestamp(nanoseconds: 0)
    /// Bytes passed over in search of a frame since the last one.
    private(set) var passed = 0
    private var isFirst = true

    init(isAligned: Bool) {
        phase = isAligned ? .header : .searching
    }

    var isSearching: Bool { phase == .searching }

    /// Takes bytes until something happened or they are used up.
    ///
    /// - Parameters:
    ///   - bytes: A chunk of the direction, which begins with a segment.
    ///   - offset: Where to go on; moved behind what was used.
    ///   - time: When the chunk was seen in order.
    ///   - streams: Those that are open.
    ///   - newest: The newest of them, after which the sender may begin others; 0 for the server.
    /// - Returns: What happened.
    mutating func next(
        _ bytes: RawSpan,
        from offset: inout Int,
        at time: Timestamp,
        streams: borrowing HTTP2Streams,
        newest: UInt32
    ) -> Step {
        while true {
            let available = bytes.byteCount &- offset
            switch phase {
            case .searching:
                let isBeginning =
                    offset == 0
                    && (bytes.hasPrefix(Self.preface) || Self.beginsFrames(bytes, streams, newest: newest))
                guard isBeginning else {
                    passed &+= available
                    offset = bytes.byteCount
                    return .needsMore
                }
                phase = .header
                isFirst = bytes.octet(at: 0) == 0x50
            case .header:
                guard available > 0 else { return .needsMore }
                if buffer.isEmpty {
                    start = time
                    if isFirst, bytes.octet(at: offset) == 0x50 {
                        phase = .preface
                        continue
                    }
                }
                guard let header = readHeader(bytes, &offset) else { return .needsMore }
                return begin(header)
            case .preface:
                let count = Self.preface.utf8CodeUnitCount
                let taken = min(available, count &- buffer.count)
                buffer.append(copying: bytes.clamped(offset, offset &+ taken))
                offset &+= taken
                guard buffer.count == count else { return .needsMore }
                let isPreface = buffer.octetSpan.equals(Self.preface)
                buffer.removeAll(keepingCapacity: true)
                phase = .header
                isFirst = false
                if isPreface { return .preface }
                search()
                return .lost
            case .collect:
                if buffer.isEmpty, available >= frame.length {
                    let range = offset..<offset &+ frame.length
                    offset = range.upperBound
                    phase = .skip(0)
                    return .payload(range)
                }
                let taken = min(available, frame.length &- buffer.count)
                buffer.append(copying: bytes.clamped(offset, offset &+ taken))
                offset &+= taken
                guard buffer.count == frame.length else { return .needsMore }
                phase = .skip(0)
                return .payload(nil)
            case .padLength:
                guard available > 0 else { return .needsMore }
                let padding = Int(bytes.octet(at: offset))
                offset &+= 1
                guard padding < frame.length else {
                    search()
                    return .lost
                }
                phase = .data(remaining: frame.length &- 1 &- padding, padding: padding)
            case .data(0, let padding): phase = .skip(padding)
            case .data(let remaining, let padding):
                guard available > 0 else { return .needsMore }
                let range = offset..<offset &+ min(available, remaining)
                offset = range.upperBound
                phase = .data(remaining: remaining &- range.count, padding: padding)
                return .data(range)
            case .skip(0):
                phase = .header
                buffer.removeAll(keepingCapacity: true)
                return .end
            case .skip(let count):
                guard available > 0 else { return .needsMore }
                let taken = min(available, count)
                offset &+= taken
                phase = .skip(count &- taken)
            }
        }
    }

    private mutating func readHeader(_ bytes: RawSpan, _ offset: inout Int) -> HTTP2FrameHeader? {
        let count = HTTP2FrameHeader.count
        if buffer.isEmpty, bytes.byteCount &- offset >= count {
            offset &+= count
            return HTTP2FrameHeader(bytes, at: offset &- count)
        }
        let taken = min(bytes.byteCount &- offset, count &- buffer.count)
        buffer.append(copying: bytes.clamped(offset, offset &+ taken))
        offset &+= taken
        guard buffer.count == count else { return nil }
        let header = HTTP2FrameHeader(buffer.octetSpan)
        buffer.removeAll(keepingCapacity: true)
        return header
    }

    private mutating func begin(_ header: HTTP2FrameHeader) -> Step {
        guard header.isValid else {
            search()
            return .lost
        }
        frame = header
        isFirst = false
        passed = 0
        switch header.kind {
        case .headers, .continuation, .pushPromise, .resetStream, .goAway:
            guard header.length <= HTTP2Limits.headerBlock else {
                search()
                return .lost
            }
            phase = .collect
        case .data where header.isPadded && header.length > 0: phase = .padLength
        case .data: phase = .data(remaining: header.length, padding: 0)
        default: phase = .skip(header.length)
        }
        return .frame
    }

    private mutating func search() {
        phase = .searching
        buffer.removeAll(keepingCapacity: true)
    }

    // MARK: - What was not captured

    /// What passing over bytes that were not captured came to.
    enum Skip: Equatable {
        case insideFrame
        case endOfFrame
        /// It is unknown where the next frame begins.
        case lost
    }

    /// Makes do with what there is of a payload whose rest was not captured: it is in `buffer`.
    ///
    /// - Returns: Whether there is one.
    mutating func cutPayload() -> Bool {
        guard phase == .collect else { return false }
        phase = .skip(frame.length &- buffer.count)
        return true
    }

    /// Passes over bytes that were not captured.
    mutating func skip(_ count: Int) -> Skip {
        let rest: Int
        switch phase {
        case .skip(let remaining):
            rest = remaining &- count
            if rest >= 0 { phase = .skip(rest) }
        case .data(let remaining, let padding):
            rest = remaining &+ padding &- count
            if rest >= padding {
                phase = .data(remaining: rest &- padding, padding: padding)
            } else if rest >= 0 {
                phase = .skip(rest)
            }
        default: rest = -1
        }
        guard rest >= 0 else {
            search()
            return .lost
        }
        guard rest == 0 else { return .insideFrame }
        phase = .header
        buffer.removeAll(keepingCapacity: true)
        return .endOfFrame
    }

    // MARK: - Recognition

    /// Whether a segment in the middle of a stream begins with a frame: as far as it goes it must
    /// be a chain of usual ones, of which one is known, or that ends with the segment.
    private static func beginsFrames(
        _ bytes: RawSpan,
        _ streams: borrowing HTTP2Streams,
        newest: UInt32
    ) -> Bool {
        var offset = 0
        var frames = 0
        while frames < HTTP2Limits.probedFrames, bytes.byteCount &- offset >= HTTP2FrameHeader.count {
            let header = HTTP2FrameHeader(bytes, at: offset)
            guard header.isUsual else { return false }
            if header.stream != 0, streams.contains(header.stream) { return true }
            if newest > 0, header.stream & 1 == 1, header.stream > newest,
                header.stream &- newest <= HTTP2Limits.skippedStreams
            {
                return true
            }
            frames &+= 1
            offset &+= HTTP2FrameHeader.count &+ header.length
        }
        return frames > 1 || frames == 1 && offset == bytes.byteCount
    }
}
