// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Names of tables, columns, collections, as they may be shown.
enum SQLName {
    /// Appends a name; `{name}` where it is too long or has anything but letters, digits and marks.
    ///
    /// Numbers in it are the mark of names made by programs (`events_20240131`): they become `{n}`.
    static func append(_ name: RawSpan, to text: inout [UInt8]) {
        guard isShown(name) else {
            text.append(contentsOf: "{name}".utf8)
            return
        }
        var offset = 0
        while offset < name.byteCount {
            var end = offset
            while name.octet(at: end) &- 0x30 < 10 { end += 1 }
            if end - offset > SQLLimits.digits {
                text.append(contentsOf: "{n}".utf8)
                offset = end
            } else {
                end = max(end, offset + 1)
                while offset < end {
                    text.append(name.octet(at: offset))
                    offset += 1
                }
            }
        }
    }

    private static func isShown(_ name: RawSpan) -> Bool {
        guard (1...SQLLimits.name).contains(name.byteCount) else { return false }
        var isASCII = true
        for offset in 0..<name.byteCount {
            let byte = name.octet(at: offset)
            if byte >= 0x80 { isASCII = false }
            let isMark = byte == 0x24 || byte == 0x2D || byte == 0x2E || byte == 0x23
            guard SQLTokenizer.isWord(byte) || isMark else { return false }
        }
        // Seldom: a letter of another alphabet, not a control character or half of one.
        return isASCII
            || name.text.unicodeScalars.allSatisfy {
                $0.isASCII || $0.properties.isAlphabetic || $0.properties.numericType != nil
            }
    }
}
