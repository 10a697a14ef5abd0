// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Render
import Testing

@Suite struct `Units for people` {
    @Test(arguments: [
        (UInt64(0), "0 µs"), (999, "<1 µs"), (1_000, "1 µs"), (420_000, "420 µs"), (999_499, "999 µs"),
        (999_500, "1 ms"), (1_240_000, "1.2 ms"), (9_960_000, "10 ms"), (20_000_000, "20 ms"),
        (999_600_000, "1 s"), (3_500_000_000, "3.5 s"), (119_000_000_000, "119 s"),
        (120_000_000_000, "2 min"),
        (7_200_000_000_000, "2 h"), (UInt64.max, "5124096 h"),
    ])
    func `tell durations`(nanoseconds: UInt64, expected: String) {
        #expect(Units.duration(nanoseconds: nanoseconds) == expected)
    }

    @Test(arguments: [
        (6.488, "6.5/s"), (0.0, "0/s"), (-1, "0/s"), (.nan, "0/s"), (.infinity, "0/s"), (0.1, "0.1/s"),
        (0.05, "3/min"),
        (0.001, "3.6/h"), (0.00001, "<0.1/h"), (1_234, "1.2k/s"), (2_500_000, "2.5M/s"), (1e300, ">10^15G/s"),
    ])
    func `tell rates`(rate: Double, expected: String) {
        #expect(Units.rate(perSecond: rate) == expected)
    }

    @Test(arguments: [
        (0.026, "2.6 %"), (0, "0 %"), (0.0001, "<0.1 %"), (0.123, "12 %"), (0.9999, ">99 %"), (1, "100 %"),
        (.nan, "0 %"),
    ])
    func `tell shares`(ratio: Double, expected: String) {
        #expect(Units.percent(ratio) == expected)
    }

    @Test(arguments: [
        (UInt64(0), "0 B"), (999, "999 B"), (1_200, "1.2 kB"), (1_250_000, "1.3 MB"), (999_600, "1 MB"),
        (4_000_000_000_000, "4 TB"), (UInt64.max, "18447 PB"),
    ])
    func `tell sizes`(count: UInt64, expected: String) {
        #expect(Units.bytes(count) == expected)
    }

    @Test(arguments: [(UInt64(388), "388"), (9_999, "9999"), (12_345, "12k"), (1_500_000, "1.5M")])
    func `tell counts`(count: UInt64, expected: String) {
        #expect(Units.count(count) == expected)
    }
}
