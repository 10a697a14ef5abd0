// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Counts, sizes and times as a person reads them; the same in every locale.
enum Figures {
    /// A count with a comma between thousands.
    static func count(_ value: some BinaryInteger) -> String {
        let digits = Array(String(value))
        return digits.indices.reduce(into: "") { text, index in
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digits[index])
        }
    }

    /// A count and its noun, in the plural where it is not one.
    static func count(_ value: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? noun : plural ?? noun + "s")"
    }

    /// Bytes in decimal units, as disks and networks are sold.
    static func bytes(_ value: UInt64) -> String {
        var (whole, rest, unit) = (value, UInt64(0), 0)
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        while whole >= 1_000 {
            (whole, rest) = whole.quotientAndRemainder(dividingBy: 1_000)
            unit += 1
        }
        return unit > 0 && whole < 10 ? "\(whole).\(rest / 100) \(units[unit])" : "\(whole) \(units[unit])"
    }

    /// A length of time in its two largest units.
    static func duration(nanoseconds: Int64) -> String {
        let milliseconds = max(0, nanoseconds) / 1_000_000
        let seconds = milliseconds / 1_000
        switch seconds {
        case ..<60: return "\(seconds).\(milliseconds % 1_000 / 100) s"
        case ..<3_600: return "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: return "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
        default: return "\(count(seconds / 86_400)) d \(seconds % 86_400 / 3_600) h"
        }
    }

    /// An instant to the second.
    static func instant(_ time: Timestamp) -> String {
        Timestamp(seconds: time.nanoseconds / 1_000_000_000).description
    }
}
