// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Damaged captures` {
    private typealias Frame = CaptureWriter.Frame

    private static let second: Int64 = 1_000_000_000

    /// One frame each 10 ms, of many lengths, with bytes that resemble no header.
    private static let frames = (0..<60).map { number in
        Frame(
            at: Int64(number) * 10_000_000,
            [UInt8](repeating: UInt8(number + 100), count: 40 + number * 7 % 50)
        )
    }

    /// Records of a format, and where each begins.
    private func file(isPcapng: Bool, _ order: CaptureWriter.ByteOrder) -> (bytes: [UInt8], starts: [Int]) {
        var bytes =
            isPcapng
            ? CaptureWriter.sectionHeader(order: order) + CaptureWriter.interfaceDescription(order: order)
            : CaptureWriter.pcapHeader(order: order)
        var starts: [Int] = []
        for frame in Self.frames {
            starts.append(bytes.count)
            bytes +=
                isPcapng
                ? CaptureWriter.enhancedPacket(frame, order: order)
                : CaptureWriter.pcapRecord(frame, order: order)
        }
        return (bytes, starts)
    }

    @Test(arguments: [false, true], CaptureWriter.ByteOrder.allCases)
    func `are read on behind the damage`(isPcapng: Bool, order: CaptureWriter.ByteOrder) throws {
        let (whole, starts) = file(isPcapng: isPcapng, order)
        // Ones over the record from 10, which loses it and, where they reach it, the next.
        for (count, lost) in [(16, 1), (100, 2)] {
            var bytes = whole
            bytes.replaceSubrange(
                starts[10]..<starts[10] + count,
                with: [UInt8](repeating: 0xFF, count: count)
            )
            for reading in [try CaptureReading(bytes), try CaptureReading(stream: bytes)] {
                #expect(reading.error == nil)
                #expect(reading.frames.count == 60 - lost, "\(count)")
                #expect(reading.frames.last?.bytes == Self.frames.last?.bytes)
                #expect(reading.damage.damagedRecords == 1)
                #expect(reading.damage.firstDamageOffset == UInt64(starts[10]))
                #expect(reading.damage.skippedBytes == UInt64(starts[10 + lost] - starts[10]))
                #expect(reading.skippedRecords?.message.contains("bytes were passed over") == true)
            }
        }
    }

    @Test(arguments: [false, true])
    func `lose no more than the records that are gone`(isPcapng: Bool) throws {
        let (whole, starts) = file(isPcapng: isPcapng, .littleEndian)
        // A hole of zeros over a few records, and bytes that are missing.
        var holed = whole
        holed.replaceSubrange(
            starts[20]..<starts[25],
            with: [UInt8](repeating: 0, count: starts[25] - starts[20])
        )
        let reading = try CaptureReading(holed)
        #expect(reading.frames.map(\.bytes) == (Self.frames[..<20] + Self.frames[25...]).map(\.bytes))
        var short = whole
        short.removeSubrange(starts[30] + 5..<starts[30] + 35)
        let rest = try CaptureReading(short)
        #expect(rest.frames.suffix(28).map(\.bytes) == Self.frames.suffix(28).map(\.bytes))
        #expect(rest.skippedRecords != nil)
    }

    /// A length that reaches beyond the end of the file is damage if sound records follow it.
    @Test(arguments: [false, true])
    func `are not taken for cut ones`(isPcapng: Bool) throws {
        let (whole, starts) = file(isPcapng: isPcapng, .littleEndian)
        var bytes = whole
        let place = starts[40] + (isPcapng ? 4 : 8)
        bytes.replaceSubrange(place..<place + 4, with: [0, 0, 2, 0])
        let reading = try CaptureReading(bytes)
        #expect(reading.frames.count == 59)
        #expect(!reading.damage.isLastRecordCut)
        #expect(reading.damage.damagedRecords == 1)
    }

    /// A few records are no evidence: the bytes of a capture that was itself transferred.
    @Test(arguments: [false, true])
    func `give nothing where too few records follow`(isPcapng: Bool) throws {
        let (whole, starts) = file(isPcapng: isPcapng, .littleEndian)
        let noise = [UInt8](repeating: 0xFF, count: 64)
        let few = Array(whole[starts[0]..<starts[7]])
        let reading = try CaptureReading(whole + noise + few + noise)
        #expect(reading.frames.count == 60)
        #expect(reading.error?.code == .damaged)
        #expect(reading.error?.message.contains("no sound record follows") == true)
    }

    @Test func `of pcapng go on with the next section`() throws {
        let (whole, _) = file(isPcapng: true, .littleEndian)
        let (other, _) = file(isPcapng: true, .bigEndian)
        let reading = try CaptureReading(whole + [UInt8](repeating: 0xFF, count: 37) + other)
        #expect(reading.frames.count == 120)
        #expect(reading.damage.skippedBytes == 37)
    }

    /// Wherever it is: a length that was written over runs over at most four records more.
    @Test(arguments: [false, true])
    func `lose little to damage of any place and length`(isPcapng: Bool) throws {
        var generator = SeededGenerator(default: 7)
        let (whole, starts) = file(isPcapng: isPcapng, .littleEndian)
        for _ in 0..<100 {
            var bytes = whole
            let first = Int.random(in: starts[1]..<starts[45], using: &generator)
            let count = Int.random(in: 12...200, using: &generator)
            bytes.replaceSubrange(first..<first + count, with: [UInt8](repeating: 0xFF, count: count))
            let reading = try CaptureReading(bytes)
            let ends = starts.dropFirst() + [whole.count]
            let hit = zip(starts, ends).filter { $0 < first + count && $1 > first }.count
            #expect(reading.frames.count >= 60 - hit - 4, "SVCMAP_TEST_SEED=\(generator.seed)")
            #expect(reading.frames.last?.bytes == Self.frames.last?.bytes)
        }
    }
}
