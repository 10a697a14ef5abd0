// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Fragments` {
    static let client = PacketBuilder("10.0.0.7", "10.0.0.53").with { $0.identification = 1 }
    static let client6 = PacketBuilder("2001:db8::7", "2001:db8::53")
    static let longAnswer = answer(size: 3_000)

    /// A DNS answer with text records, a UDP datagram with its header.
    static func answer(size: Int) -> [UInt8] {
        var records: [(owner: [UInt8], type: UInt16, data: [UInt8])] = []
        var count = 0
        while count < size {
            let text = (0..<200).map { UInt8(truncatingIfNeeded: 33 + ($0 + count) % 90) }
            records.append((DNSBytes.questionPointer, 16, [200] + text))
            count += 213
        }
        let message = DNSBytes.response(7, "big.example", type: 16, records: records)
        return PacketBuilder.bytes(UInt16(53)) + PacketBuilder.bytes(UInt16(40_000))
            + PacketBuilder.bytes(UInt16(8 + message.count)) + [0, 0] + message
    }

    private func ask(_ script: FrameScript, _ client: PacketBuilder, at time: Double) throws {
        let query = DNSBytes.query(7, "big.example", type: 16, hasOption: true)
        try send(script, client.udp(40_000, 53, payload: query), at: time)
    }

    private func send(
        _ script: FrameScript,
        _ frame: [UInt8],
        link: PacketBuilder.Link = .ethernet,
        at time: Double
    ) throws {
        let headers = try decoded(frame, link: link)
        script.send(headers, payload(of: headers, in: frame), at: time)
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]])
    func `of a DNS answer reach the dissector in any order`(order: [Int]) throws {
        for client in [Self.client, Self.client6] {
            let script = FrameScript()
            try ask(script, client, at: 0)
            let frames = client.reversed.fragments(17, Self.longAnswer, cuts: [1_480, 2_960])
            for (index, place) in order.enumerated() {
                try send(script, frames[place], at: Double(index + 1))
            }
            let reports = script.finish()
            let row = reports.onlyEdge
            #expect(row.metrics.protocols[.dns]?.statuses == ["NOERROR": 1])
            #expect(row.metrics.protocols[.dns]?.latency.sumNanoseconds == 3_000_000)
            #expect(row.metrics.packets == DirectionalCount(sent: 1, received: 3))
            let header = client.source.version == .v4 ? 20 : 48
            #expect(row.metrics.bytes.received == UInt64(Self.longAnswer.count + 3 * header))
            #expect(reports.coverage.losses[.fragments] == nil)
            #expect(reports.coverage.metered == 4 && reports.isBalanced)
        }
    }

    @Test func `that repeat exactly change nothing`() throws {
        let script = FrameScript()
        try ask(script, Self.client, at: 0)
        for (index, frame) in Self.client.reversed.fragments(17, Self.longAnswer, cuts: [1_480, 2_960])
            .enumerated()
        {
            try send(script, frame, at: Double(index) + 1)
            try send(script, frame, at: Double(index) + 1.5)
        }
        let reports = script.finish()
        #expect(reports.onlyEdge.metrics.protocols[.dns]?.statuses == ["NOERROR": 1])
        #expect(reports.onlyEdge.metrics.packets.received == 3)
        #expect(reports.coverage.duplicate == 3)
        #expect(reports.coverage.losses[.fragments] == nil)
        #expect(reports.isBalanced)
    }

    @Test func `that look alike are different packets`() throws {
        let script = FrameScript()
        let frames = Self.client.fragments(
            17,
            Array(repeating: 0, count: 8_000),
            cuts: [1_480, 2_960, 4_440]
        )
        for (index, frame) in frames.enumerated() { try send(script, frame, at: Double(index)) }
        let reports = script.finish()
        #expect(reports.coverage.metered == 4 && reports.coverage.duplicate == 0)
    }

    @Test func `sighted on two interfaces are put together once`() throws {
        let script = FrameScript()
        let veth = Self.client.with {
            $0.link = .cooked2
            $0.interfaceIndex = 9
        }
        let bridge = veth.with { $0.interfaceIndex = 3 }
        let query = DNSBytes.query(7, "big.example", type: 16)
        for builder in [veth, bridge] {
            try send(script, builder.udp(40_000, 53, payload: query), link: .cooked2, at: 0)
        }
        let cuts = [1_480, 2_960]
        let first = bridge.reversed.fragments(17, Self.longAnswer, cuts: cuts)
        let second = veth.reversed.fragments(17, Self.longAnswer, cuts: cuts)
        for index in first.indices {
            try send(script, first[index], link: .cooked2, at: 1 + Double(index) * 0.1)
            try send(script, second[index], link: .cooked2, at: 1.05 + Double(index) * 0.1)
        }
        let reports = script.finish()
        #expect(reports.onlyEdge.metrics.protocols[.dns]?.statuses == ["NOERROR": 1])
        #expect(reports.onlyEdge.metrics.packets == DirectionalCount(sent: 1, received: 3))
        #expect(reports.coverage.duplicate == 4)
        #expect(reports.coverage.losses[.fragments] == nil)
    }

    @Test func `whose last one never comes are counted, and the first one is read alone`() throws {
        let script = FrameScript()
        try ask(script, Self.client, at: 0)
        let frames = Self.client.reversed.fragments(17, Self.longAnswer, cuts: [1_480, 2_960])
        try send(script, frames[0], at: 2)
        try send(script, frames[1], at: 2.1)
        // Something else, after the patience of a query.
        script.udp(30_000, [Leg(client: "10.9.0.1", server: "10.9.0.2", serverPort: 9)], payload: [1])
        let reports = script.finish()
        let row = reports.edges.values.first { $0.key.server.address == Self.client.destination }
        #expect(row?.metrics.protocols[.dns]?.statuses == ["NOERROR": 1])
        #expect(row?.metrics.protocols[.dns]?.latency.sumNanoseconds == 2_000_000)
        #expect(row?.metrics.packets == DirectionalCount(sent: 1, received: 2))
        #expect(reports.coverage.losses[.fragments] == 2)
        #expect(reports.isBalanced)
    }

    @Test func `without a first one are counted, and on no edge`() throws {
        let script = FrameScript()
        let frames = Self.client.fragments(17, Self.longAnswer, cuts: [1_480, 2_960])
        try send(script, frames[1], at: 0)
        try send(script, frames[2], at: 1)
        let reports = script.finish()
        #expect(reports.edges.isEmpty)
        #expect(reports.coverage.metered == 2 && reports.coverage.losses[.fragments] == 2)
        #expect(reports.isBalanced)
    }

    /// RFC 5722: an overlap condemns the datagram, whichever fragment came first.
    @Test(arguments: [1_472, 1_400, 8, 2_952])
    func `that overlap are refused`(start: Int) throws {
        let script = FrameScript()
        try ask(script, Self.client, at: 0)
        let frames = Self.client.reversed.fragments(17, Self.longAnswer, cuts: [1_480, 2_960])
        let forged = Self.client.reversed.with {
            $0.fragmentOffset = start
            $0.hasMoreFragments = true
        }.frame(17, Array(repeating: 0x41, count: 16))
        for (index, frame) in [frames[0], frames[1], forged, frames[2]].enumerated() {
            try send(script, frame, at: Double(index + 1))
        }
        let reports = script.finish()
        #expect(reports.onlyEdge.metrics.protocols[.dns]?.statuses.isEmpty ?? true)
        #expect(reports.onlyEdge.metrics.packets.received == 4)
        #expect(reports.coverage.losses[.fragments] == 4)
        #expect(reports.isBalanced)
    }

    @Test(arguments: [true, false])
    func `of a TCP segment are put in their place in the stream`(isReversed: Bool) throws {
        let script = FrameScript()
        let client = Self.client
        let body = (0..<2_000).map { UInt8(truncatingIfNeeded: 48 + $0 % 10) }
        let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n".utf8) + body
        var sent: UInt16 = 10
        func next(_ builder: PacketBuilder) -> PacketBuilder {
            sent += 1
            return builder.with { $0.identification = sent }
        }
        try send(script, next(client).tcp(40_000, 80, flags: .syn, sequence: 9), at: 0)
        try send(
            script,
            next(client.reversed).tcp(80, 40_000, flags: [.syn, .ack], sequence: 99, acknowledgment: 10),
            at: 1
        )
        try send(
            script,
            next(client).tcp(
                40_000,
                80,
                flags: [.psh, .ack],
                sequence: 10,
                acknowledgment: 100,
                payload: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            ),
            at: 2
        )
        let segment = client.reversed.with { $0.link = .raw }.tcp(
            80,
            40_000,
            flags: [.psh, .fin, .ack],
            sequence: 100,
            acknowledgment: 37,
            payload: response
        )
        let frames = next(client.reversed).fragments(6, Array(segment.dropFirst(20)), cuts: [800, 1_600])
        for (index, frame) in (isReversed ? frames.reversed() : frames).enumerated() {
            try send(script, frame, at: 3 + Double(index))
        }
        let reports = script.finish()
        let row = reports.onlyEdge
        #expect(row.metrics.protocols[.http]?.statuses == ["200": 1])
        #expect(row.metrics.protocols[.http]?.incomplete == 0)
        #expect(row.metrics.protocols[.http]?.latency.sumNanoseconds == 3_000_000)
        #expect(row.metrics.retransmitted == DirectionalCount())
        #expect(row.metrics.outOfOrder == DirectionalCount())
        #expect(row.metrics.packets == DirectionalCount(sent: 2, received: 4))
        #expect(reports.coverage.losses[.reassemblyGaps] == nil)
        #expect(reports.coverage.losses[.fragments] == nil)
        #expect(reports.isBalanced)
    }

    /// 64 MB of first fragments, and a hole in each: bounded by datagrams and by bytes.
    @Test func `that flood are counted and push out the oldest`() throws {
        let script = FrameScript { $0.maximumFlows = 1_000 }
        let count = 1_000
        for index in 0..<count {
            let builder = Self.client.with {
                $0.identification = UInt16(index + 1)
                $0.hasMoreFragments = true
            }
            let datagram =
                PacketBuilder.bytes(UInt16(40_000)) + PacketBuilder.bytes(UInt16(9_999)) + [0, 0, 0, 0]
            let frame = builder.frame(17, datagram + Array(repeating: 1, count: 64_000 - 8))
            try send(script, frame, at: Double(index) * 0.1)
        }
        // The newest is still there.
        let last = Self.client.with {
            $0.identification = UInt16(count)
            $0.fragmentOffset = 64_000
        }
        try send(script, last.frame(17, [1]), at: Double(count) * 0.1)
        let reports = script.finish()
        #expect(reports.coverage.losses[.fragments] == UInt64(count - 1))
        #expect(reports.coverage.metered == UInt64(count + 1))
        #expect(reports.isBalanced)
    }

    /// Lengths that lie, ends that disagree, pieces beyond the longest datagram.
    @Test func `that cannot be right are refused`() throws {
        let builder = Self.client
        let hostile: [(offset: Int, more: Bool, count: Int)] = [
            (65_528, false, 100), (0, true, 0), (800, true, 13), (1_600, false, 8), (2_400, false, 8),
        ]
        for (index, one) in hostile.enumerated() {
            let script = FrameScript()
            try ask(script, builder.reversed.reversed, at: 0)
            let bad = builder.reversed.with {
                $0.fragmentOffset = one.offset
                $0.hasMoreFragments = one.more
            }.frame(17, Array(repeating: 0, count: one.count))
            let frames = builder.reversed.fragments(17, Self.longAnswer, cuts: [1_480, 2_960])
            let isFirst = one.offset == 0
            if isFirst {
                #expect(throws: DecodeError.malformed(layer: .udp, offset: 0)) { try decoded(bad) }
                continue
            }
            for frame in [frames[0], frames[2], bad] { try send(script, frame, at: 1 + Double(index)) }
            let reports = script.finish()
            #expect(reports.coverage.losses[.fragments] == 3, "\(one)")
            #expect(reports.isBalanced)
        }
    }

    @Test(arguments: 1...4)
    func `of any shape come to the same as the datagram`(seed: UInt64) throws {
        var random = SeededGenerator(default: seed)
        for round in 0..<60 {
            let script = FrameScript()
            let client = Bool.random(using: &random) ? Self.client : Self.client6
            let datagram = Self.answer(size: Int.random(in: 200...9_000, using: &random))
            var cuts: Set<Int> = []
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                cuts.insert(8 * Int.random(in: 5..<(datagram.count / 8), using: &random))
            }
            var frames = client.reversed.fragments(17, datagram, cuts: cuts.sorted()).shuffled(using: &random)
            let total = frames.count
            let isLost = total > 1 && Bool.random(using: &random)
            if isLost { frames.removeLast() }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                frames.insert(
                    frames[Int.random(in: 0..<frames.count, using: &random)],
                    at: Int.random(in: 0...frames.count, using: &random)
                )
            }
            try ask(script, client, at: 0)
            for (index, frame) in frames.enumerated() {
                try send(script, frame, at: 1 + Double(index) * 0.01)
            }
            let reports = script.finish()
            let dns = reports.edges.values.compactMap { $0.metrics.protocols[.dns] }.first
            let lost = reports.coverage.losses[.fragments] ?? 0
            if isLost {
                #expect(lost >= UInt64(total - 1), "seed \(seed), round \(round)")
            } else {
                #expect(dns?.statuses == ["NOERROR": 1], "seed \(seed), round \(round)")
                #expect(lost == 0, "seed \(seed), round \(round)")
            }
            #expect(reports.isBalanced)
        }
    }
}
