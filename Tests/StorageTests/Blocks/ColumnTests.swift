// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Storage
import TestKit
import Testing

@Suite struct `Varint` {
    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64(UInt32.max), 1 << 63, .max])
    func `comes back and leaves nothing`(value: UInt64) throws {
        var writer = ByteWriter()
        writer.append(varint: value)
        writer.append(signed: Int64(bitPattern: value))
        var cursor = ByteCursor(writer.bytes)
        #expect(try cursor.varint() == value)
        #expect(try cursor.signed() == Int64(bitPattern: value))
        #expect(cursor.remaining == 0)
    }

    @Test func `of more than 64 bits is refused`() {
        var cursor = ByteCursor([UInt8](repeating: 0xFF, count: 9) + [2])
        #expect(throws: BlockError.malformed(offset: 9)) { _ = try cursor.varint() }
        var endless = ByteCursor([UInt8](repeating: 0x80, count: 20))
        #expect(throws: BlockError.malformed(offset: 9)) { _ = try endless.varint() }
    }

    @Test func `that ends early is refused`() {
        var cursor = ByteCursor([0x80, 0x80])
        #expect(throws: BlockError.truncated(offset: 2)) { _ = try cursor.varint() }
    }
}

@Suite struct `CRC-32C` {
    /// The check value of the CRC catalog, and RFC 3720 appendix B.4.
    @Test func `agrees with the published vectors`() {
        #expect(Checksum.crc32c(Array("123456789".utf8)[...]) == 0xE306_9283)
        #expect(Checksum.crc32c([UInt8](repeating: 0, count: 32)[...]) == 0x8A91_36AA)
        #expect(Checksum.crc32c([UInt8](repeating: 0xFF, count: 32)[...]) == 0x62A8_AB43)
    }

    /// Bit by bit, as the polynomial is defined.
    @Test(arguments: 0..<40)
    func `is the remainder of a division, whatever the length`(count: Int) {
        var dice = SeededGenerator(seed: 300 + UInt64(count))
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
        var state = UInt32.max
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
        }
        #expect(Checksum.crc32c(bytes[...]) == ~state)
    }

    @Test func `of two parts is that of the whole`() {
        let bytes = Array("123456789".utf8)
        #expect(Checksum.crc32c(bytes[..<4], bytes[4...]) == 0xE306_9283)
    }
}

@Suite struct `Counter column` {
    @Test(
        arguments: [
            ([], 1), ([0, 0, 0], 1), ([7, 7, 7, 7], 2), ([1, 2, 3], 4),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 5], 4), ([300], 3),
            // The common value takes two bytes, as do the only distance and the only difference.
            ([UInt64](repeating: 300, count: 50) + [298] + [UInt64](repeating: 300, count: 50), 8),
        ] as [([UInt64], Int)]
    )
    func `takes the shortest way`(values: [UInt64], bytes: Int) throws {
        var writer = ByteWriter()
        CounterColumn.write(values, to: &writer)
        #expect(writer.bytes.count == bytes)
        var cursor = ByteCursor(writer.bytes)
        #expect(try CounterColumn.read(values.count, from: &cursor) == values)
        #expect(cursor.remaining == 0)
    }

    @Test func `of an unknown mode is refused`() {
        var cursor = ByteCursor([7, 0])
        #expect(throws: BlockError.malformed(offset: 0)) { _ = try CounterColumn.read(1, from: &cursor) }
    }
}

@Suite struct `Counter column of exceptions` {
    /// The mode, the common value 5, how many others, their distances, their differences.
    @Test(
        arguments: [
            // None, more than half, one behind the end, a distance that no integer holds.
            [6, 5, 0, 0, 0], [6, 5, 3, 0, 0], [6, 5, 1, 3, 4, 0],
            [6, 5, 1, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0],
        ] as [[UInt8]]
    )
    func `that cannot be is refused`(bytes: [UInt8]) {
        var cursor = ByteCursor(bytes)
        #expect(throws: BlockError.malformed(offset: 1)) { _ = try CounterColumn.read(4, from: &cursor) }
    }

    @Test func `is read as the page says`() throws {
        var cursor = ByteCursor([6, 5, 2, 3, 1, 1, 0, 3])
        #expect(try CounterColumn.read(5, from: &cursor) == [5, 4, 5, 7, 5])
        #expect(cursor.remaining == 0)
    }
}

@Suite struct `Counter column of any values` {
    @Test(arguments: 0..<300)
    func `gives them back`(seed: Int) throws {
        var dice = RandomReports(seed: UInt64(seed))
        let bits = UInt64(1 + dice.number(64))
        let base = dice.chance(1, of: 2) ? 0 : dice.next() >> 8
        let values = (0..<dice.number(300)).map { _ -> UInt64 in
            dice.chance(1, of: 3) ? base : base &+ (dice.next() >> (64 - bits)) >> UInt64(dice.number(64))
        }
        var writer = ByteWriter()
        CounterColumn.write(values, to: &writer)
        var cursor = ByteCursor(writer.bytes)
        #expect(try CounterColumn.read(values.count, from: &cursor) == values)
        #expect(cursor.remaining == 0)
    }

    @Test func `that are many and the same pays for each`() throws {
        let values = [UInt64](repeating: 0, count: 70_000)
        var writer = ByteWriter()
        CounterColumn.write(values, to: &writer)
        #expect(writer.bytes.count * 8 >= values.count)
        var cursor = ByteCursor(writer.bytes)
        #expect(try CounterColumn.read(values.count, from: &cursor) == values)
    }
}

@Suite struct `Scaled column` {
    @Test(arguments: 0..<200)
    func `gives its numbers back, whatever its scale`(seed: Int) throws {
        var dice = RandomReports(seed: UInt64(seed))
        let count = dice.number(300)
        let isAlike = dice.chance(3, of: 4)
        let scale = (0..<count).map { _ in dice.next() >> UInt64(dice.number(64)) }
        let values = scale.map { isAlike ? ($0 >> 8) &* 40 &+ 300 : dice.next() >> UInt64(dice.number(64)) }
        var writer = ByteWriter()
        ScaledColumn.write(values, scale: scale, to: &writer)
        var cursor = ByteCursor(writer.bytes)
        #expect(try ScaledColumn.read(scale: scale, from: &cursor) == values)
        #expect(cursor.remaining == 0)
    }

    @Test func `is read as the page says`() throws {
        // High numbers 5 and 2; 3 and 0 low bits, of which the first has 1, 0, 1.
        var cursor = ByteCursor([7, 1, 5, 2, 0b101])
        #expect(try ScaledColumn.read(scale: [8, 1], from: &cursor) == [45, 2])
        #expect(cursor.remaining == 0)
    }

    @Test(
        arguments: [
            // A bit that nobody reads; a number of 65 bits; no low bits; a scaled column within one.
            [7, 1, 5, 2, 0b1101], [7, 1, 255, 255, 255, 255, 255, 255, 255, 255, 127, 2, 0],
            [7, 1, 5, 2], [7, 7, 1, 5, 2, 0],
        ] as [[UInt8]]
    )
    func `that cannot be is refused`(bytes: [UInt8]) {
        var cursor = ByteCursor(bytes)
        #expect(throws: BlockError.self) { _ = try ScaledColumn.read(scale: [8, 1], from: &cursor) }
    }

    @Test func `is shorter than its numbers where they grow with the scale`() {
        let scale = (1...200).map { UInt64($0 * $0 * $0) }
        let values = scale.enumerated().map { index, packets in packets * UInt64(100 + index % 50) }
        var (plain, scaled) = (ByteWriter(), ByteWriter())
        CounterColumn.write(values, to: &plain)
        ScaledColumn.write(values, scale: scale, to: &scaled)
        #expect(scaled.bytes.count < plain.bytes.count * 9 / 10)
    }
}

@Suite struct `Histogram column` {
    @Test func `keeps one duration in a few bytes`() throws {
        var histogram = Histogram()
        histogram.record(nanoseconds: 1_234_567)
        var writer = ByteWriter()
        try HistogramColumn.write(DecodedHistograms([histogram]), to: &writer)
        #expect(writer.bytes.count <= 12)
        var cursor = ByteCursor(writer.bytes)
        #expect(try HistogramColumn.values(1, from: &cursor) == [histogram])
    }

    @Test func `keeps the outer buckets and saturated sums`() throws {
        var histogram = Histogram()
        histogram.record(nanoseconds: 0)
        histogram.record(nanoseconds: .max)
        histogram.record(nanoseconds: .max)
        histogram.record(nanoseconds: .max)
        #expect(histogram.sumNanoseconds == .max)
        var writer = ByteWriter()
        try HistogramColumn.write(
            DecodedHistograms([Histogram(), histogram, Histogram()]),
            to: &writer
        )
        var cursor = ByteCursor(writer.bytes)
        #expect(
            try HistogramColumn.values(3, from: &cursor) == [Histogram(), histogram, Histogram()]
        )
        #expect(cursor.remaining == 0)
    }

    @Test(arguments: 0..<100)
    func `keeps any list`(seed: Int) throws {
        var dice = RandomReports(seed: UInt64(seed))
        let histograms = (0..<dice.number(50)).map { _ in dice.histogram() }
        var writer = ByteWriter()
        try HistogramColumn.write(DecodedHistograms(histograms), to: &writer)
        var cursor = ByteCursor(writer.bytes)
        #expect(try HistogramColumn.values(histograms.count, from: &cursor) == histograms)
        #expect(cursor.remaining == 0)
    }

    /// Durations around a middle, spread over so many octaves.
    private static func ordinary(
        _ count: Int,
        around middle: Double,
        octaves: Double,
        unit: Int64,
        _ dice: inout RandomReports
    ) -> Histogram {
        var histogram = Histogram()
        for _ in 0..<count {
            var exponent = -octaves / 2
            for _ in 0..<4 { exponent += octaves / 4 * Double(dice.number(1 << 20)) / Double(1 << 20) }
            histogram.record(nanoseconds: Int64(middle * exp2(exponent)) / unit * unit)
        }
        return histogram
    }

    @Test(arguments: [1, 1_000] as [Int64], [1, 2, 3, 5, 40, 300, 20_000])
    func `keeps durations around a middle, beside a model or not`(unit: Int64, most: Int) throws {
        var dice = RandomReports(seed: UInt64(most) &+ UInt64(unit))
        var model: [Histogram] = []
        var histograms: [Histogram] = []
        for _ in 0..<(most > 1_000 ? 10 : 120) {
            let (count, middle) = (dice.number(most + 1), 2_000 * exp2(Double(dice.number(20))))
            let octaves = Double(dice.number(6))
            let one = Self.ordinary(count, around: middle, octaves: octaves, unit: unit, &dice)
            let other = Self.ordinary(count, around: middle, octaves: octaves, unit: unit, &dice)
            model.append(dice.chance(1, of: 8) ? Histogram() : one)
            histograms.append(dice.chance(1, of: 2) ? one : other)
        }
        let expected = model.map(\.count)
        var writer = ByteWriter()
        try HistogramColumn.write(DecodedHistograms(histograms), to: &writer)
        try HistogramColumn.write(
            DecodedHistograms(histograms),
            expected: expected,
            model: DecodedHistograms(model),
            to: &writer
        )
        var cursor = ByteCursor(writer.bytes)
        #expect(try HistogramColumn.values(histograms.count, from: &cursor) == histograms)
        let again = try HistogramColumn.values(
            histograms.count,
            expected: expected,
            model: model,
            from: &cursor
        )
        #expect(again == histograms)
        #expect(cursor.remaining == 0)
    }

    @Test func `takes no room but a bit for what its model has`() throws {
        var dice = RandomReports(seed: 5)
        let histograms = (0..<64).map { _ in
            Self.ordinary(50, around: 5e6, octaves: 3, unit: 1, &dice)
        }
        var writer = ByteWriter()
        try HistogramColumn.write(
            DecodedHistograms(histograms),
            expected: histograms.map(\.count),
            model: DecodedHistograms(histograms),
            to: &writer
        )
        // Mode, length, eight bytes of bits, eight of header.
        #expect(writer.bytes.count == 18)
    }

    @Test func `keeps whole microseconds in fewer bits`() throws {
        var dice = RandomReports(seed: 6)
        let sizes = try ([1, 1_000] as [Int64]).map { unit -> Int in
            var writer = ByteWriter()
            let histograms = (0..<200).map { _ in
                Self.ordinary(3, around: 5e6, octaves: 3, unit: unit, &dice)
            }
            try HistogramColumn.write(DecodedHistograms(histograms), to: &writer)
            return writer.bytes.count
        }
        // Three figures of each, ten bits less for each.
        let saved = sizes[0] - sizes[1]
        #expect((550...950).contains(saved))
    }

    /// The table is derived from the formula, and the buckets from integer arithmetic of their own.
    @Test func `knows where each bucket begins`() {
        for index in Int(Histogram.underflow)...Int(Histogram.overflow) {
            let least = BucketTable.nanoseconds.least(Int16(index))
            #expect(Histogram.bucket(of: least) == Int16(index))
            if least > 0 { #expect(Histogram.bucket(of: least - 1) == Int16(index) - 1) }
            let whole = BucketTable.microseconds.least(Int16(index))
            #expect(whole == (least + 999) / 1_000)
        }
    }
}
