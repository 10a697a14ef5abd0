// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

/// Captures of two nodes in one file, whose clocks differ.
@Suite struct `Clocks of merged captures` {
    private static let shifts: [Int64] = [0, 5_000_000, -5_000_000, 2_000_000_000, -2_000_000_000]

    private static func recordings() throws -> (RecordedFrames, RecordedFrames)? {
        guard let one = Checkout.recording("two-nodes/demo2-node1-any.pcap"),
            let two = Checkout.recording("two-nodes/demo2-node2-any.pcap")
        else { return nil }
        return (try RecordedFrames(path: one), try RecordedFrames(path: two))
    }

    private func reports(
        _ content: [UInt8]
    ) throws -> (offsets: [ClockSurvey.Offset], reports: [WindowReport]) {
        let folder = try TemporaryFolder()
        let path = folder.file("merged")
        try Data(content).write(to: URL(filePath: path))
        let clocks = try ClockSurvey(path: path)
        var reports: [WindowReport] = []
        let engine = MeteringEngine(configuration: .init(), reporter: Reporter(id: "a", name: "a")) {
            reports.append($0)
        }
        var source = try SavefilePacketSource(path: path)
        source.align(clocks)
        while try source.read({ engine.account($0) }) != .ended {}
        engine.finish()
        return (clocks.offsets, reports)
    }

    private func onTwoInterfaces(_ shift: Int64) throws -> [UInt8]? {
        guard let (one, two) = try Self.recordings() else { return nil }
        let frames = RecordedFrames.merged(one.shifted(by: 0), two.shifted(by: shift, interface: 1))
        let interface = CaptureWriter.Interface(linkType: UInt16(one.linkType))
        return CaptureWriter.pcapng(frames, interfaces: [interface, interface])
    }

    /// What must not depend on the clocks.
    private func facts(_ reports: [WindowReport]) -> [String] {
        reports.edges.values.map { row in
            let metrics = row.metrics
            let requests = metrics.protocols.values.reduce(UInt64(0)) { $0 + $1.requests }
            return
                "\(row.name) \(requests) \(metrics.packets) \(metrics.connections) \(row.dialledNames.sorted { $0.key < $1.key })"
        }
        .sorted()
    }

    @Test(arguments: shifts)
    func `are put right, so that a call between nodes counts once`(shift: Int64) throws {
        guard let file = try onTwoInterfaces(shift), let equal = try onTwoInterfaces(0) else { return }
        let (offsets, reports) = try reports(file)
        #expect(offsets.map(\.interface) == (shift == 0 ? [] : [1]))
        #expect(
            offsets.allSatisfy { abs($0.nanoseconds - shift) < 100_000 && $0.reference == 0 },
            "\(offsets)"
        )
        #expect(facts(reports) == facts(try self.reports(equal).reports))
        #expect(reports.coverage.losses[.clockSteps] == nil)
        #expect(reports.coverage.losses[.lateSightings] == nil)
        #expect(reports.isBalanced)
        let calls = reports.edges.values.filter { $0.name == "10.244.1.4 -> 10.244.0.4:80" }
        let requests = calls.compactMap { $0.metrics.protocols[.http]?.requests }
        #expect(requests.reduce(0, +) == 138)
    }

    @Test func `that nothing tells apart are counted as late sightings`() throws {
        guard let (one, two) = try Self.recordings() else { return }
        func lateSightings(_ shift: Int64) throws -> UInt64? {
            let frames = RecordedFrames.merged(one.shifted(by: 0), two.shifted(by: shift))
            let (offsets, reports) = try reports(CaptureWriter.pcap(frames, linkType: one.linkType))
            #expect(offsets.isEmpty)
            return reports.coverage.losses[.lateSightings]
        }
        #expect(try lateSightings(0) == nil)
        #expect(try lateSightings(2_000_000_000) ?? 0 > 0)
    }

    @Test func `are left alone where packets say nothing against them`() throws {
        guard let path = Checkout.recording("two-nodes/demo2-node1-any.pcap"),
            let other = Checkout.recording("two-nodes/demo2-node1-eth0.pcap")
        else { return }
        let (any, wire) = (try RecordedFrames(path: path), try RecordedFrames(path: other))
        let frames = RecordedFrames.merged(any.shifted(by: 0), wire.shifted(by: 0, interface: 1))
        let interfaces = [any, wire].map { CaptureWriter.Interface(linkType: UInt16($0.linkType)) }
        #expect(try reports(CaptureWriter.pcapng(frames, interfaces: interfaces)).offsets.isEmpty)
    }

    /// Three handshakes between two interfaces, `ahead` the second's clock.
    private func handshakes(_ count: Int, ahead: [Int64], isAnswered: Bool = true) -> [UInt8] {
        var frames: [CaptureWriter.Frame] = []
        for number in 0..<count {
            let client = PacketBuilder("10.0.0.1", "10.0.0.2").with { $0.identification = UInt16(number + 1) }
            let sequence = UInt32(number * 1_000)
            let time = Int64(number) * 1_000_000
            let attempt = client.tcp(40_000, 80, flags: .syn, sequence: sequence)
            let answer = client.reversed.tcp(
                80,
                40_000,
                flags: [.syn, .ack],
                sequence: 9,
                acknowledgment: sequence + 1
            )
            let shift = ahead[number % ahead.count]
            // No time is before 1970.
            let (first, second) = (time + max(0, -shift), time + max(0, shift))
            frames.append(.init(at: first, attempt))
            frames.append(.init(at: second + 50_000, attempt, interface: 1))
            guard isAnswered else { continue }
            frames.append(.init(at: second + 60_000, answer, interface: 1))
            frames.append(.init(at: first + 110_000, answer))
        }
        return CaptureWriter.pcapng(RecordedFrames.merged(frames), interfaces: [.init(), .init()])
    }

    @Test func `are left alone where they are centuries apart, one way and the other`() throws {
        let far: Int64 = 7_000_000_000_000_000_000
        #expect(try reports(handshakes(3, ahead: [far, -far])).offsets.isEmpty)
        #expect(try reports(handshakes(3, ahead: [far])).offsets.isEmpty)
    }

    @Test func `are judged by handshakes that both saw in full`() throws {
        let second: Int64 = 1_000_000_000
        func offsets(_ content: [UInt8]) throws -> [Int64] { try reports(content).offsets.map(\.nanoseconds) }
        #expect(try offsets(handshakes(3, ahead: [second])) == [second])
        #expect(try offsets(handshakes(3, ahead: [-second])) == [-second])
        // Less than the frames' way takes: no contradiction.
        #expect(try offsets(handshakes(3, ahead: [20_000])) == [])
        // Too few, one way only, and no constant.
        #expect(try offsets(handshakes(2, ahead: [second])) == [])
        #expect(try offsets(handshakes(9, ahead: [second], isAnswered: false)) == [])
        #expect(try offsets(handshakes(9, ahead: [second, 2 * second, 3 * second])) == [])
    }
}
