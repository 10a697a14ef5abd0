// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// An instant of packet time: nanoseconds since 1970-01-01 00:00:00 UTC, as captured.
///
/// Records never hold wall-clock time, only times that packets or objects carried.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Nanoseconds since 1970-01-01 00:00:00 UTC, negative before.
    public let nanoseconds: Int64

    /// Creates an instant.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Seconds and a fraction in nanoseconds; instants out of range (before 1677 or after
    /// 2262) are clamped, since hostile capture files carry such values.
    public init(seconds: Int64, nanoseconds: Int64 = 0) {
        // Both parts toward zero: the first second that can be told begins before it can.
        let borrows = seconds < 0 && nanoseconds >= 1 && nanoseconds <= 1_000_000_000
        let whole = borrows ? seconds + 1 : seconds
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(borrows ? nanoseconds - 1_000_000_000 : nanoseconds)
        self.nanoseconds = overflow || carry ? (seconds < 0 ? .min : .max) : sum
    }

    // All four, and equality: those that the protocols give are calls, several for each frame.
    /// Whether one instant is before another.
    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Whether one instant is after another.
    @inlinable
    public static func > (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds > right.nanoseconds
    }

    /// Whether one instant is not after another.
    @inlinable
    public static func <= (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds <= right.nanoseconds
    }

    /// Whether one instant is not before another.
    @inlinable
    public static func >= (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds >= right.nanoseconds
    }

    /// Whether both are the same instant.
    @inlinable
    public static func == (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds == right.nanoseconds
    }

    /// The difference in nanoseconds, saturating.
    @inlinable
    public static func - (left: Timestamp, right: Timestamp) -> Int64 {
        let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return overflow ? (left.nanoseconds < 0 ? .min : .max) : difference
    }

    /// The instant that many nanoseconds later, saturating.
    @inlinable
    public static func + (left: Timestamp, nanoseconds: Int64) -> Timestamp {
        let (sum, overflow) = left.nanoseconds.addingReportingOverflow(nanoseconds)
        return Timestamp(nanoseconds: overflow ? (nanoseconds < 0 ? .min : .max) : sum)
    }
}
