// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import TestKit
import Testing

@Suite struct `Timestamp text` {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)),
        ("1969-12-31T23:59:59Z", -1_000_000_000),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600_000_000_000),
        ("2026-11-22T09:09:13Z", 1_795_338_553_000_000_000),
        ("2026-11-22T09:09:13.5Z", 1_795_338_553_500_000_000),
        ("2026-11-22T09:09:13.000001Z", 1_795_338_553_000_001_000),
        ("2026-11-22T09:09:13.123456789Z", 1_795_338_553_123_456_789),
        ("2026-11-22T10:09:13+01:00", 1_795_338_553_000_000_000),
        ("2026-11-22T03:39:13-05:30", 1_795_338_553_000_000_000),
        ("2026-11-22t09:09:13z", 1_795_338_553_000_000_000),
        ("2026-11-22 09:09:13Z", 1_795_338_553_000_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
        ("1677-09-21T00:12:43.145224192Z", .min),
        ("2262-04-11T23:47:16.854775807Z", .max),
        // Out of range: clamped, as hostile files carry such times.
        ("0000-01-01T00:00:00Z", .min),
        ("9999-12-31T23:59:59Z", .max),
    ])
    func `is read as RFC 3339`(text: String, nanoseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-22", "2026-11-22T09:09:13", "2026-11-22T09:09Z", "2026-11-22T09:09:13.Z",
        "2026-11-22T09:09:13.1234567890Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z", "2026-11-22T09:09:61Z",
        "2026-11-22T09:09:13ZZ", "2026-11-22T09:09:13Z ", "2026-11-22T09:09:13+0100",
        "2026-11-22T09:09:13+01:0",
        "2026-11-22T09:09:13+24:00", "2026-11-22T09:09:13+01:60", "2026-11-22T09:09:13+99:99",
        "+026-11-22T09:09:13Z", "2026-1１-22T09:09:13Z", "2026/11/22T09:09:13Z", "2026-11-22X09:09:13Z",
        "yyyy-mm-ddThh:mm:ssZ", "2026-11-22T09:09:13.12 Z", "2026-11-22T09:09:13+", "2026-11-22T09:09:13.1",
    ])
    func `refuses what is no time`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"),
        (1_000_000, "1970-01-01T00:00:00.001Z"),
        (1_000, "1970-01-01T00:00:00.000001Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"),
        (1_795_338_553_250_000_000, "2026-11-22T09:09:13.250Z"),
    ])
    func `has the digits that it needs`(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).description == text)
    }

    @Test func `survives the round trip over the whole range`() {
        var generator = SeededGenerator(seed: 3)
        for index in 0..<5_000 {
            let number =
                switch index {
                case 0..<1_000: Int64.min + Int64(generator.next() % 3_000_000_000)
                case 1_000..<2_000: Int64.max - Int64(generator.next() % 3_000_000_000)
                default: Int64(truncatingIfNeeded: generator.next())
                }
            let instant = Timestamp(nanoseconds: number)
            #expect(Timestamp(rfc3339: instant.description) == instant)
        }
    }
}

@Suite struct `Timestamp arithmetic` {
    @Test func `saturates at both ends`() {
        let (first, last) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
        #expect(last + 1 == last)
        #expect(first + -1 == first)
        #expect(last - first == .max)
        #expect(first - last == .min)
        #expect(Timestamp(seconds: .max) == last)
        #expect(Timestamp(seconds: .min) == first)
        #expect(Timestamp(seconds: .min, nanoseconds: 999_999_999) == first)
        #expect(Timestamp(seconds: .max, nanoseconds: .max) == last)
    }

    @Test func `puts seconds and nanoseconds together`() {
        #expect(Timestamp(seconds: 2, nanoseconds: 5).nanoseconds == 2_000_000_005)
        #expect(Timestamp(seconds: -2, nanoseconds: 5).nanoseconds == -1_999_999_995)
        #expect(Timestamp(seconds: -1, nanoseconds: 999_999_999).nanoseconds == -1)
    }
}
