// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A domain name in wire form without the root label, letters in lower case.
///
/// ```text
/// 3 w w w 7 e x a m p l e 3 c o m
/// ```
///
/// The length in front of each label makes a common beginning of bytes one of labels.
struct DNSName: Hashable, Sendable {
    /// Names of a cluster rarely take more: one allocation is enough.
    private static let usualLength = 64

    var octets: [UInt8] = []

    /// Reads a name at an offset and moves the offset behind it; `false` where it is none.
    ///
    /// Compression pointers (RFC 1035 section 4.1.4) must point before the name they are in,
    /// so no message can make a loop.
    static func read(_ message: RawSpan, at offset: inout Int, into name: inout DNSName) -> Bool {
        name.octets.removeAll(keepingCapacity: true)
        name.octets.reserveCapacity(usualLength)
        return walk(message, at: &offset) { name.octets.append($0) }
    }

    /// As `read`, of a name that is only compared with another; `nil` where it is none.
    static func compare(_ message: RawSpan, at offset: inout Int, with other: DNSName) -> Bool? {
        var count = 0
        var isEqual = true
        let isSound = walk(message, at: &offset) { octet in
            isEqual = isEqual && count < other.octets.count && other.octets[count] == octet
            count += 1
        }
        return isSound ? isEqual && count == other.octets.count : nil
    }

    @inline(__always)
    private static func walk(
        _ message: RawSpan,
        at offset: inout Int,
        _ take: (UInt8) -> Void
    ) -> Bool {
        var position = offset
        var lowest = offset
        var length = 0
        var end: Int?
        for _ in 0...(DNSLimits.pointers + DNSLimits.name) {
            guard position < message.byteCount else { return false }
            let label = Int(message.octet(at: position))
            switch label {
            case 0:
                offset = end ?? position + 1
                return true
            case 1...DNSLimits.label:
                guard position + label < message.byteCount, length + label + 2 <= DNSLimits.name else {
                    return false
                }
                take(UInt8(label))
                for index in position + 1...position + label {
                    let byte = message.octet(at: index)
                    take((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
                }
                length += label + 1
                position += label + 1
            case 0xC0...0xFF:
                guard position + 1 < message.byteCount else { return false }
                let target = Int(message.octetPair(at: position) & 0x3FFF)
                guard target < lowest else { return false }
                if end == nil { end = position + 2 }
                lowest = target
                position = target
            default:
                return false
            }
        }
        return false
    }

    /// Text without the final dot; the root is `.`.
    ///
    /// What is no host name character is escaped as `\DDD` (RFC 1035 section 5.1).
    var text: String {
        if octets.isEmpty { return "." }
        var text = ""
        text.reserveCapacity(octets.count)
        var index = 0
        while index < octets.count {
            if index > 0 { text += "." }
            let length = Int(octets[index])
            for byte in octets[(index + 1)..<min(index + 1 + length, octets.count)] {
                switch byte {
                case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F, 0x2A:
                    text.unicodeScalars.append(Unicode.Scalar(byte))
                default:
                    let digits = String(byte)
                    text += "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
                }
            }
            index += length + 1
        }
        return text
    }

    /// Whether the other name begins with all labels of this one and goes on.
    func isProperPrefix(of other: DNSName) -> Bool {
        !octets.isEmpty && octets.count < other.octets.count && other.octets.starts(with: octets)
    }

    /// How many leading labels two names share, and where they end.
    func commonLabels(with other: DNSName) -> (count: Int, end: Int) {
        var index = 0
        var count = 0
        while index < octets.count, index < other.octets.count {
            let next = index + 1 + Int(octets[index])
            guard next <= octets.count, next <= other.octets.count,
                octets[index..<next].elementsEqual(other.octets[index..<next])
            else { break }
            index = next
            count += 1
        }
        return (count, index)
    }

    /// Whether the labels from one offset end with those of the other name from that offset.
    func hasSuffix(from offset: Int, of other: DNSName) -> Bool {
        let suffix = other.octets[min(offset, other.octets.count)...]
        var index = offset
        while index < octets.count {
            index += 1 + Int(octets[index])
            guard index < octets.count else { return false }
            if octets[index...].elementsEqual(suffix) { return true }
        }
        return false
    }
}
