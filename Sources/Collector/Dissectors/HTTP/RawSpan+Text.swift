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
    ///
    /// - Parameters:
    ///   - text: Lower-case ASCII where `lowercasing` is set.
    ///   - start: The offset.
    ///   - lowercasing: Whether upper-case letters of the bytes count as lower-case ones.
    /// - Returns: Whether it is there as a whole.
    @inline(__always)
    func matches(_ text: StaticString, at start: Int, lowercasing: Bool) -> Bool {
        let count = text.utf8CodeUnitCount
        guard start >= 0, start &+ count <= byteCount else { return false }
        var index = 0
        // Words overlap at the end, so that no byte is compared alone.
        if count >= 8 {
            while index < count {
                let at = Swift.min(index, count &- 8)
                guard hasWord(UInt64.self, of: text, at, start, lowercasing: lowercasing) else {
                    return false
                }
                index = at &+ 8
            }
        } else if count >= 4 {
            return hasWord(UInt32.self, of: text, 0, start, lowercasing: lowercasing)
                && hasWord(UInt32.self, of: text, count &- 4, start, lowercasing: lowercasing)
        }
        while index < count {
            guard hasWord(UInt8.self, of: text, index, start, lowercasing: lowercasing) else { return false }
            index &+= 1
        }
        return true
    }

    /// Whether a word of a text stands in its place; the caller has checked that there is room.
    @inline(__always)
    private func hasWord<Word: FixedWidthInteger & BitwiseCopyable>(
        _: Word.Type,
        of text: StaticString,
        _ index: Int,
        _ start: Int,
        lowercasing: Bool
    ) -> Bool {
        // Sound: the word ends within the code units of the constant.
        let wanted = unsafe UnsafeRawPointer(text.utf8Start).loadUnaligned(
            fromByteOffset: index,
            as: Word.self
        )
        let word = checkedInteger(Word.self, at: start &+ index)
        return wanted == (lowercasing ? Self.lowercased(word) : word)
    }

    /// The bytes of a word with A to Z as a to z.
    @inline(__always)
    private static func lowercased<Word: FixedWidthInteger>(_ word: Word) -> Word {
        let ones = Word.max / 0xFF
        let low = word & (0x7F &* ones)
        // Bit 7 of a byte says whether it is at least A, and whether it is beyond Z.
        let isLetter = (low &+ (0x80 - 0x41) &* ones) & ~(low &+ (0x80 - 0x5B) &* ones) & ~word
        return word | (isLetter & (0x80 &* ones)) >> 2
    }

    /// The bytes without white space and line ends around them.
    @_lifetime(copy self)
    func trimmed() -> RawSpan { clamped(trimmed(0, byteCount)) }

    /// The part between two offsets, without white space and line ends around it.
    @inline(__always)
    func trimmed(_ start: Int, _ end: Int) -> Range<Int> {
        var lower = start
        var upper = end
        while lower < upper, Self.isSpace(octet(at: lower)) { lower &+= 1 }
        while upper > lower, Self.isSpace(octet(at: upper &- 1)) { upper &-= 1 }
        return lower..<Swift.max(lower, upper)
    }

    @inline(__always)
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
}
