// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The frames of an Initial packet (RFC 9000 section 19); others have no place in one.
struct QUICFrames: ~Escapable {
    enum Frame: Equatable {
        /// Handshake bytes: their place in the stream, and in the packet.
        case crypto(offset: Int, range: Range<Int>)
        /// The connection is closed with an error code.
        case close(code: Int)
    }

    private let bytes: RawSpan
    private var offset = 0
    private var seen = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// The next frame that tells something; `nil` at the end, or at what cannot be read.
    mutating func next() -> Frame? {
        while offset < bytes.byteCount, seen < QUICLimits.frames {
            let type = bytes.octet(at: offset)
            offset += 1
            switch type {
            // PADDING, of which there is much.
            case 0: continue
            // PING.
            case 1: break
            case 2, 3:
                guard skipAcknowledgment(hasCounts: type == 3) else { return nil }
            case 6:
                guard let place = integer(), let length = integer(), length <= bytes.byteCount - offset else {
                    return nil
                }
                let range = offset..<offset + length
                offset = range.upperBound
                seen += 1
                return .crypto(offset: place, range: range)
            case 0x1C: return integer().map { .close(code: $0) }
            default: return nil
            }
            seen += 1
        }
        return nil
    }

    /// The content of a frame.
    @_lifetime(copy self)
    func body(_ range: Range<Int>) -> RawSpan { bytes.clamped(range) }

    private mutating func skipAcknowledgment(hasCounts: Bool) -> Bool {
        // The largest number, delay, count of ranges, first range; then a gap and a length each.
        guard integer() != nil, integer() != nil, let ranges = integer(), integer() != nil,
            ranges <= bytes.byteCount
        else { return false }
        for _ in 0..<ranges { guard integer() != nil, integer() != nil else { return false } }
        guard hasCounts else { return true }
        return integer() != nil && integer() != nil && integer() != nil
    }

    private mutating func integer() -> Int? { bytes.variableInteger(at: &offset) }
}
