// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Handshake bytes of one side, which may come in any order and repeatedly.
struct QUICHandshakeStream {
    private var bytes: [UInt8] = []
    /// What has come, in order and apart from each other.
    private var ranges: [Range<Int>] = []
    /// Bytes of messages that were taken.
    private var taken = 0

    /// Keeps a part, unless there are too many or it reaches too far.
    mutating func add(_ part: RawSpan, at offset: Int) {
        guard offset <= QUICLimits.handshake, part.byteCount <= QUICLimits.handshake - offset else { return }
        let end = offset + part.byteCount
        guard end > offset, ranges.count < QUICLimits.parts else { return }
        if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
        for place in 0..<part.byteCount { bytes[offset + place] = part.octet(at: place) }
        var merged = offset..<end
        ranges.removeAll { range in
            guard range.lowerBound <= merged.upperBound, merged.lowerBound <= range.upperBound else {
                return false
            }
            merged = min(range.lowerBound, merged.lowerBound)..<max(range.upperBound, merged.upperBound)
            return true
        }
        ranges.append(merged)
        ranges.sort { $0.lowerBound < $1.lowerBound }
    }

    /// The type of the next message that is complete, and where its body is.
    mutating func next() -> (type: UInt8, range: Range<Int>)? {
        guard let message = message(at: taken) else { return nil }
        taken = message.range.upperBound
        return message
    }

    private func message(at start: Int) -> (type: UInt8, range: Range<Int>)? {
        guard let first = ranges.first, first.lowerBound == 0, first.upperBound >= start + 4 else {
            return nil
        }
        let span = bytes.octetSpan
        let length = Int(span.octet(at: start + 1)) << 16 | Int(span.octetPair(at: start + 2))
        guard start + 4 + length <= first.upperBound else { return nil }
        return (span.octet(at: start), start + 4..<start + 4 + length)
    }

    /// The body of a message.
    func body(_ range: Range<Int>) -> [UInt8] { bytes.octetSpan.clamped(range).octets }
}
