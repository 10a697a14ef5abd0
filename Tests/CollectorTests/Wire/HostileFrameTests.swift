// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Hostile frames` {
    static let rounds = 40_000

    static let seeds: [(frame: [UInt8], link: PacketBuilder.Link)] = {
        var seeds: [(frame: [UInt8], link: PacketBuilder.Link)] = []
        let timestamps: [UInt8] = [8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 1]
        for link in PacketBuilder.Link.allCases {
            for addresses in [("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")] {
                let builder = PacketBuilder(addresses.0, addresses.1, link: link)
                let isV6 = builder.source.version == .v6
                let segment = builder.with { $0.link = .raw }.tcp(1, 2, flags: .syn, options: timestamps)
                let rich = builder.with {
                    $0.vlans = [1, 2]
                    $0.ipOptions = [0x94, 4, 0, 0]
                    $0.extensionHeaders = [
                        (0, [0, 0, 0xC2, 4, 0, 1, 0x11, 0x70]), (44, [0, 0, 0, 1, 0, 0, 0, 9]),
                        (51, [0, 4] + Array(repeating: 0, count: 22)),
                    ]
                }
                seeds += [
                    builder.tcp(1, 2, options: timestamps, payload: [1, 2, 3]),
                    rich.udp(53, 53, payload: [1]),
                    builder.sctp(1, 2), builder.echo(payload: [1, 2]), rich.tcp(1, 2, options: timestamps),
                    builder.icmpError(type: isV6 ? 1 : 3, code: 1, quoting: segment, quotedLength: 80),
                    builder.linked(etherType: 0x8847, [0, 1, 0, 64, 0, 2, 1, 64] + segment),
                    builder.linked(etherType: 0x8864, [0x11, 0, 0, 1, 0, 30, 0, 0x21] + segment),
                ].map { ($0, link) }
            }
        }
        return seeds
    }()

    @Test func `never trap, and what is read lies inside the frame`() {
        var generator = SeededGenerator(default: 20_231_114)
        var sound = 0
        for _ in 0..<Self.rounds {
            guard let seed = Self.seeds.randomElement(using: &generator) else { return }
            let frame = generator.mutated(seed.frame)
            guard let headers = try? decoded(frame, link: seed.link) else { continue }
            sound += 1
            let isInside =
                headers.payloadOffset >= 0 && headers.capturedPayloadLength >= 0
                && headers.payloadOffset + headers.capturedPayloadLength <= frame.count
                && headers.capturedPayloadLength <= headers.payloadLength
                && headers.payloadLength <= headers.datagramLength
            #expect(isInside, "SVCMAP_TEST_SEED=\(generator.seed): \(frame)")
        }
        // A mutator that only makes rubbish, or none, would prove nothing.
        #expect((Self.rounds / 10..<Self.rounds).contains(sound))
    }

    @Test func `of nothing but noise never trap`() {
        var generator = SeededGenerator(default: 7)
        var metered = 0
        for _ in 0..<Self.rounds {
            let length = Int.random(in: 0..<90, using: &generator)
            let frame = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for link in PacketBuilder.Link.allCases where (try? decoded(frame, link: link)) != nil {
                metered += 1
            }
        }
        #expect(metered < Self.rounds)
    }
}
