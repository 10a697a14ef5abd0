// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension RawSpan {
    /// The byte at an offset; 0 beyond the end, so that no input can trap.
    @inline(__always)
    func octet(at offset: Int) -> UInt8 {
        // A negative offset is a large one here.
        guard UInt(bitPattern: offset) < UInt(bitPattern: byteCount) else { return 0 }
        // Sound: the guard above keeps the offset inside the span.
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// The offset of the next line feed, or the end.
    func lineFeed(from start: Int) -> Int {
        var offset = Swift.max(0, start)
        // Eight bytes at a time: a byte that is 0 after the exclusive or borrows from its bit 7.
        while offset &+ 8 <= byteCount {
            // Sound: the condition above keeps eight bytes inside the span.
            let word = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            let mixed = UInt64(littleEndian: word) ^ 0x0A0A_0A0A_0A0A_0A0A
            let found = (mixed &- 0x0101_0101_0101_0101) & ~mixed & 0x8080_8080_8080_8080
            if found != 0 { return offset &+ found.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < byteCount, octet(at: offset) != 0x0A { offset &+= 1 }
        return Swift.min(offset, byteCount)
    }

    /// Whether both have the same bytes.
    func hasSameBytes(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        var offset = 0
        while offset &+ 8 <= byteCount {
            // Sound: the condition above keeps eight bytes inside both spans.
            let mine = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            let theirs = unsafe other.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            guard mine == theirs else { return false }
            offset &+= 8
        }
        if byteCount >= 8 {
            // Sound: the last eight bytes are inside both spans.
            let mine = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: byteCount &- 8, as: UInt64.self)
            let theirs = unsafe other.unsafeLoadUnaligned(
                fromUncheckedByteOffset: byteCount &- 8,
                as: UInt64.self
            )
            return mine == theirs
        }
        return shortWord(at: 0, count: byteCount) == other.shortWord(at: 0, count: byteCount)
    }

    /// Less than eight bytes in one word that no others of the same number have.
    ///
    /// The caller has checked that they are inside.
    @inline(__always)
    func shortWord(at offset: Int, count: Int) -> UInt64 {
        if count >= 4 {
            return UInt64(checkedInteger(UInt32.self, at: offset)) << 32
                | UInt64(checkedInteger(UInt32.self, at: offset &+ count &- 4))
        }
        var word: UInt64 = 0
        for position in offset..<offset &+ count { word = word << 8 | UInt64(octet(at: position)) }
        return word
    }

    /// Two bytes, most significant first; 0 for those beyond the end.
    func octetPair(at offset: Int) -> UInt16 {
        UInt16(octet(at: offset)) << 8 | UInt16(octet(at: offset &+ 1))
    }

    /// The part inside both the span and the range, which may be empty.
    @_lifetime(copy self)
    func clamped(_ range: Range<Int>) -> RawSpan { clamped(range.lowerBound, range.upperBound) }

    /// The part from one offset to another as far as it is inside; empty if they are reversed.
    @inline(__always)
    @_lifetime(copy self)
    func clamped(_ start: Int, _ end: Int) -> RawSpan {
        let lower = Swift.min(Swift.max(start, 0), byteCount)
        let upper = Swift.min(Swift.max(end, lower), byteCount)
        // Sound: both are from 0 to the end, and in order.
        return unsafe extracting(unchecked: Range(uncheckedBounds: (lower, upper)))
    }

    /// A copy of the bytes as text, with replacement characters for what is not UTF-8.
    var text: String {
        // Sound: the pointer is used only inside the closure.
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A copy of the bytes.
    var octets: [UInt8] {
        // Sound: the pointer is used only inside the closure.
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }
}

extension [UInt8] {
    /// The bytes, borrowed.
    var octetSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // Sound: bytes have no padding that could be read uninitialized.
            unsafe span.bytes
        }
    }

    /// Appends a copy of borrowed bytes.
    mutating func append(copying bytes: RawSpan) {
        // Sound: the pointer is used only inside the closure.
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}

extension RawSpan {
    /// A hash of the bytes; not a defense against chosen ones.
    @inline(__always)
    var hashed: UInt64 {
        var hash = PacketHash()
        hash.combine(bytes: self)
        return hash.value
    }
}
