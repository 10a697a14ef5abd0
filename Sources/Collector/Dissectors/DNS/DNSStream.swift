// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Cuts one direction of a TCP stream into DNS messages (RFC 1035 section 4.2.2).
///
/// Each has its length in two bytes in front. Only a message that spans chunks is copied.
struct DNSStream {
    enum Event {
        /// The chunk is used up.
        case needsMore
        /// A message; missing bytes at its end were not captured.
        case message(DNSMessage, start: Timestamp)
        /// A message that cannot be read.
        case unreadable
    }

    /// Length prefix and message as far as they have come.
    private var partial: [UInt8] = []
    /// Bytes of the message that were passed over because they were not captured.
    private var missing = 0
    private var start = Timestamp(nanoseconds: 0)

    private static let prefixLength = 2

    /// Takes bytes until a message is complete or they are used up.
    mutating func next(
        _ bytes: RawSpan,
        from offset: Int,
        at time: Timestamp
    ) -> (offset: Int, event: Event) {
        guard offset < bytes.byteCount else { return (offset, .needsMore) }
        let available = bytes.byteCount - offset
        if partial.isEmpty {
            start = time
            let length = Int(bytes.octetPair(at: offset))
            if available >= Self.prefixLength, available - Self.prefixLength >= length {
                let body = offset + Self.prefixLength
                let event = read(bytes.clamped(body, body + length), isWhole: true)
                return (body + length, event)
            }
        }
        let length = neededLength(bytes, from: offset)
        guard let length else {
            partial.append(copying: bytes.clamped(offset, bytes.byteCount))
            return (bytes.byteCount, .needsMore)
        }
        let wanted = Self.prefixLength + length - partial.count - missing
        let taken = min(wanted, available)
        // After a gap inside a message only its beginning is of use.
        if missing == 0 {
            partial.append(copying: bytes.clamped(offset, offset + taken))
        } else {
            missing += taken
        }
        guard taken == wanted else { return (bytes.byteCount, .needsMore) }
        return (offset + taken, finish())
    }

    /// Passes over bytes that were not captured.
    ///
    /// - Returns: `nil` where it is unknown where the next message begins.
    mutating func skip(_ count: Int) -> Event? {
        guard partial.count >= Self.prefixLength else { return nil }
        let length = Int(partial[0]) << 8 | Int(partial[1])
        let wanted = Self.prefixLength + length - partial.count - missing
        guard count <= wanted else { return nil }
        missing += count
        return count == wanted ? finish() : .needsMore
    }

    private func neededLength(_ bytes: RawSpan, from offset: Int) -> Int? {
        switch partial.count {
        case 0: bytes.byteCount - offset >= 2 ? Int(bytes.octetPair(at: offset)) : nil
        case 1: Int(partial[0]) << 8 | Int(bytes.octet(at: offset))
        default: Int(partial[0]) << 8 | Int(partial[1])
        }
    }

    private mutating func finish() -> Event {
        let event = read(
            partial.octetSpan.clamped(Self.prefixLength, partial.count),
            isWhole: missing == 0
        )
        partial.removeAll(keepingCapacity: true)
        missing = 0
        return event
    }

    private func read(_ bytes: RawSpan, isWhole: Bool) -> Event {
        guard let message = DNSMessage(bytes, isWhole: isWhole) else { return .unreadable }
        return .message(message, start: start)
    }
}
