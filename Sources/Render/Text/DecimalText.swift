// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Figures as documents for machines have them: plain decimal numbers, the same in JSON, CSV and
/// GraphML.
enum DecimalText {
    /// Seconds with up to six digits after the point, rounded to the microsecond.
    static func seconds(nanoseconds: UInt64) -> String {
        var bytes: [UInt8] = []
        append(seconds: nanoseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends what `seconds(nanoseconds:)` gives, as ASCII.
    static func append(seconds nanoseconds: UInt64, to bytes: inout [UInt8]) {
        let (quotient, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000)
        let microseconds = quotient + (rest >= 500 ? 1 : 0)
        var (whole, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        append(whole, to: &bytes)
        guard fraction > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var scale: UInt64 = 100_000
        while fraction > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / scale))
            fraction %= scale
            scale /= 10
        }
    }

    /// Appends the digits of a number, as ASCII.
    static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        let first = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[first...].reverse()
    }

    /// A number with six significant digits; `nil` where it is none.
    static func figure(_ value: Double) -> String? {
        guard value.isFinite else { return nil }
        guard value != 0 else { return "0" }
        var scale = 1.0
        var magnitude = value.magnitude
        // Powers of ten up to 10^22 are exact, so the quotient is the double nearest to the
        // decimal and prints as such. Beyond that no rate or ratio lies.
        guard magnitude < 1e15, magnitude > 1e-15 else { return value.description }
        while magnitude < 100_000 {
            magnitude *= 10
            scale *= 10
        }
        let text = ((value * scale).rounded() / scale).description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
