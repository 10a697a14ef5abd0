// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// The engine against a model that knows which packet each frame is of.
@Suite struct `Counting once` {
    /// One conversation with the legs its packets pass.
    private struct Conversation {
        var legs: [Leg]
        var actual: String
        var sent: UInt64 = 0
        var received: UInt64 = 0
        var sentBytes: UInt64 = 0
        var receivedBytes: UInt64 = 0
        var clientSequence: UInt32
        var serverSequence: UInt32
        var isOpen = false
    }

    /// One frame to come: a packet at a leg.
    private struct Frame {
        var headers: PacketHeaders
        var payload: [UInt8]
        var time: Double
    }

    private func conversations(_ count: Int, _ random: inout SeededGenerator) -> [Conversation] {
        (0..<count).map { index in
            let port = UInt16(20_000 + index)
            let client = "10.244.0.\(index % 200 + 2)"
            let server = "10.245.0.\(index % 200 + 2)"
            let direct = Leg(interface: 1, client: client, clientPort: port, server: server)
            let translated = Leg(
                interface: 1,
                client: client,
                clientPort: port,
                server: "10.96.0.\(index % 200 + 2)"
            )
            let masqueraded = Leg(interface: 2, client: "10.244.0.1", clientPort: port, server: server)
            let legs: [Leg] =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: [direct]
                case 1: [direct, direct.on(2), direct.on(3, .outgoing)]
                case 2: [translated, direct.on(2), direct.on(3)]
                default: [translated, masqueraded, masqueraded.on(3, .outgoing)]
                }
            return Conversation(
                legs: legs,
                actual: server,
                clientSequence: UInt32.random(in: .min ... .max, using: &random),
                serverSequence: UInt32.random(in: .min ... .max, using: &random)
            )
        }
    }

    @Test(arguments: 1...12)
    func `every packet is on its edge once, whatever sightings come between`(seed: UInt64) {
        var random = SeededGenerator(default: seed)
        let script = FrameScript()
        var model = conversations(40, &random)
        var frames: [Frame] = []
        var packets: UInt64 = 0
        func packet(_ index: Int, at time: Double, isFromClient: Bool, _ flags: TCPFlags, _ payload: [UInt8])
        {
            let legs = isFromClient ? model[index].legs : model[index].legs.reversed()
            let identification = script.newIdentification()
            for (hop, leg) in legs.enumerated() {
                var headers = FrameScript.headers(leg, isFromClient: isFromClient, .tcp, payload: payload)
                headers.identification = identification
                headers.tcpFlags = flags
                headers.sequence = isFromClient ? model[index].clientSequence : model[index].serverSequence
                headers.acknowledgment =
                    flags.contains(.ack)
                    ? (isFromClient ? model[index].serverSequence : model[index].clientSequence) : 0
                frames.append(Frame(headers: headers, payload: payload, time: time + Double(hop) * 0.4))
            }
            packets += 1
            let length = UInt32(payload.count) + (flags.contains(.syn) ? 1 : 0)
            if isFromClient {
                model[index].sent += 1
                model[index].sentBytes += UInt64(payload.count + 40)
                model[index].clientSequence &+= length
            } else {
                model[index].received += 1
                model[index].receivedBytes += UInt64(payload.count + 40)
                model[index].serverSequence &+= length
            }
        }
        var time = 0.0
        for _ in 0..<600 {
            time += Double.random(in: 0.1...40, using: &random)
            let index = Int.random(in: 0..<model.count, using: &random)
            guard model[index].isOpen else {
                model[index].isOpen = true
                packet(index, at: time, isFromClient: true, .syn, [])
                packet(index, at: time + 3, isFromClient: false, [.syn, .ack], [])
                continue
            }
            let payload = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            packet(index, at: time + 4, isFromClient: Bool.random(using: &random), .ack, payload)
        }
        frames.sort { $0.time < $1.time }
        for frame in frames { script.send(frame.headers, frame.payload, at: frame.time) }
        let reports = script.finish()

        #expect(reports.isBalanced)
        #expect(reports.coverage.frames == UInt64(frames.count))
        #expect(reports.coverage.metered == packets)
        let live = model.filter { $0.isOpen }
        #expect(script.engine.connectionCount == UInt64(live.count))
        let edges = reports.edges
        #expect(edges.count == live.count)
        for conversation in live {
            let name = "\(conversation.legs[0].client) -> \(conversation.actual):80"
            guard let row = edges.values.first(where: { $0.name == name }) else {
                Issue.record("\(name) is missing")
                continue
            }
            #expect(
                row.metrics.packets
                    == DirectionalCount(sent: conversation.sent, received: conversation.received)
            )
            #expect(
                row.metrics.bytes
                    == DirectionalCount(sent: conversation.sentBytes, received: conversation.receivedBytes)
            )
            #expect(row.metrics.connections.established == 1)
            #expect(row.metrics.retransmitted == DirectionalCount())
            #expect(row.dialledNames.keys.sorted() == ["\(conversation.legs[0].server):80"])
        }
        // Windows follow one another, and their sums are the whole.
        let starts = reports.map(\.window.start)
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 == Window.baseNanoseconds })
        for report in reports {
            #expect(report.edges.map(\.key) == report.edges.map(\.key).sorted())
        }
    }

    /// Nothing that comes from a packet may trap, loop or unbalance the books.
    @Test(arguments: 1...8)
    func `random headers at random times are all accounted for`(seed: UInt64) {
        var random = SeededGenerator(default: seed &+ 100)
        let script = FrameScript {
            $0.maximumFlows = 64
            $0.maximumEdges = 16
            $0.maximumOneWayEdges = 16
            $0.maximumFoldedEdges = 16
            $0.maximumNames = 4
            $0.maximumLocalAddresses = 4
        }
        var time = 0.0
        let count = 4_000
        for _ in 0..<count {
            switch Int.random(in: 0..<200, using: &random) {
            case 0: time += Double.random(in: -5e12...5e12, using: &random)
            case 1...4: time += Double.random(in: -20_000...20_000, using: &random)
            default: time += Double.random(in: 0...30, using: &random)
            }
            var headers = PacketHeaders()
            headers.interfaceIndex = UInt32.random(in: 0..<4, using: &random)
            headers.packetType =
                [.incoming, .outgoing, .unknown, .otherHost].randomElement(using: &random) ?? .unknown
            headers.source = IPAddress(v4: UInt32.random(in: 1...5, using: &random))
            headers.destination = IPAddress(v4: UInt32.random(in: 1...5, using: &random))
            headers.sourcePort = UInt16.random(in: 1...4, using: &random)
            headers.destinationPort = [53, 80].randomElement(using: &random) ?? 80
            headers.transport = [.tcp, .tcp, .tcp, .udp, .icmp, .sctp].randomElement(using: &random) ?? .tcp
            headers.identification = UInt16.random(in: 0...3, using: &random)
            headers.timeToLive = UInt8.random(in: 0...255, using: &random)
            headers.tcpFlags = TCPFlags(rawValue: UInt8.random(in: 0...31, using: &random))
            headers.sequence = [0, 1, 100, .max].randomElement(using: &random) ?? 0
            headers.acknowledgment = [0, 2, 101].randomElement(using: &random) ?? 0
            headers.sourceMAC = UInt64.random(in: 0...2, using: &random)
            headers.destinationMAC = UInt64.random(in: 0...2, using: &random)
            headers.datagramLength = Int.random(in: -1...70_000, using: &random)
            headers.payloadLength = Int.random(in: 0...2_000, using: &random)
            headers.hasQuote = Int.random(in: 0..<20, using: &random) == 0
            headers.isLaterFragment = Int.random(in: 0..<20, using: &random) == 0
            headers.isFragment = headers.isLaterFragment
            headers.icmpType = UInt8.random(in: 0...12, using: &random)
            headers.quotedSource = headers.destination
            headers.quotedDestination = headers.source
            headers.quotedSourcePort = UInt16.random(in: 1...4, using: &random)
            headers.quotedDestinationPort = 80
            headers.quotedSequence = 100
            let payload = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            headers.capturedPayloadLength = payload.count
            script.send(headers, payload, at: time)
        }
        let reports = script.finish()
        #expect(reports.isBalanced)
        #expect(reports.coverage.frames == UInt64(count))
        var identities: Set<[Int64]> = []
        for report in reports {
            let identity = [report.window.start.nanoseconds, Int64(clamping: report.sequence)]
            #expect(identities.insert(identity).inserted, "a report was made twice")
            #expect(report.edges.count <= 4 * 16 + 64)
            #expect(report.names.count <= 4)
            for row in report.edges {
                let counts = row.metrics.connections
                let verdicts = counts.established + counts.refused + counts.unanswered + counts.unreachable
                #expect(counts.attempted == verdicts)
                #expect(row.key.orientation == .undecided || row.key.originatorPort == 0)
            }
        }
    }
}
