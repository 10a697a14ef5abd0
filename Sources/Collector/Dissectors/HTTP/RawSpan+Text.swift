// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Comparisons of header text without making a string of it.
extension RawSpan {
    func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return matches(text, at: 0, lowercasing: false)
    }

    /// Compares with lower-case ASCII text, whatever the case of the bytes.
    func equalsLowercased(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return matches(text, at: 0, lowercasing: true)
    }

    func hasPrefix(_ text: StaticString) -> Bool {
        matches(text, at: 0, lowercasing: false)
    }

    func hasSuffix(_ text: StaticString) -> Bool {
        matches(text, at: byteCount - text.utf8CodeUnitCount, lowercasing: false)
    }

    func hasLowercasedPrefix(_ text: StaticString) -> Bool {
        matches(text, at: 0, lowercasing: true)
    }

    /// Whether the last element of a comma-separated list is this word.
    func hasLowercasedLastWord(_ text: StaticString) -> Bool {
        let start = byteCount - text.utf8CodeUnitCount
        guard start >= 0, matches(text, at: start, lowercasing: true) else { return false }
        return start == 0 || [0x20, 0x09, 0x2C, 0x0A].contains(octet(at: start - 1))
    }

    /// Whether the text stands at an offset.
    func matches(_ text: StaticString, at start: Int, lowercasing: Bool) -> Bool {
        let count = text.utf8CodeUnitCount
        guard start >= 0, start &+ count <= byteCount else { return false }
        for index in 0..<count {
            var byte = octet(at: start + index)
            if lowercasing, (0x41...0x5A).contains(byte) { byte |= 0x20 }
            // Sound: the index is below the number of code units of the constant.
            guard byte == (unsafe text.utf8Start[index]) else { return false }
        }
        return true
    }

    /// The bytes without white space and line ends around them.
    @_lifetime(copy self)
    func trimmed() -> RawSpan {
        var lower = 0
        var upper = byteCount
        while lower < upper, Self.isSpace(octet(at: lower)) { lower += 1 }
        while upper > lower, Self.isSpace(octet(at: upper - 1)) { upper -= 1 }
        return clamped(lower, upper)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
}
