// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A place in a message of which only the beginning may be known.
struct KafkaCursor {
    var offset: Int
    /// What was to be read lies beyond what is known, or is none of its kind.
    private(set) var isShort = false

    init(at offset: Int) { self.offset = offset }

    mutating func skip(_ count: Int, in bytes: RawSpan) {
        guard count >= 0, count <= bytes.byteCount - offset else {
            isShort = true
            return
        }
        offset += count
    }

    mutating func int16(in bytes: RawSpan) -> Int {
        let value = Int16(bitPattern: bytes.octetPair(at: offset))
        skip(2, in: bytes)
        return Int(value)
    }

    mutating func int32(in bytes: RawSpan) -> Int {
        guard bytes.byteCount - offset >= 4 else {
            isShort = true
            return 0
        }
        defer { offset += 4 }
        return Int(bytes.bigEndian(Int32.self, at: offset))
    }

    /// An unsigned number of seven bits a byte.
    mutating func varint(in bytes: RawSpan) -> Int {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            guard offset < bytes.byteCount else { break }
            let byte = bytes.octet(at: offset)
            offset += 1
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        isShort = true
        return 0
    }

    /// The number of elements; -1 for none at all.
    mutating func count(in bytes: RawSpan, isFlexible: Bool) -> Int {
        isFlexible ? varint(in: bytes) - 1 : int32(in: bytes)
    }

    /// A text; empty where it is null.
    mutating func text(in bytes: RawSpan, isFlexible: Bool) -> Range<Int> {
        let length = max(0, isFlexible ? varint(in: bytes) - 1 : int16(in: bytes))
        let start = offset
        skip(length, in: bytes)
        return start..<offset
    }

    mutating func skipOctets(in bytes: RawSpan, isFlexible: Bool) {
        skip(max(0, count(in: bytes, isFlexible: isFlexible)), in: bytes)
    }

    /// Fields that were added with a tag (KIP-482).
    mutating func skipTags(in bytes: RawSpan) {
        var remaining = varint(in: bytes)
        while remaining > 0, !isShort {
            _ = varint(in: bytes)
            skip(varint(in: bytes), in: bytes)
            remaining -= 1
        }
    }
}
