// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// How wide text may get, without asking a font.
///
/// The fonts of whoever looks at a picture are unknown. The table holds, for each printable
/// ASCII character, the greater of the widths in DejaVu Sans (the widest common sans-serif) and
/// in the bold of the Helvetica metrics, so that text fits in either.
package enum FontMetrics {
    /// From U+0020 on, in thousandths of the font size.
    private static let ascii: [Int] = [
        318, 401, 474, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
        636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 611,
        1000, 722, 722, 722, 770, 667, 611, 778, 752, 295, 556, 722, 611, 863, 748, 787,
        667, 787, 722, 667, 611, 732, 684, 989, 685, 667, 685, 390, 337, 390, 838, 556,
        500, 613, 635, 556, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
        635, 635, 411, 556, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
    ]
    /// The same for bold text: the greater of the widths in the bolds of both.
    private static let boldASCII: [Int] = [
        349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366,
        696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 611,
        1000, 774, 763, 734, 831, 684, 684, 821, 837, 373, 556, 775, 638, 996, 837, 851,
        733, 851, 771, 721, 683, 813, 774, 1104, 771, 725, 726, 458, 366, 458, 838, 556,
        500, 675, 716, 593, 716, 679, 436, 716, 712, 343, 343, 666, 343, 1042, 712, 688,
        716, 716, 494, 596, 479, 712, 652, 924, 646, 652, 583, 712, 366, 712, 838,
    ]
    /// Letters of alphabets that the tables do not hold.
    private static let other = 780
    private static let boldOther = 860
    /// Ideographs, full-width forms, emoji.
    private static let wide = 1_300

    /// An upper bound of the text's width.
    package static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
        let thousandths = text.unicodeScalars.reduce(0) { $0 + Self.thousandths($1, isBold) }
        return Double(thousandths) * size / 1_000
    }

    /// The text, shortened in the middle until it fits.
    package static func fit(_ text: String, size: Double, maximumWidth: Double) -> String {
        guard width(text, size: size) > maximumWidth else { return text }
        var limit = text.unicodeScalars.count
        while limit > 2 {
            limit -= 1
            let shortened = VisibleText.of(text, limit: limit)
            if width(shortened, size: size) <= maximumWidth { return shortened }
        }
        return "\u{2026}"
    }

    /// Columns of a terminal: 0, 1 or 2.
    package static func terminalColumns(_ scalar: Unicode.Scalar) -> Int {
        if isCombining(scalar) { return 0 }
        return isWide(scalar) ? 2 : 1
    }

    private static func thousandths(_ scalar: Unicode.Scalar, _ isBold: Bool) -> Int {
        let index = Int(scalar.value) - 0x20
        if ascii.indices.contains(index) { return isBold ? boldASCII[index] : ascii[index] }
        if scalar.value == 0xB7 { return isBold ? 380 : 318 }
        if isCombining(scalar) { return 0 }
        return isWide(scalar) ? wide : isBold ? boldOther : other
    }

    private static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F000...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: scalar.value > 0xFF && scalar.properties.isEmojiPresentation
        }
    }
}
