// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Figures as people read them: two or three digits and a unit, the same in pictures, DOT and text.
package enum Units {
    /// `420 µs`, `1.2 ms`, `20 ms`, `3.5 s`, `12 min`.
    package static func duration(nanoseconds: UInt64) -> String {
        guard nanoseconds > 0 else { return "0 µs" }
        guard nanoseconds >= 1_000 else { return "<1 µs" }
        let value = Double(nanoseconds)
        for (scale, unit, end) in [
            (1e3, "µs", 999.5), (1e6, "ms", 999.5), (1e9, "s", 119.5), (60e9, "min", 119.5),
        ]
        where value / scale < end {
            return "\(short(value / scale)) \(unit)"
        }
        return "\(short(value / 3_600e9)) h"
    }

    /// `6.5/s`; what is rarer than one in ten seconds is told by the minute or the hour.
    package static func rate(perSecond rate: Double) -> String {
        guard rate.isFinite, rate > 0 else { return "0/s" }
        if rate >= 0.1 { return "\(scaled(rate))/s" }
        if rate * 60 >= 0.1 { return "\(short(rate * 60))/min" }
        return rate * 3_600 >= 0.1 ? "\(short(rate * 3_600))/h" : "<0.1/h"
    }

    /// `2.6 %`; never rounds something to nothing, nor almost all to all.
    package static func percent(_ ratio: Double) -> String {
        let percent = ratio * 100
        guard percent.isFinite, percent > 0 else { return "0 %" }
        if percent < 0.1 { return "<0.1 %" }
        if percent < 100, percent >= 99.5 { return ">99 %" }
        return "\(short(percent)) %"
    }

    /// `512 B`, `1.2 kB`, `3.4 MB`: decimal units.
    package static func bytes(_ count: UInt64) -> String {
        guard count >= 1_000 else { return "\(count) B" }
        let value = Double(count)
        for (scale, unit) in [(1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB")]
        where value / scale < 999.5 {
            return "\(short(value / scale)) \(unit)"
        }
        return "\(short(value / 1e15)) PB"
    }

    /// `388`, `12k`, `1.5M`: for labels, where the exact count does not fit.
    package static func count(_ count: UInt64) -> String {
        count < 10_000 ? String(count) : scaled(Double(count))
    }

    private static func scaled(_ value: Double) -> String {
        if value < 999.5 { return short(value) }
        if value < 999_500 { return "\(short(value / 1e3))k" }
        return value < 999_500_000 ? "\(short(value / 1e6))M" : "\(short(value / 1e9))G"
    }

    /// One digit after the point below ten, none above.
    private static func short(_ value: Double) -> String {
        guard value < 1e15 else { return ">10^15" }
        guard value < 9.95 else { return String(Int64(value.rounded())) }
        let tenths = Int64((value * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    }
}
