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
