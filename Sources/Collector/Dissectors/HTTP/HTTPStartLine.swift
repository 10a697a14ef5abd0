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
        var end = line.byteCount
        while end > 0, [0x20, 0x09, 0x0D].contains(line.octet(at: end - 1)) { end -= 1 }
        if Self.isVersion(line, at: 0), end >= 12, line.octet(at: 8) == 0x20 {
            var status: UInt16 = 0
            for offset in 9..<12 {
                let digit = line.octet(at: offset) &- 0x30
                guard digit < 10 else { return nil }
                status = status * 10 + UInt16(digit)
            }
            guard status >= 100, end == 12 || line.octet(at: 12) == 0x20 else { return nil }
            self = .status(status)
            return
        }
        var methodEnd = 0
        while methodEnd < end, Self.isTokenCharacter(line.octet(at: methodEnd)) { methodEnd += 1 }
        let versionStart = end - 8
        guard (1...HTTPLimits.methodLength).contains(methodEnd), line.octet(at: methodEnd) == 0x20,
            versionStart > methodEnd + 2, Self.isVersion(line, at: versionStart),
            line.octet(at: versionStart - 1) == 0x20
        else { return nil }
        var targetStart = methodEnd + 1
        var targetEnd = versionStart - 1
        while targetStart < targetEnd, line.octet(at: targetStart) == 0x20 { targetStart += 1 }
        while targetEnd > targetStart, line.octet(at: targetEnd - 1) == 0x20 { targetEnd -= 1 }
        guard targetStart < targetEnd else { return nil }
        self = .request(method: 0..<methodEnd, target: targetStart..<targetEnd)
    }

    /// Whether a byte at a position may stand in a start line, given what came before.
    static func isPlausible(_ byte: UInt8, at position: Int, afterFirstSpace: Bool) -> Bool {
        if afterFirstSpace { return byte >= 0x20 || byte == 0x0D || byte == 0x09 }
        // "HTTP/1.1" has a slash where a method has none.
        return position < HTTPLimits.methodLength
            && (isTokenCharacter(byte) || byte == 0x2F || (byte == 0x20 && position > 0))
    }

    /// Whether unrecognized bytes that start so deserve a look.
    ///
    /// Methods and `HTTP/` begin with an upper-case letter; an empty line may come first.
    static func isPlausibleFirstByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || byte == 0x0D || byte == 0x0A
    }

    /// `HTTP/1.` and a digit.
    private static func isVersion(_ line: RawSpan, at offset: Int) -> Bool {
        line.octet(at: offset) == 0x48 && line.octet(at: offset + 1) == 0x54
            && line.octet(at: offset + 2) == 0x54 && line.octet(at: offset + 3) == 0x50
            && line.octet(at: offset + 4) == 0x2F && line.octet(at: offset + 5) == 0x31
            && line.octet(at: offset + 6) == 0x2E && line.octet(at: offset + 7) &- 0x30 < 10
    }

    /// `tchar` of RFC 9110 section 5.6.2.
    static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
