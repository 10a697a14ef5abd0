// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Strings as XML 1.0 writes them.
enum XMLEscaping {
    /// Character data; everything invisible is spelled out first.
    static func text(_ string: String, limit: Int = .max) -> String {
        escape(VisibleText.of(string, limit: limit))
    }

    /// An attribute's value, quotes included, the string itself but for what XML 1.0 forbids.
    ///
    /// White space is written by number, or a parser would make blanks of it.
    static func attribute(_ string: String) -> String {
        "\"" + escape(string) + "\""
    }

    private static func escape(_ string: String) -> String {
        if string.utf8.allSatisfy(isPlain) { return string }
        var escaped = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case let scalar where isForbidden(scalar): break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whether a byte is a visible ASCII character that stands for itself.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"):
            false
        default: 0x20..<0x7F ~= byte
        }
    }

    /// XML 1.0 section 2.2, and the C1 controls that it discourages.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}
