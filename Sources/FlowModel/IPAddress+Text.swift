// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension IPAddress: CustomStringConvertible, LosslessStringConvertible {
    /// Dotted decimal for IPv4, RFC 5952 text for IPv6 (mapped addresses as its section 5 has them).
    public var description: String {
        switch version {
        case .v4:
            let bits = v4Bits
            return "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
        case .v6:
            if high == 0, low >> 32 == 0xFFFF { return "::ffff:" + IPAddress(v4: v4Bits).description }
            return Self.rfc5952(groups)
        }
    }

    /// The eight 16-bit groups, most significant first.
    private var groups: [UInt16] {
        (0..<8).map { index in
            let word = index < 4 ? high : low
            return UInt16(truncatingIfNeeded: word >> (48 - 16 * UInt64(index % 4)))
        }
    }

    /// RFC 5952 section 4: lower case, no leading zeros, the longest run of two or more zero
    /// groups (the first of equals) written as `::`.
    private static func rfc5952(_ groups: [UInt16]) -> String {
        var best = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > best.count { best = start..<index }
            start = index + 1
        }
        let hex = groups.map { String($0, radix: 16) }
        guard best.count >= 2 else { return hex.joined(separator: ":") }
        return hex[..<best.lowerBound].joined(separator: ":") + "::"
            + hex[best.upperBound...].joined(separator: ":")
    }

    /// Parses dotted decimal (four parts, no leading zeros) or RFC 4291 IPv6 text.
    ///
    /// Zone identifiers (`%eth0`) and prefixes (`/24`) are refused.
    public init?(_ description: String) {
        if description.contains(":") {
            guard let (high, low) = Self.parseV6(description) else { return nil }
            self.init(high: high, low: low)
        } else {
            guard let bits = Self.parseV4(description[...]) else { return nil }
            self.init(v4: bits)
        }
    }

    private static func parseV4(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != 48, let byte = UInt8(part)
            else { return nil }
            bits = bits << 8 | UInt32(byte)
        }
        return bits
    }

    /// Signs, which Swift's integers parse too, are no digits.
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func parseV6(_ text: String) -> (UInt64, UInt64)? {
        guard text.utf8.count <= 45 else { return nil }
        var groups: [UInt16] = []
        var elision: Int?
        var rest = text[...]
        if rest.hasPrefix("::") {
            elision = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            let part = rest[..<end]
            if end == rest.endIndex, part.contains(".") {
                guard let bits = parseV4(part) else { return nil }
                groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
                break
            }
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexDigit),
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
            rest = rest[end...].dropFirst()
            if end != text.endIndex, rest.isEmpty { return nil }
            if rest.hasPrefix(":") {
                guard elision == nil else { return nil }
                elision = groups.count
                rest = rest.dropFirst()
            }
            if groups.count > 8 { return nil }
        }
        if let elision {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: elision)
        }
        guard groups.count == 8 else { return nil }
        let words = groups.map(UInt64.init)
        return (
            words[0] << 48 | words[1] << 32 | words[2] << 16 | words[3],
            words[4] << 48 | words[5] << 32 | words[6] << 16 | words[7]
        )
    }
}
