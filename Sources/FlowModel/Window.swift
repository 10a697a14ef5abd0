// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A half-open interval `[start, end)` of packet time.
public struct Window: Hashable, Sendable, BitwiseCopyable {
    /// The first instant of it.
    public let start: Timestamp
    /// The first instant behind it.
    public let end: Timestamp

    /// The length of the finest stored window.
    public static let baseNanoseconds: Int64 = 10_000_000_000

    /// Creates an interval; `end` is not before `start`.
    @inlinable
    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    /// The base window that contains an instant; windows are aligned to the epoch.
    @inlinable
    public static func containing(_ instant: Timestamp) -> Window {
        let remainder = instant.nanoseconds % baseNanoseconds
        // The first and the last window are cut off by the range of instants: hostile capture
        // files carry such times, so nothing here may overflow.
        let start = instant + -(remainder < 0 ? remainder + baseNanoseconds : remainder)
        let end = instant + (remainder < 0 ? -remainder : baseNanoseconds - remainder)
        return Window(start: start, end: end)
    }

    /// Whether an instant lies in it.
    @inlinable
    public func contains(_ instant: Timestamp) -> Bool { start <= instant && instant < end }

    /// The window of the same length that follows this one.
    @inlinable
    public var next: Window { Window(start: end, end: end + (end - start)) }

    /// The smallest range of whole base windows that covers this one: what an unaligned
    /// query range is widened to.
    public var widenedToBase: Window {
        let first = Window.containing(start)
        let last = Window.containing(end)
        return Window(start: first.start, end: last.start == end ? end : last.end)
    }
}
