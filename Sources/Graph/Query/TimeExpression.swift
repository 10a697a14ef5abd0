// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Instants as a query gives them: RFC 3339, `now`, or `now-15m`.
package enum TimeExpression {
    /// Instants outside these bounds are refused: no capture is from there.
    package static let earliest = Timestamp(nanoseconds: 0)
    /// 2200-01-01.
    package static let latest = Timestamp(seconds: 7_258_118_400)

    /// Parses an instant.
    ///
    /// - Parameters:
    ///   - text: The expression.
    ///   - now: The wall clock, which `now` stands for.
    /// - Returns: `nil` where the text is anything else or out of bounds.
    package static func instant(_ text: String, now: Timestamp) -> Timestamp? {
        let instant: Timestamp
        if text == "now" {
            instant = now
        } else if text.hasPrefix("now-") {
            guard let offset = DurationText.nanoseconds(text.dropFirst(4)) else { return nil }
            instant = max(earliest, now + -offset)
        } else {
            guard let parsed = Timestamp(rfc3339: text) else { return nil }
            instant = parsed
        }
        return (earliest...latest).contains(instant) ? instant : nil
    }
}
