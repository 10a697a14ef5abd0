// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A request line or a status line (RFC 9112 sections 3 and 4), as ranges of its bytes.
package enum HTTPStartLine: Equatable, Sendable {
    case request(method: Range<Int>, target: Range<Int>)
    case status(UInt16)

    package var isRequest: Bool {
        if case .request = self { true } else { false }
    }

    /// Parses a line without its line end.
    ///
    /// HTTP/0.9 (no version) and HTTP/2's preface are refused. A target with spaces is
    /// tolerated, as servers do: the version is the last word.
    package init?(_ line: RawSpan) {
        guard let beginning = Beginning(line, at: 0) else { return nil }
        self.init(line, beginning)
    }

    /// How a start line begins, which is told before the line is known to be complete.
    enum Beginning {
        case version
        /// A method of so many bytes and a space.
        case method(Int)

        /// Looks at the first bytes of a line; `nil` if it is no start line.
        @inline(__always)
        init?(_ bytes: RawSpan, at start: Int) {
            if isVersion(bytes, at: start) {
                self = .version
                return
            }
            var end = start
            while end &- start <= HTTPLimits.methodLength, isTokenCharacter(bytes.octet(at: end)) {
                end &+= 1
            }
            guard end > start, end &- start <= HTTPLimits.methodLength, bytes.octet(at: end) == 0x20
            else { return nil }
            self = .method(end &- start)
        }
    }

    /// Parses a line without its line end, of which the beginning is known.
    @inline(__always)
    init?(_ line: RawSpan, _ beginning: Beginning) {
        var end = line.byteCount
        while end > 0, Self.isSpace(line.octet(at: end &- 1)) { end &-= 1 }
        switch beginning {
        case .version:
            guard let status = Self.status(line, end: end) else { return nil }
            self = .status(status)
        case .method(let methodEnd):
            let versionStart = end &- 8
            guard versionStart > methodEnd &+ 2, Self.isVersion(line, at: versionStart),
                line.octet(at: versionStart &- 1) == 0x20
            else { return nil }
            var targetStart = methodEnd &+ 1
            var targetEnd = versionStart &- 1
            while targetStart < targetEnd, line.octet(at: targetStart) == 0x20 { targetStart &+= 1 }
            while targetEnd > targetStart, line.octet(at: targetEnd &- 1) == 0x20 { targetEnd &-= 1 }
            guard targetStart < targetEnd else { return nil }
            self = .request(method: 0..<methodEnd, target: targetStart..<targetEnd)
        }
    }

    /// The status of a line that begins with a version.
    private static func status(_ line: RawSpan, end: Int) -> UInt16? {
        guard end >= 12, line.octet(at: 8) == 0x20 else { return nil }
        var status: UInt16 = 0
        for offset in 9..<12 {
            let digit = line.octet(at: offset) &- 0x30
            guard digit < 10 else { return nil }
            status = status &* 10 &+ UInt16(digit)
        }
        return status >= 100 && (end == 12 || line.octet(at: 12) == 0x20) ? status : nil
    }

    /// Whether a byte at a position may stand in a start line, given what came before.
    static func isPlausible(_ byte: UInt8, at position: Int, afterFirstSpace: Bool) -> Bool {
        if afterFirstSpace { return isPlausible(byte) }
        // "HTTP/1.1" has a slash where a method has none.
        return position < HTTPLimits.methodLength
            && (isTokenCharacter(byte) || byte == 0x2F || (byte == 0x20 && position > 0))
    }

    /// Whether bytes may all stand behind the first space of a start line.
    static func isPlausible(_ bytes: RawSpan) -> Bool {
        for offset in 0..<bytes.byteCount where !isPlausible(bytes.octet(at: offset)) { return false }
        return true
    }

    private static func isPlausible(_ byte: UInt8) -> Bool { byte >= 0x20 || byte == 0x0D || byte == 0x09 }

    /// Whether unrecognized bytes that start so deserve a look.
    ///
    /// Methods and `HTTP/` begin with an upper-case letter; an empty line may come first.
    static func isPlausibleFirstByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || byte == 0x0D || byte == 0x0A
    }

    /// `HTTP/1.` and a digit.
    @inline(__always)
    private static func isVersion(_ line: RawSpan, at offset: Int) -> Bool {
        guard offset >= 0, offset &+ 8 <= line.byteCount else { return false }
        let word = UInt64(bigEndian: line.checkedInteger(UInt64.self, at: offset))
        return word >> 8 == 0x48_5454_502F_312E && UInt8(truncatingIfNeeded: word) &- 0x30 < 10
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    /// `tchar` of RFC 9110 section 5.6.2.
    static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
