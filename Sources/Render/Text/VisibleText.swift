// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Text from the network made fit to be looked at.
///
/// Names come from packets. One that holds a newline, a terminal escape or a bidirectional
/// override could break a line, a terminal or a reader's trust. What cannot be seen is shown by
/// its code point, as in `[U+202E]`: characters that mean nothing in DOT, XML or JSON.
package enum VisibleText {
    /// Longer names are shortened in the middle, where generated names differ least.
    package static let maximumScalars = 80

    /// The text with everything invisible spelled out, at most `limit` scalars long.
    package static func of(_ text: String, limit: Int = maximumScalars) -> String {
        if isPlain(text, limit: limit) { return text }
        var shown = String.UnicodeScalarView()
        for scalar in bounded(text, limit: limit) {
            if isVisible(scalar) {
                shown.append(scalar)
            } else {
                shown.append(contentsOf: escape(scalar).unicodeScalars)
            }
        }
        return String(shown)
    }

    /// Whether the text is shown as it is.
    package static func isPlain(_ text: String, limit: Int = maximumScalars) -> Bool {
        // Nearly all names are ASCII, where a byte is a scalar.
        if text.utf8.count <= limit, text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return true }
        let scalars = text.unicodeScalars
        let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex)
        return (end == nil || end == scalars.endIndex) && scalars.allSatisfy(isVisible)
    }

    /// Control, format (bidirectional and zero-width ones too), line and paragraph separators,
    /// private and unassigned code points have no look of their own.
    package static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
            return false
        default:
            return true
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "[U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
    }

    private static func bounded(_ text: String, limit: Int) -> [Unicode.Scalar] {
        let scalars = text.unicodeScalars
        guard scalars.count > limit, limit > 1 else { return Array(scalars.prefix(max(0, limit))) }
        let tail = (limit - 1) / 3
        return Array(scalars.prefix(limit - 1 - tail)) + ["\u{2026}"] + Array(scalars.suffix(tail))
    }
}
