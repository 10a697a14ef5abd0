// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A JSON document that keeps its keys in order and says where its lines break.
indirect enum JSONValue {
    case string(String)
    /// Already a JSON number.
    case number(String)
    case bool(Bool)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])
    /// The value and all within it on one line.
    case line(JSONValue)

    static func count(_ value: UInt64) -> JSONValue { .number(String(value)) }

    static func index(_ value: Int) -> JSONValue { .number(String(value)) }

    /// Seconds with up to six digits after the point, rounded to the microsecond.
    static func seconds(nanoseconds: UInt64) -> JSONValue {
        let (quotient, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000)
        let microseconds = quotient + (rest >= 500 ? 1 : 0)
        let (whole, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        guard fraction > 0 else { return .number(String(whole)) }
        var digits = String(1_000_000 + fraction).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return .number("\(whole).\(digits)")
    }

    /// A number with six significant digits; `nil` where JSON has no word for it.
    static func figure(_ value: Double) -> JSONValue? {
        guard value.isFinite else { return nil }
        guard value != 0 else { return .number("0") }
        var scale = 1.0
        var magnitude = value.magnitude
        // Powers of ten up to 10^22 are exact, so the quotient is the double nearest to the
        // decimal and prints as such. Beyond that no rate or ratio lies.
        guard magnitude < 1e15, magnitude > 1e-15 else { return .number(value.description) }
        while magnitude < 100_000 {
            magnitude *= 10
            scale *= 10
        }
        let text = ((value * scale).rounded() / scale).description
        return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// An object whose members are sorted by key.
    static func counts(_ counts: [String: UInt64]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .count($0.value)) })
    }
}
