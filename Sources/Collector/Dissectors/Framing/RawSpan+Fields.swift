// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Fields of messages whose heads may be cut: what is missing reads as 0.
extension RawSpan {
    /// Four bytes, most significant first.
    func octetQuad(at offset: Int) -> UInt32 {
        UInt32(octetPair(at: offset)) << 16 | UInt32(octetPair(at: offset &+ 2))
    }

    /// Eight bytes, most significant first.
    func octetEight(at offset: Int) -> UInt64 {
        UInt64(octetQuad(at: offset)) << 32 | UInt64(octetQuad(at: offset &+ 4))
    }

    /// The value of decimal digits; `nil` where there is anything else, nothing, or too much.
    ///
    /// - Parameter limit: How many there may be, at most 18.
    /// - Returns: The value.
    @inline(__always)
    func decimal(digits limit: Int) -> Int? {
        guard (1...limit).contains(byteCount) else { return nil }
        var value = 0
        for offset in 0..<byteCount {
            let digit = octet(at: offset) &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    /// Text for an operation: ASCII letters, digits and the punctuation of names; `nil` where there
    /// is anything else, nothing, or too much.
    func nameText(limit: Int) -> String? {
        guard (1...limit).contains(byteCount) else { return nil }
        for offset in 0..<byteCount {
            switch octet(at: offset) {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x3A, 0x5F, 0x24: continue
            default: return nil
            }
        }
        return text
    }
}

extension RawSpan {
    /// Whether the bytes are the UTF-8 of a text.
    func isSame(as text: String) -> Bool {
        guard byteCount == text.utf8.count else { return false }
        var offset = 0
        for unit in text.utf8 {
            guard octet(at: offset) == unit else { return false }
            offset += 1
        }
        return true
    }
}
