// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Where things lie in a packet behind its fixed header.
enum MQTTText {
    /// A string with its length in front, as far as its length says.
    static func range(_ body: RawSpan, at offset: Int) -> Range<Int> {
        offset + 2..<offset + 2 + Int(body.octetPair(at: offset))
    }

    /// Behind the properties of version 5 (section 2.2.2).
    static func afterProperties(_ body: RawSpan, at offset: Int) -> Int {
        let (length, start) = number(body, at: offset)
        return start + length
    }

    /// Where the first filter of a subscription lies, behind the packet identifier; `nil` where the
    /// version is unknown and no version fits.
    static func firstFilter(_ body: RawSpan, version: UInt8, trailing: Int) -> Int? {
        switch version {
        case 5: return afterProperties(body, at: 2)
        case 3, 4: return 2
        default:
            let later = afterProperties(body, at: 2)
            return [2, later].first { areFilters(body, from: $0, trailing: trailing) }
        }
    }

    /// Whether filters follow one another up to the end, all of it known.
    static func areFilters(_ body: RawSpan, from start: Int, trailing: Int) -> Bool {
        var offset = start
        var count = 0
        while offset < body.byteCount {
            let filter = range(body, at: offset)
            guard !filter.isEmpty, filter.upperBound + trailing <= body.byteCount,
                isText(body.clamped(filter))
            else { return false }
            // Options: a quality of 0 to 2, and flags of version 5.
            if trailing > 0 {
                let options = body.octet(at: filter.upperBound)
                guard options & 3 != 3, options & 0xC0 == 0 else { return false }
            }
            offset = filter.upperBound + trailing
            count += 1
        }
        return count > 0
    }

    static func isText(_ bytes: RawSpan) -> Bool {
        for offset in 0..<bytes.byteCount {
            let byte = bytes.octet(at: offset)
            if byte < 0x20 || byte == 0x7F { return false }
        }
        return true
    }

    /// The number that stands for the topic (property 0x23), if there is one.
    static func topicAlias(_ body: RawSpan, at start: Int) -> UInt16? {
        let (length, first) = number(body, at: start)
        var offset = first
        let end = min(first + length, body.byteCount)
        while offset < end {
            switch body.octet(at: offset) {
            case 0x23: return body.octetPair(at: offset + 1)
            case 0x01: offset += 2
            case 0x02: offset += 5
            case 0x03, 0x08, 0x09: offset = range(body, at: offset + 1).upperBound
            case 0x26: offset = range(body, at: range(body, at: offset + 1).upperBound).upperBound
            case 0x0B: offset = number(body, at: offset + 1).next
            default: return nil
            }
        }
        return nil
    }

    /// A number of seven bits a byte, and what lies behind it.
    private static func number(_ body: RawSpan, at start: Int) -> (value: Int, next: Int) {
        var value = 0
        for index in 0..<4 {
            let byte = body.octet(at: start + index)
            value |= Int(byte & 0x7F) << (7 * index)
            if byte < 0x80 { return (value, start + index + 1) }
        }
        return (0, start + 4)
    }
}
