// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import TestKit
import Testing

@Suite struct `Hostile capture files` {
    static let rounds = 3_000

    static let seeds: [[UInt8]] = {
        let builder = PacketBuilder("10.0.0.1", "10.0.0.2")
        let frames = (0..<5).map {
            CaptureWriter.Frame(at: Int64($0) * 1_000, builder.udp(1, 2, payload: [1, 2]))
        }
        let interface = CaptureWriter.Interface(resolution: 0x8A, offsetSeconds: 5)
        var seeds: [[UInt8]] = []
        for order in CaptureWriter.ByteOrder.allCases {
            seeds += CaptureWriter.PcapKind.allCases.map {
                CaptureWriter.pcap(frames, order: order, kind: $0)
            }
            let section = CaptureWriter.pcapng(frames, order: order)
            seeds.append(section)
            seeds.append(
                section + CaptureWriter.pcapng(frames, interfaces: [interface], order: order)
                    + CaptureWriter.simplePacket(frames[0], order: order)
                    + CaptureWriter.obsoletePacket(frames[1], order: order)
                    + CaptureWriter.block(
                        5,
                        Array(repeating: 0, count: 12) + [5, 0, 8, 0, 1, 1, 1, 1, 1, 1, 1, 1]
                    )
            )
        }
        return seeds + seeds.prefix(2).map { GzipWriter.member($0) }
    }()

    @Test func `never trap, and end with an account`() throws {
        var generator = SeededGenerator(default: 99)
        var delivered = 0
        var refused = 0
        for _ in 0..<Self.rounds {
            guard let seed = Self.seeds.randomElement(using: &generator) else { return }
            let content = generator.mutated(seed)
            let reading = try CaptureReading(content)
            delivered += reading.frames.count
            if reading.error != nil { refused += 1 }
            // All that was handed over came from the file.
            let total = reading.frames.reduce(0) { $0 + $1.bytes.count }
            #expect(total <= content.count, "SVCMAP_TEST_SEED=\(generator.seed)")
            if reading.error?.code == .damaged {
                #expect(reading.damage.damagedRecords > 0, "SVCMAP_TEST_SEED=\(generator.seed)")
            }
        }
        #expect(delivered > Self.rounds)
        #expect(refused > Self.rounds / 20)
    }
}
