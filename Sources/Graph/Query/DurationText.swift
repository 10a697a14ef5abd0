// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Durations as people write them: `90s`, `15m`, `1h30m`, `7d`.
package enum DurationText {
    /// Longer durations are refused: 100 years.
    package static let maximumNanoseconds: Int64 = 36_500 * 86_400 * 1_000_000_000

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]

    /// Parses one or more whole numbers, each with a unit of `s`, `m`, `h` or `d`.
    ///
    /// - Parameter text: Such as `15m`.
    /// - Returns: Nanoseconds, above zero; `nil` where the text is anything else or the sum too long.
    package static func nanoseconds(_ text: some StringProtocol) -> Int64? {
        var total: Int64 = 0
        var digits = ""
        for character in text {
            if let digit = character.asciiValue, (48...57).contains(digit) {
                digits.append(character)
                continue
            }
            guard let unit = units[character], digits.count <= 12, let number = Int64(digits) else {
                return nil
            }
            let (part, overflow) = number.multipliedReportingOverflow(by: unit * 1_000_000_000)
            let (sum, carry) = total.addingReportingOverflow(part)
            guard !overflow, !carry else { return nil }
            total = sum
            digits = ""
        }
        guard digits.isEmpty, total > 0, total <= maximumNanoseconds else { return nil }
        return total
    }
}
