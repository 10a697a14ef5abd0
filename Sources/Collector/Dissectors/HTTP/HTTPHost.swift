// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Reads the Host field (RFC 9110 section 7.2).
enum HTTPHost {
    /// The longest name DNS knows, in text.
    private static let longest = 253

    /// The host name in lower case without its port; `nil` for an address, and for what is
    /// no host name.
    static func name(_ value: RawSpan) -> String? {
        var end = 0
        var hasLetter = false
        var hasUpperCase = false
        while end < value.byteCount {
            let byte = value.octet(at: end)
            if byte == 0x3A { break }
            switch byte {
            case 0x41...0x5A:
                hasLetter = true
                hasUpperCase = true
            case 0x61...0x7A: hasLetter = true
            case 0x30...0x39, 0x2D, 0x2E, 0x5F: break
            default: return nil
            }
            end += 1
        }
        if end > 0, value.octet(at: end - 1) == 0x2E { end -= 1 }
        guard (1...longest).contains(end), hasLetter, value.octet(at: 0) != 0x2E else { return nil }
        let text = value.clamped(0, end).text
        let name = hasUpperCase ? text.lowercased() : text
        return name == "localhost" ? nil : name
    }
}
