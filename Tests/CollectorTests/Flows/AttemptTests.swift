// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Connection attempts` {
    let leg = Leg(client: "10.0.0.1", server: "10.0.0.2")

    @Test func `a SYN/ACK establishes, and the times are those of the handshake`() {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: 100)
        script.tcp(1_000, [leg], .syn, sequence: 100)
        script.tcp(1_004, [leg], isFromClient: false, [.syn, .ack], sequence: 900, acknowledgment: 101)
        script.tcp(1_010, [leg], .ack, sequence: 101, acknowledgment: 901)
        let row = script.finish().onlyEdge
        #expect(row.key.orientation == .observed)
        #expect(row.metrics.connections.established == 1)
        #expect(row.metrics.connections.attempted == 1)
        #expect(row.metrics.connections.open == 1)
        #expect(row.metrics.connections.pending == 0)
        #expect(row.metrics.connectTime.sumNanoseconds == 1_004_000_000)
        #expect(row.metrics.initialRtt.sumNanoseconds == 10_000_000)
        #expect(row.metrics.retransmitted == DirectionalCount(sent: 1))
    }

    @Test func `a reset that answers the SYN refuses`() {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: 100)
        script.tcp(1, [leg], isFromClient: false, [.rst, .ack], sequence: 0, acknowledgment: 101)
        let counts = script.finish().onlyEdge.metrics.connections
        #expect(counts.refused == 1)
        #expect(counts.attempted == 1)
        #expect(counts.reset == 0)
        #expect(counts.open == 0)
    }

    @Test func `silence for 3 s after the last SYN is no answer, in the window of the verdict`() {
        let script = FrameScript()
        script.tcp(7_000, [leg], .syn, sequence: 100)
        script.tcp(8_000, [leg], .syn, sequence: 100)
        // Another flow moves time on.
        let other = Leg(client: "10.0.0.3", server: "10.0.0.4")
        script.udp(10_999, [other], payload: [1])
        script.udp(25_000, [other], payload: [2])
        let reports = script.finish()
        let first = reports[0].edges.first { $0.key.transport == .tcp }
        #expect(first?.metrics.connections.pending == 1)
        #expect(first?.metrics.connections.attempted == 0)
        let second = reports[1].edges.first { $0.key.transport == .tcp }
        #expect(second?.metrics.connections.unanswered == 1)
        #expect(second?.metrics.connections.pending == 0)
        #expect(second?.dialled.isEmpty == true)
        #expect(reports[2].edges.allSatisfy { $0.key.transport != .tcp })
    }

    @Test func `what is undecided at the end of input stays pending`() {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: 100)
        script.tcp(2_999, [leg], .syn, sequence: 100)
        script.tcp(5_900, [leg], .syn, sequence: 100)
        let counts = script.finish().onlyEdge.metrics.connections
        #expect(counts.pending == 1)
        #expect(counts.attempted == 0)
    }

    @Test(arguments: [true, false])
    func `an answer after the verdict is late and changes no window`(isReset: Bool) {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: 100)
        script.tcp(
            3_500,
            [leg],
            isFromClient: false,
            isReset ? [.rst, .ack] : [.syn, .ack],
            sequence: 900,
            acknowledgment: 101
        )
        let counts = script.finish().onlyEdge.metrics.connections
        #expect(counts.unanswered == 1)
        #expect(counts.answeredLate == 1)
        #expect(counts.attempted == 1)
        #expect(counts.open == (isReset ? 0 : 1))
    }

    @Test func `an ICMP error that quotes the SYN makes it unreachable`() {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: 100)
        script.send(FrameScript.icmpError(leg, sequence: 100), at: 1)
        let row = script.finish().onlyEdge
        #expect(row.metrics.connections.unreachable == 1)
        #expect(row.metrics.connections.icmpErrors == 0)
        #expect(row.metrics.packets == DirectionalCount(sent: 1))
    }

    @Test func `an ICMP error that quotes an established connection is an error of its own`() {
        let script = FrameScript()
        script.handshake(0, [leg])
        script.send(FrameScript.icmpError(leg, sequence: 101), at: 10)
        script.send(FrameScript.icmpError(leg, sequence: 101), at: 500)
        let counts = script.finish().onlyEdge.metrics.connections
        #expect(counts.icmpErrors == 2)
        #expect(counts.unreachable == 0)
        #expect(counts.established == 1)
    }

    @Test func `a message about the path's packet size fails no attempt`() {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: 100)
        script.send(FrameScript.icmpError(leg, code: 4, sequence: 100), at: 1)
        let counts = script.finish().onlyEdge.metrics.connections
        #expect(counts.unreachable == 0)
        #expect(counts.pending == 1)
        #expect(counts.icmpErrors == 1)
    }

    @Test func `an ICMP error about an unknown flow is metered and changes no edge`() {
        let script = FrameScript()
        script.send(FrameScript.icmpError(leg, sequence: 5), at: 0)
        let reports = script.finish()
        #expect(reports.edges.isEmpty)
        #expect(reports.coverage.metered == 1)
        #expect(reports.isBalanced)
    }

    @Test func `a reset ends an established connection once`() {
        let script = FrameScript()
        script.handshake(0, [leg])
        script.tcp(5, [leg], isFromClient: false, .rst, sequence: 901)
        script.tcp(6, [leg], isFromClient: false, .rst, sequence: 901)
        let counts = script.finish().onlyEdge.metrics.connections
        #expect(counts.reset == 1)
        #expect(counts.open == 0)
        #expect(counts.closed == 0)
    }

    @Test func `FIN both ways closes`() {
        let script = FrameScript()
        script.handshake(0, [leg])
        script.tcp(5, [leg], [.fin, .ack], sequence: 101, acknowledgment: 901)
        script.tcp(6, [leg], isFromClient: false, [.fin, .ack], sequence: 901, acknowledgment: 102)
        script.tcp(7, [leg], .ack, sequence: 102, acknowledgment: 902)
        let row = script.finish().onlyEdge
        #expect(row.metrics.connections.closed == 1)
        #expect(row.metrics.connections.open == 0)
        #expect(row.metrics.retransmitted == DirectionalCount())
    }

    @Test func `the server's first packet does not make it the client`() {
        let script = FrameScript()
        script.tcp(0, [leg], isFromClient: false, [.syn, .ack], sequence: 900, acknowledgment: 101)
        script.tcp(1, [leg], .ack, sequence: 101, acknowledgment: 901)
        let row = script.finish().onlyEdge
        #expect(row.name == "10.0.0.1 -> 10.0.0.2:80")
        #expect(row.key.orientation == .observed)
        #expect(row.metrics.connections.established == 1)
        #expect(row.metrics.packets == DirectionalCount(sent: 1, received: 1))
    }

    @Test(arguments: [UInt32(100), .max], [true, false])
    func `a client that goes on was answered where nobody looked`(initial: UInt32, isLate: Bool) {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: initial)
        let time = isLate ? 3_500.0 : 12
        script.tcp(time, [leg], .ack, sequence: initial &+ 1, acknowledgment: 901)
        script.tcp(time + 1, [leg], .ack, sequence: initial &+ 1, acknowledgment: 901, payload: [1])
        // Another flow moves time on.
        script.udp(20_000, [Leg(client: "10.0.0.3", server: "10.0.0.4")], payload: [1])
        let row = script.finish().edges.values.first { $0.key.transport == .tcp }
        let counts = row?.metrics.connections ?? ConnectionCounts()
        #expect(counts.established == (isLate ? 0 : 1))
        #expect(counts.unanswered == (isLate ? 1 : 0))
        #expect(counts.answeredLate == (isLate ? 1 : 0))
        #expect(counts.open == 1)
        #expect(row?.metrics.initialRtt.sumNanoseconds == (isLate ? 3_500_000_000 : 12_000_000))
        // When it was answered nobody knows.
        #expect(row?.metrics.connectTime.count == 0)
    }

    @Test func `a late segment of an older connection proves no answer`() {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: 100)
        script.tcp(1, [leg], .ack, sequence: 3_000_000_000, acknowledgment: 5, payload: [1])
        script.tcp(2, [leg], .ack, sequence: 100 + 70_000, acknowledgment: 5, payload: [1])
        let counts = script.finish().onlyEdge.metrics.connections
        #expect(counts.established == 0)
        #expect(counts.pending == 1)
    }

    @Test func `a simultaneous open is one attempt of who began`() {
        let script = FrameScript()
        script.tcp(0, [leg], .syn, sequence: .max)
        script.tcp(1, [leg], isFromClient: false, .syn, sequence: 900)
        script.tcp(2, [leg], [.syn, .ack], sequence: .max, acknowledgment: 901)
        script.tcp(3, [leg], isFromClient: false, [.syn, .ack], sequence: 900, acknowledgment: 0)
        script.tcp(4, [leg], .ack, sequence: 0, acknowledgment: 901, payload: [1])
        script.tcp(5, [leg], isFromClient: false, .ack, sequence: 901, acknowledgment: 1, payload: [2])
        let row = script.finish().onlyEdge
        #expect(row.name == "10.0.0.1 -> 10.0.0.2:80")
        #expect(row.metrics.connections.established == 1)
        #expect(row.metrics.connections.attempted == 1)
        #expect(row.metrics.connections.open == 1)
        #expect(row.metrics.connectTime.sumNanoseconds == 3_000_000)
        #expect(script.engine.connectionCount == 1)
    }

    @Test func `a side that has finished may still be sent to`() {
        let script = FrameScript()
        script.handshake(0, [leg])
        script.tcp(5, [leg], [.fin, .ack], sequence: 101, acknowledgment: 901)
        script.tcp(6, [leg], isFromClient: false, .ack, sequence: 901, acknowledgment: 102)
        for index in 0..<3 {
            let sequence = 901 + UInt32(index) * 2
            script.tcp(
                11_000 + Double(index),
                [leg],
                isFromClient: false,
                .ack,
                sequence: sequence,
                acknowledgment: 102,
                payload: [1, 2]
            )
            script.tcp(11_000.5 + Double(index), [leg], .ack, sequence: 102, acknowledgment: sequence + 2)
        }
        script.tcp(21_000, [leg], isFromClient: false, [.fin, .ack], sequence: 907, acknowledgment: 102)
        let reports = script.finish()
        #expect(reports.map { $0.edges.first?.metrics.connections.open } == [1, 1, 0])
        #expect(reports.map { $0.edges.first?.metrics.connections.closed } == [0, 0, 1])
        #expect(reports.edges.values.allSatisfy { $0.metrics.retransmitted == DirectionalCount() })
    }

    // MARK: - Reuse of the four-tuple

    @Test(arguments: ["open", "reset", "closed", "refused", "pending"])
    func `another initial sequence number is another attempt`(first: String) {
        let script = FrameScript()
        switch first {
        case "refused":
            script.tcp(0, [leg], .syn, sequence: 100)
            script.tcp(1, [leg], isFromClient: false, [.rst, .ack], sequence: 0, acknowledgment: 101)
        case "pending":
            script.tcp(0, [leg], .syn, sequence: 100)
        default:
            script.handshake(0, [leg])
        }
        if first == "reset" { script.tcp(5, [leg], .rst, sequence: 101) }
        if first == "closed" {
            script.tcp(5, [leg], [.fin, .ack], sequence: 101, acknowledgment: 901)
            script.tcp(6, [leg], isFromClient: false, [.fin, .ack], sequence: 901, acknowledgment: 102)
        }
        script.handshake(20, [leg], client: 70_000, server: 5)
        let row = script.finish().onlyEdge
        #expect(row.metrics.connections.established == (first == "refused" || first == "pending" ? 1 : 2))
        #expect(row.metrics.connections.refused == (first == "refused" ? 1 : 0))
        #expect(row.metrics.connections.open == 1)
        #expect(row.metrics.connections.pending == 0)
        #expect(row.metrics.retransmitted == DirectionalCount())
        #expect(row.dialledNames == ["10.0.0.2:80": 2])
        #expect(script.engine.connectionCount == 2)
    }

    @Test func `the same initial sequence number is a retransmission, long after too`() {
        let script = FrameScript()
        for time in [0.0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000] {
            script.tcp(time, [leg], .syn, sequence: 100)
        }
        let row = script.finish().onlyEdge
        #expect(row.metrics.connections.unanswered == 1)
        #expect(row.metrics.retransmitted == DirectionalCount(sent: 6))
        #expect(script.engine.connectionCount == 1)
    }

    @Test func `a reused four-tuple is reused on all legs`() {
        let script = FrameScript()
        let legs = [Leg(client: "10.0.0.1", server: "10.96.0.1"), leg.on(2, .outgoing)]
        script.handshake(0, legs)
        script.handshake(50, legs, client: 4_000_000_000, server: 7)
        let row = script.finish().onlyEdge
        #expect(row.name == "10.0.0.1 -> 10.0.0.2:80")
        #expect(row.metrics.connections.established == 2)
        #expect(row.metrics.connections.open == 1)
        #expect(row.metrics.packets == DirectionalCount(sent: 4, received: 2))
        #expect(script.engine.connectionCount == 2)
    }
}
