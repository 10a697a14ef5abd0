// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
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
        var cursor = ByteCursor([4, 0])
        #expect(throws: BlockError.malformed(offset: 0)) { _ = try CounterColumn.read(1, from: &cursor) }
    }
}

@Suite struct `Histogram column` {
    @Test func `keeps one duration in a few bytes`() throws {
        var histogram = Histogram()
        histogram.record(nanoseconds: 1_234_567)
        var writer = ByteWriter()
        try HistogramColumn.write([histogram], to: &writer)
        #expect(writer.bytes.count <= 11)
        var cursor = ByteCursor(writer.bytes)
        #expect(try HistogramColumn.read(1, from: &cursor) == [histogram])
    }

    @Test func `keeps the outer buckets and saturated sums`() throws {
        var histogram = Histogram()
        histogram.record(nanoseconds: 0)
        histogram.record(nanoseconds: .max)
        histogram.record(nanoseconds: .max)
        histogram.record(nanoseconds: .max)
        #expect(histogram.sumNanoseconds == .max)
        var writer = ByteWriter()
        try HistogramColumn.write([Histogram(), histogram, Histogram()], to: &writer)
        var cursor = ByteCursor(writer.bytes)
        #expect(try HistogramColumn.read(3, from: &cursor) == [Histogram(), histogram, Histogram()])
        #expect(cursor.remaining == 0)
    }

    @Test(arguments: 0..<100)
    func `keeps any list`(seed: Int) throws {
        var dice = RandomReports(seed: UInt64(seed))
        let histograms = (0..<dice.number(50)).map { _ in dice.histogram() }
        var writer = ByteWriter()
        try HistogramColumn.write(histograms, to: &writer)
        var cursor = ByteCursor(writer.bytes)
        #expect(try HistogramColumn.read(histograms.count, from: &cursor) == histograms)
        #expect(cursor.remaining == 0)
    }
}
