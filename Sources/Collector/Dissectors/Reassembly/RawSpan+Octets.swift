// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension RawSpan {
    /// The byte at an offset; 0 beyond the end, so that no input can trap.
    @inline(__always)
    func octet(at offset: Int) -> UInt8 {
        guard offset >= 0, offset < byteCount else { return 0 }
        // Sound: the guard above keeps the offset inside the span.
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Two bytes, most significant first; 0 for those beyond the end.
    func octetPair(at offset: Int) -> UInt16 {
        UInt16(octet(at: offset)) << 8 | UInt16(octet(at: offset &+ 1))
    }

    /// The part inside both the span and the range, which may be empty.
    @_lifetime(copy self)
    func clamped(_ range: Range<Int>) -> RawSpan { clamped(range.lowerBound, range.upperBound) }

    /// The part from one offset to another as far as it is inside; empty if they are reversed.
    @_lifetime(copy self)
    func clamped(_ start: Int, _ end: Int) -> RawSpan {
        let lower = Swift.min(Swift.max(start, 0), byteCount)
        let upper = Swift.min(Swift.max(end, lower), byteCount)
        return extracting(lower..<upper)
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
