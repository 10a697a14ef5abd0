// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// How long a stored window is: 10 s as reported, coarser ones rolled up from the finer.
///
/// Each length divides the next, and windows of all lengths are aligned to the epoch, so that a
/// window of one is exactly several of the one before.
package enum Resolution: Int64, Sendable, CaseIterable, Comparable {
    case tenSeconds = 10
    case minute = 60
    case tenMinutes = 600
    case hour = 3_600
    case sixHours = 21_600
    case day = 86_400
    /// No month: months differ, and have no length that divides anything.
    case thirtyDays = 2_592_000

    /// The longest there is.
    package static let coarsest = thirtyDays

    /// The length of its windows in nanoseconds.
    package var nanoseconds: Int64 { rawValue * 1_000_000_000 }

    /// The next finer one; `nil` for the windows that are reported.
    package var finer: Resolution? {
        switch self {
        case .tenSeconds: nil
        case .minute: .tenSeconds
        case .tenMinutes: .minute
        case .hour: .tenMinutes
        case .sixHours: .hour
        case .day: .sixHours
        case .thirtyDays: .day
        }
    }

    /// The next coarser one; `nil` for the coarsest.
    package var coarser: Resolution? { Self.allCases.first { $0 > self } }

    /// The window of this length that contains an instant.
    ///
    /// - Parameter instant: Any; at the ends of time the window is cut off, for addition clamps.
    /// - Returns: A window whose start is a multiple of the length.
    package func window(containing instant: Timestamp) -> Window {
        let remainder = instant.nanoseconds % nanoseconds
        let start = instant + -(remainder < 0 ? remainder + nanoseconds : remainder)
        return Window(start: start, end: start + nanoseconds)
    }

    package static func < (left: Resolution, right: Resolution) -> Bool { left.rawValue < right.rawValue }
}
