// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import TestKit
import Testing

@Suite struct `A window` {
    static func window(_ start: Int64, _ end: Int64) -> Window {
        Window(start: Timestamp(nanoseconds: start), end: Timestamp(nanoseconds: end))
    }

    static let base = Window.baseNanoseconds

    @Test(arguments: [
        (Int64(0), Int64(0)), (1, 0), (9_999_999_999, 0), (10_000_000_000, 10_000_000_000),
        (-1, -10_000_000_000),
        (-9_999_999_999, -10_000_000_000), (-10_000_000_000, -10_000_000_000),
        (-10_000_000_001, -20_000_000_000),
        (1_795_338_553_000_000_000, 1_795_338_550_000_000_000),
    ])
    func `of an instant is aligned to the epoch`(instant: Int64, start: Int64) {
        #expect(Window.containing(Timestamp(nanoseconds: instant)) == Self.window(start, start + Self.base))
    }

    @Test func `of any instant contains it and is its own`() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            let instant = Timestamp(nanoseconds: Int64(truncatingIfNeeded: generator.next()))
            let window = Window.containing(instant)
            #expect(window.contains(instant))
            #expect(Window.containing(window.start) == window)
            #expect(!window.contains(window.end))
        }
    }

    @Test func `at the ends of time does not trap`() {
        let first = Timestamp(nanoseconds: .min)
        #expect(Window.containing(first).contains(first))
        #expect(Window.containing(first).end.nanoseconds % Self.base == 0)
        let last = Window.containing(Timestamp(nanoseconds: .max))
        #expect(last.start.nanoseconds % Self.base == 0)
        #expect(last.end.nanoseconds == .max)
        #expect(Self.window(.min, .max).widenedToBase == Self.window(.min, .max))
    }

    @Test(arguments: [
        (Int64(0), Int64(10_000_000_000), Int64(0), Int64(10_000_000_000)),
        (1, 10_000_000_000, 0, 10_000_000_000),
        (0, 10_000_000_001, 0, 20_000_000_000),
        (-1, 1, -10_000_000_000, 10_000_000_000),
        (-10_000_000_000, 0, -10_000_000_000, 0),
        (15_000_000_000, 15_000_000_001, 10_000_000_000, 20_000_000_000),
    ])
    func `is widened to whole base windows`(start: Int64, end: Int64, first: Int64, last: Int64) {
        #expect(Self.window(start, end).widenedToBase == Self.window(first, last))
    }

    @Test func `is followed by one of the same length`() {
        #expect(Self.window(-10, 20).next == Self.window(20, 50))
    }
}
