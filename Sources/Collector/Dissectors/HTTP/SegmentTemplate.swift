// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Makes one path segment low-cardinality.
///
/// A segment is cut at `.`, `-`, `_`, `,`, `:`, `=` and `+`, and each part that looks made by
/// a machine becomes `{id}`: `order-4711` is `order-{id}`, `app.3f2a9c1b.js` is `app.{id}.js`,
/// a UUID is one `{id}`.
enum SegmentTemplate {
    /// The longest part that can still be a word.
    private static let longestWord = 32
    /// Parts of a segment looked at; more become `{id}`.
    private static let partLimit = 12
    /// Hexadecimal digits from which a part is a hash.
    private static let shortestHash = 8
    /// Letters and digits mixed from which a part is a token.
    private static let shortestToken = 10
    /// Digits that make a number of a part that has letters too.
    private static let manyDigits = 4

    static func template(_ bytes: ArraySlice<UInt8>) -> String {
        // Matrix parameters (";jsessionid=…") are a query in disguise.
        let segment = bytes.prefix { $0 != 0x3B }
        if segment.isEmpty { return "" }
        if isEmail(segment) { return "{email}" }
        if isUUID(segment) || isBase64(segment) { return "{id}" }
        var result = ""
        var lastWasID = false
        var pendingSeparator: UInt8?
        var parts = 0
        var start = segment.startIndex
        while start <= segment.endIndex {
            let end = segment[start...].firstIndex(where: isSeparator) ?? segment.endIndex
            let part = segment[start..<end]
            parts += 1
            let isID = parts > partLimit || isMachineMade(part)
            // Neighbors become one placeholder, so a UUID or a date is one.
            if !(isID && lastWasID) {
                if let pendingSeparator { append(pendingSeparator, to: &result) }
                if isID { result += "{id}" } else { part.forEach { append($0, to: &result) } }
            }
            lastWasID = isID
            if parts > partLimit { break }
            pendingSeparator = end < segment.endIndex ? segment[end] : nil
            start = end + 1
        }
        return result
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2E, 0x2D, 0x5F, 0x2C, 0x3A, 0x3D, 0x2B: true
        default: false
        }
    }

    private static func isMachineMade(_ part: ArraySlice<UInt8>) -> Bool {
        var (digits, letters, hexadecimal, count) = (0, 0, 0, 0)
        var index = part.startIndex
        while index < part.endIndex {
            let byte = part[index]
            if byte == 0x25, part.endIndex - index > 2, isHexadecimal(part[index + 1]),
                isHexadecimal(part[index + 2])
            {
                // Percent-encoding is one character and says nothing.
                index += 3
                count += 1
                continue
            }
            if byte &- 0x30 < 10 { digits += 1 }
            if isLetter(byte) { letters += 1 }
            if isHexadecimal(byte) { hexadecimal += 1 }
            count += 1
            index += 1
        }
        if count > longestWord { return true }
        guard digits > 0 else { return false }
        // "v1", "v2beta1", "s3", "oauth2" are words.
        if digits == count { return true }
        if digits >= manyDigits { return true }
        if hexadecimal == count, count >= shortestHash { return true }
        return letters > 0 && count >= shortestToken && digits >= 2
    }

    /// 8-4-4-4-12 hexadecimal digits (RFC 9562).
    private static func isUUID(_ segment: ArraySlice<UInt8>) -> Bool {
        guard segment.count == 36 else { return false }
        return segment.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == 0x2D : isHexadecimal(byte)
        }
    }

    /// Padded base64, or long text that mixes cases and digits.
    private static func isBase64(_ segment: ArraySlice<UInt8>) -> Bool {
        guard segment.count >= 16 else { return false }
        var (upper, lower, digits) = (0, 0, 0)
        for byte in segment {
            switch byte {
            case 0x41...0x5A: upper += 1
            case 0x61...0x7A: lower += 1
            case 0x30...0x39: digits += 1
            case 0x2B, 0x2D, 0x5F, 0x3D: break
            default: return false
            }
        }
        if segment.suffix(1).first == 0x3D { return true }
        return upper >= 3 && lower >= 3 && digits >= 2
    }

    private static func isEmail(_ segment: ArraySlice<UInt8>) -> Bool {
        if let at = segment.firstIndex(of: 0x40) {
            return at > segment.startIndex && segment[at...].contains(0x2E)
        }
        let text = Array(segment)
        guard text.count > 4 else { return false }
        for index in 1..<text.count - 2
        where text[index] == 0x25 && text[index + 1] == 0x34 && text[index + 2] == 0x30 {
            return text[(index + 3)...].contains(0x2E)
        }
        return false
    }

    private static func append(_ byte: UInt8, to text: inout String) {
        switch byte {
        case 0x7B, 0x7D, 0x00...0x20, 0x7F...0xFF, 0x22, 0x3C, 0x3E, 0x5C, 0x60:
            let digits: [Character] = Array("0123456789ABCDEF")
            text += "%"
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        default:
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
