// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The value of a header field, redacted as it is read.
///
/// ```text
/// https://me:secret@shop/cart?id=7#top     https://shop/cart…
/// amqp%3A%2F%2Fme%3Asecret%40mq            amqp://mq
/// ```
///
/// Values are not asked what they are: a rule holds for what looks like it, in every value.
///
/// - What follows `?` or `#` is dropped to the end.
/// - User information of a URL is dropped, and what has the form of it: `user:password@`.
/// - The marks of a URL count percent-encoded too, and are kept decoded.
/// - White space and line ends become one space, whatever cannot be seen `U+FFFD`.
struct HeaderValue {
    /// Without what is not to be known.
    private var kept: [UInt8] = []
    private var isCut = false
    /// What follows is not to be known.
    private var isOver = false
    /// Where in `kept` the part began that has no slash, space or quote in it.
    private var part = 0
    /// It is what follows `//`.
    private var isAuthority = false

    /// Reads a value.
    ///
    /// - Parameters:
    ///   - bytes: The value.
    ///   - isWhole: Nothing of it is missing at its end.
    init(_ bytes: RawSpan, isWhole: Bool = true) {
        kept.reserveCapacity(min(bytes.byteCount, HeaderLimits.message))
        var offset = 0
        while offset < bytes.byteCount, !isOver {
            let (byte, length) = Self.mark(bytes, at: offset)
            switch byte {
            case 0x3F, 0x23: isOver = true
            case 0x2F, 0x5C: slash(byte)
            case 0x20, 0x09, 0x0A, 0x0D: if kept.last != 0x20 { separate(by: 0x20) }
            case 0x22, 0x27, 0x3C, 0x3E: separate(by: byte)
            default: kept.append(byte)
            }
            offset &+= length
        }
        endPart()
        isCut = isOver || !isWhole
        // It may be the half of something that would have been dropped.
        if !isWhole, !isOver { kept.removeSubrange(part...) }
    }

    /// As text of at most so many bytes, `…` for what was cut apart.
    func text(limit: Int) -> String {
        var text = String.UnicodeScalarView()
        var length = 0
        var isCut = isCut
        for scalar in String(decoding: kept, as: UTF8.self).unicodeScalars {
            let shown = Self.isVisible(scalar) ? scalar : "\u{FFFD}"
            length += UTF8.width(shown)
            guard length <= limit else {
                isCut = true
                break
            }
            text.append(shown)
        }
        if isCut { text.append(Self.cut) }
        return String(text)
    }

    /// Ends what was cut.
    static let cut: Unicode.Scalar = "\u{2026}"

    /// The byte that stands there and how many bytes it takes: three where it is a percent-encoded
    /// mark of a URL.
    private static func mark(_ bytes: RawSpan, at offset: Int) -> (UInt8, Int) {
        let byte = bytes.octet(at: offset)
        guard byte == 0x25 else { return (byte, 1) }
        switch (bytes.octet(at: offset &+ 1), bytes.octet(at: offset &+ 2) | 0x20) {
        case (0x33, 0x66): return (0x3F, 3)
        case (0x32, 0x33): return (0x23, 3)
        case (0x33, 0x61): return (0x3A, 3)
        case (0x34, 0x30): return (0x40, 3)
        case (0x32, 0x66): return (0x2F, 3)
        case (0x35, 0x63): return (0x5C, 3)
        default: return (byte, 1)
        }
    }

    private mutating func slash(_ byte: UInt8) {
        let isSecond = kept.last == 0x2F || kept.last == 0x5C
        let beginsAuthority = isSecond && part == kept.count && !isAuthority
        separate(by: byte)
        isAuthority = beginsAuthority
    }

    private mutating func separate(by byte: UInt8) {
        endPart()
        guard !isOver else { return }
        kept.append(byte)
        part = kept.count
        isAuthority = false
    }

    /// Drops user information from the part that ends.
    private mutating func endPart() {
        let colon = kept[part...].firstIndex(of: 0x3A)
        if let at = kept[part...].lastIndex(of: 0x40) {
            if isAuthority || colon.map({ $0 < at }) == true { kept.removeSubrange(part...at) }
        } else if isAuthority, let last = kept[part...].lastIndex(of: 0x3A), !isPort(from: last + 1) {
            // No host and port: a user and a password that has a mark in it, so the rest is not known.
            kept.removeSubrange(part...)
            isOver = true
        }
    }

    /// Whether what follows to the end is digits, or ends an IPv6 address in brackets.
    private func isPort(from start: Int) -> Bool {
        kept.last == 0x5D || kept[start...].allSatisfy { $0 &- 0x30 < 10 }
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            return false
        default: return true
        }
    }
}
