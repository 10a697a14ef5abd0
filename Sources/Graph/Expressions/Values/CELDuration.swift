// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Durations as `duration()` of CEL reads and writes them: `250ms`, `1h30m`, `-1.5s`.
///
/// Unlike ranges of queries (`DurationText`), they may be negative, fractions, and less than seconds.
enum CELDuration {
    private static let units: [String: Int64] = [
        "ns": 1, "us": 1_000, "\u{B5}s": 1_000, "\u{3BC}s": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
        "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]

    /// Parses numbers with units, the sign before the first.
    ///
    /// - Parameter text: Such as `1h30m`.
    /// - Returns: `nil` where the text is anything else, or the duration more than 292 years.
    static func nanoseconds(_ text: String) -> Int64? {
        var rest = Substring(text).unicodeScalars[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        if rest.elementsEqual(CollectionOfOne("0")) { return 0 }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            let whole = rest.prefix(while: \.isDigit)
            rest = rest.dropFirst(whole.count)
            var fraction = rest[..<rest.startIndex]
            if rest.first == "." {
                fraction = rest.dropFirst().prefix(while: \.isDigit)
                rest = rest.dropFirst(fraction.count + 1)
            }
            let name = rest.prefix { !$0.isDigit && $0 != "." }
            rest = rest.dropFirst(name.count)
            guard let unit = units[String(name)], !(whole.isEmpty && fraction.isEmpty),
                let part = nanoseconds(whole: whole, fraction: fraction, unit: unit)
            else { return nil }
            let (sum, carry) = total.addingReportingOverflow(part)
            guard !carry else { return nil }
            total = sum
        }
        return isNegative ? -total : total
    }

    private static func nanoseconds(
        whole: Substring.UnicodeScalarView,
        fraction: Substring.UnicodeScalarView,
        unit: Int64
    ) -> Int64? {
        guard let number = whole.isEmpty ? 0 : Int64(String(whole)) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        var part: Int64 = 0
        var scale = unit
        for digit in fraction {
            // What is below a nanosecond is cut off.
            scale /= 10
            part += scale * Int64(digit.value - 48)
        }
        let (sum, carry) = product.addingReportingOverflow(part)
        return overflow || carry ? nil : sum
    }

    /// Seconds with the digits they need, as protobuf's JSON has them: `1.5s`.
    static func text(nanoseconds: Int64) -> String {
        let (seconds, fraction) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var text = (nanoseconds < 0 ? "-" : "") + String(seconds)
        if fraction > 0 {
            var digits = String(String(fraction + 1_000_000_000).dropFirst())
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "s"
    }
}
