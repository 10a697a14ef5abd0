// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The steps of a range: they begin at multiples of their length since 1970.
struct Steps {
    /// Whole base windows.
    let range: Window
    /// A multiple of the length of a base window.
    let nanoseconds: Int64
    let count: Int
    private let first: Int64

    init(of range: Window, _ nanoseconds: Int64) {
        self.range = range
        self.nanoseconds = nanoseconds
        first = Self.step(of: range.start, nanoseconds)
        count = range.start < range.end ? Int(Self.step(of: range.end + -1, nanoseconds) - first) + 1 : 0
    }

    /// The step that holds an instant of the range, from 0.
    func index(of instant: Timestamp) -> Int { Int(Self.step(of: instant, nanoseconds) - first) }

    /// The part of the range that a step is.
    func window(_ index: Int) -> Window {
        let start = Timestamp(nanoseconds: (first + Int64(index)) * nanoseconds)
        return Window(start: max(start, range.start), end: min(start + nanoseconds, range.end))
    }

    /// The longest stored windows of which none lies across two steps.
    var resolution: Resolution {
        Resolution.allCases.last { nanoseconds % $0.nanoseconds == 0 } ?? .tenSeconds
    }

    /// The number of the step, from 1970, that holds an instant.
    private static func step(of instant: Timestamp, _ nanoseconds: Int64) -> Int64 {
        let (steps, remainder) = instant.nanoseconds.quotientAndRemainder(dividingBy: nanoseconds)
        return remainder < 0 ? steps - 1 : steps
    }
}
