// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Frames out of order` {
    private typealias Frame = CaptureWriter.Frame

    /// Frames of one time keep their order, which is all that tells them apart.
    private func shuffled(
        _ frames: [Frame],
        within nanoseconds: Int64,
        using generator: inout SeededGenerator
    ) -> [Frame] {
        var places: [Timestamp: Timestamp] = [:]
        for frame in frames where places[frame.time] == nil {
            places[frame.time] = frame.time + Int64.random(in: 0...nanoseconds, using: &generator)
        }
        func place(_ frame: Frame) -> Timestamp { places[frame.time] ?? frame.time }
        return frames.enumerated().sorted {
            (place($0.element), $0.offset) < (place($1.element), $1.offset)
        }
        .map(\.element)
    }

    /// A frame each 100 µs, so many bytes long, numbered.
    private func frames(_ count: Int, length: Int = 60) -> [Frame] {
        (0..<count).map { number in
            let digits = (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            return Frame(at: Int64(number) * 100_000, digits + [UInt8](repeating: 7, count: length - 4))
        }
    }

    @Test(arguments: [200, 60_000], 1...4)
    func `are put in order`(count: Int, seed: UInt64) throws {
        var generator = SeededGenerator(default: seed)
        let sorted = frames(count)
        let mixed = shuffled(sorted, within: 20_000_000, using: &generator)
        #expect(mixed.map(\.time) != sorted.map(\.time))
        let file = CaptureWriter.pcap(mixed)
        for reading in [try CaptureReading(file), try CaptureReading(stream: file)] {
            #expect(reading.error == nil)
            #expect(reading.frames.map(\.bytes) == sorted.map(\.bytes), "SVCMAP_TEST_SEED=\(generator.seed)")
        }
    }

    @Test(arguments: 1...3)
    func `in pcapng are put in order across interfaces`(seed: UInt64) throws {
        var generator = SeededGenerator(default: seed)
        let sorted = frames(5_000).enumerated().map { number, frame in
            Frame(frame.time, frame.bytes, interface: UInt32(number % 3))
        }
        let mixed = shuffled(sorted, within: 300_000_000, using: &generator)
        let interfaces = [
            CaptureWriter.Interface(), .init(resolution: 0xA0, offsetSeconds: 1_699_999_990), .init(),
        ]
        let reading = try CaptureReading(CaptureWriter.pcapng(mixed, interfaces: interfaces))
        #expect(reading.frames.map(\.bytes) == sorted.map(\.bytes), "SVCMAP_TEST_SEED=\(generator.seed)")
        #expect(reading.frames.map(\.interfaceNumber) == sorted.map(\.interface))
    }

    /// As of busy machines: most stretches of the file are in order.
    @Test(arguments: [false, true], CaptureWriter.ByteOrder.allCases)
    func `here and there are put in order`(isPcapng: Bool, order: CaptureWriter.ByteOrder) throws {
        var generator = SeededGenerator(default: 7)
        let sorted = frames(40_000, length: 160)
        var mixed = sorted
        for _ in 0..<12 {
            // By up to 30 frames, then by some that are more than a file was seen to be late before.
            let place = Int.random(in: 0..<mixed.count - 200, using: &generator)
            mixed.swapAt(place, place + Int.random(in: 1...200, using: &generator))
        }
        // Frames of one time far apart in order are no disorder.
        let again = mixed + [Frame(at: 40_000 * 100_000, [1]), Frame(at: 40_000 * 100_000, [2])]
        let file =
            isPcapng
            ? CaptureWriter.pcapng(again, order: order) : CaptureWriter.pcap(again, order: order)
        let whole = try CaptureReading(file)
        #expect(whole.error == nil)
        #expect(
            whole.frames.map(\.bytes) == sorted.map(\.bytes) + [[1], [2]],
            "SVCMAP_TEST_SEED=\(generator.seed)"
        )
        #expect(try CaptureReading(stream: file).frames == whole.frames)
    }

    /// Nothing between the packets of a section may pass for one, or be read twice.
    @Test func `keep what stands between them`() throws {
        let interface = CaptureWriter.Interface(snapLength: 0)
        let sections = (0..<3).map { section -> [UInt8] in
            let order: CaptureWriter.ByteOrder = section == 1 ? .bigEndian : .littleEndian
            var file = CaptureWriter.sectionHeader(order: order)
            for number in 0..<9_000 {
                if number % 4_000 == 0 { file += CaptureWriter.interfaceDescription(interface, order: order) }
                let place = section * 9_000 + number
                // Each 1,000th comes before the one before it.
                let time = place % 1_000 == 999 ? place - 2 : place
                let frame = Frame(
                    at: Int64(time) * 100_000 + (time == place ? 0 : 1),
                    [UInt8](repeating: UInt8(truncatingIfNeeded: time), count: 200),
                    interface: UInt32(number / 4_000)
                )
                switch number % 500 {
                case 7: file += CaptureWriter.obsoletePacket(frame, on: interface, order: order)
                case 8: file += CaptureWriter.simplePacket(frame, order: order)
                default: file += CaptureWriter.enhancedPacket(frame, on: interface, order: order)
                }
                if number % 300 == 0 { file += CaptureWriter.block(0x0BAD, frame.bytes, order: order) }
            }
            return file
        }
        let reading = try CaptureReading(sections.flatMap(\.self))
        #expect(reading.error == nil)
        #expect(reading.damage == SourceDamage())
        #expect(reading.frames.count == 27_000)
        let times = reading.frames.map(\.nanoseconds)
        #expect(times == times.sorted())
        // Three sections of three interfaces, of which each is described once.
        #expect(Set(reading.frames.map(\.interfaceNumber)) == Set(0..<9))
    }

    @Test(arguments: 1...3)
    func `change nothing in the reports`(seed: UInt64) throws {
        guard let path = Checkout.recording("demo-cni0.pcap") else { return }
        var generator = SeededGenerator(default: seed)
        let recording = try RecordedFrames(path: path)
        let mixed = shuffled(recording.frames, within: 900_000_000, using: &generator)
        let folder = try TemporaryFolder()
        let file = folder.file("mixed.pcap")
        try Data(CaptureWriter.pcap(mixed, linkType: recording.linkType)).write(to: URL(filePath: file))
        let reports = try ClusterCapture.reports(file)
        #expect(reports == (try ClusterCapture.reports(path)), "SVCMAP_TEST_SEED=\(generator.seed)")
        #expect(reports.coverage.losses[.clockSteps] == nil)
    }

    @Test func `by more than the horizon stay where they are`() throws {
        let seconds: [Int64] = [100, 101, 40, 41, 42, 102, 103]
        let frames = seconds.map { Frame(at: $0 * 1_000_000_000, [UInt8($0)]) }
        let reading = try CaptureReading(CaptureWriter.pcap(frames))
        #expect(reading.frames.map(\.bytes) == seconds.map { [UInt8($0)] })
    }

    @Test func `by more bytes than are held are counted as steps of the clock`() throws {
        var late = frames(40_000, length: 100)
        late.append(Frame(at: late[30_000].time.nanoseconds - 1_700_000_000_000_000_000 - 50_000, [1]))
        let folder = try TemporaryFolder()
        let file = folder.file("late.pcap")
        try Data(CaptureWriter.pcap(late)).write(to: URL(filePath: file))
        let reports = try ClusterCapture.reports(file)
        #expect(reports.coverage.frames == 40_001)
        #expect(reports.coverage.losses[.clockSteps] == 1)
    }

    @Test func `before damage are handed over`() throws {
        let file = CaptureWriter.pcap([Frame(at: 2, [2]), Frame(at: 1, [1])])
        let broken = CaptureWriter.pcapRecord(Frame(at: 3, [3]), claimedLength: .max)
        let reading = try CaptureReading(file + broken)
        #expect(reading.frames.map(\.bytes) == [[1], [2]])
        #expect(reading.error?.code == .damaged)
    }
}
