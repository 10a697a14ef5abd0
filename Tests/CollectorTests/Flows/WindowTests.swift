// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Windows` {
    let leg = Leg(client: "10.0.0.1", server: "10.0.0.2")

    private func seconds(_ window: Window) -> [Double] {
        [window.start, window.end].map { Double($0 - FrameScript.start) / 1_000_000_000 }
    }

    @Test func `packets belong to the window of the packet, silent windows are reported`() {
        let script = FrameScript()
        script.udp(2_000, [leg], payload: [1])
        script.udp(9_999.9, [leg], payload: [2])
        script.udp(10_000, [leg], payload: [3])
        script.udp(45_000, [leg], payload: [4])
        let reports = script.finish()
        #expect(reports.map { $0.edges.first?.metrics.packets.sent ?? 0 } == [2, 1, 0, 0, 1])
        #expect(reports.map { $0.sequence } == [0, 0, 0, 0, 0])
        #expect(reports.map { seconds($0.window)[0] } == [0, 10, 20, 30, 40])
        #expect(seconds(reports[0].observed) == [2, 10])
        #expect(seconds(reports[2].observed) == [20, 30])
        #expect(reports[4].observed.end == FrameScript.instant(45_000) + 1)
        #expect(reports.isBalanced)
    }

    @Test func `a window is reported a second after its end`() {
        let script = FrameScript()
        script.udp(0, [leg], payload: [1])
        script.udp(10_999, [leg], payload: [2])
        #expect(script.reports.isEmpty)
        script.udp(11_000, [leg], payload: [3])
        #expect(script.reports.count == 1)
    }

    @Test func `late frames make a further report of their window that was not watched`() {
        let script = FrameScript()
        script.udp(5_000, [leg], payload: [1])
        script.udp(12_000, [leg], payload: [2])
        script.udp(6_000, [leg], payload: [3])
        script.udp(7_000, [leg], payload: [4])
        let reports = script.finish()
        let first = reports.filter { $0.window.start == FrameScript.start }
        #expect(first.map(\.sequence) == [0, 1])
        #expect(first.last?.observed.start == first.last?.observed.end)
        #expect(first.last?.edges.first?.metrics.packets.sent == 2)
        #expect(first.last?.coverage.losses[.clockSteps] == 2)
        #expect(reports.coverage.frames == 4)
        #expect(reports.isBalanced)
    }

    @Test func `late traffic does not repeat gauges`() {
        let script = FrameScript()
        script.handshake(1_000, [leg])
        script.tcp(12_000, [leg], .ack, sequence: 101, acknowledgment: 901, payload: [1])
        script.tcp(6_000, [leg], .ack, sequence: 102, acknowledgment: 901, payload: [1])
        let late = script.finish().filter { $0.sequence == 1 }
        #expect(late.count == 1)
        #expect(late.first?.edges.first?.metrics.connections.open == 0)
        #expect(late.first?.edges.first?.metrics.packets.sent == 1)
    }

    @Test(arguments: [1, -1])
    func `a jump of the clock by years makes no reports between`(sign: Double) {
        let script = FrameScript()
        script.handshake(0, [leg])
        script.udp(100_000_000_000 * sign, [leg], payload: [1])
        script.udp(100_000_000_000 * sign + 1, [leg], payload: [2])
        script.udp(500, [leg], payload: [3])
        let reports = script.finish()
        #expect(reports.count == 3)
        #expect(reports.coverage.losses[.clockSteps] == 2)
        #expect(reports.coverage.frames == 6)
        #expect(reports.isBalanced)
        // The second report of the first window.
        #expect(reports.last?.sequence == 1)
    }

    @Test func `a connection is in every window until it ends`() {
        let script = FrameScript()
        script.handshake(1_000, [leg])
        script.tcp(34_000, [leg], .rst, sequence: 101)
        let reports = script.finish()
        #expect(reports.map { $0.edges.first?.metrics.connections.open ?? 9 } == [1, 1, 1, 0])
        #expect(reports.map { $0.edges.first?.metrics.connections.reset ?? 9 } == [0, 0, 0, 1])
        #expect(reports.map { $0.edges.first?.dialled.count ?? 9 } == [1, 0, 0, 1])
    }

    @Test func `gauges are those of the window's end, not of the time of its report`() {
        let script = FrameScript()
        script.handshake(9_000, [leg])
        // Ends between the window's end and its report.
        script.tcp(10_500, [leg], .rst, sequence: 101)
        let pending = Leg(client: "10.0.0.3", server: "10.0.0.4")
        script.tcp(10_600, [pending], .syn, sequence: 5)
        script.udp(30_000, [leg], payload: [1])
        let reports = script.finish()
        #expect(reports[0].edges.map { $0.metrics.connections.open } == [1])
        #expect(reports[1].edges.allSatisfy { $0.metrics.connections.open == 0 })
        #expect(reports[1].edges.map { $0.metrics.connections.unanswered }.sorted() == [0, 1])
    }

    @Test func `requests in flight are a gauge, and answered ones belong to the window of their end`() {
        let script = FrameScript()
        script.handshake(1_000, [leg])
        let request = Array("GET /a HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)
        script.tcp(2_000, [leg], [.psh, .ack], sequence: 101, acknowledgment: 901, payload: request)
        let next = 101 + UInt32(request.count)
        script.tcp(
            25_000,
            [leg],
            isFromClient: false,
            [.psh, .ack],
            sequence: 901,
            acknowledgment: next,
            payload: response
        )
        script.tcp(
            26_000,
            [leg],
            [.psh, .ack],
            sequence: next,
            acknowledgment: 901 + UInt32(response.count),
            payload: request
        )
        let reports = script.finish()
        let http = reports.map { $0.edges.first?.metrics.protocols[.http] ?? ProtocolMetrics() }
        #expect(http.map(\.started) == [1, 0, 1])
        #expect(http.map(\.requests) == [0, 0, 1])
        #expect(http.map(\.inFlight) == [1, 1, 1])
        #expect(http[2].latency.sumNanoseconds == 23_000_000_000)
        #expect(http[2].statuses == ["200": 1])
        #expect(http.map(\.recognized) == [1, 0, 0])
        let samples = reports.map { $0.edges.first?.samples.sorted ?? [] }
        #expect(samples.map(\.count) == [0, 0, 1])
        #expect(samples[2].first?.at == FrameScript.instant(2_000))
        #expect(samples[2].first?.responseEnd == 23_000_000_000)
        #expect(samples[2].first?.operation == "GET /a" && samples[2].first?.status == "200")
    }

    @Test func `a lookup without an answer ends when patience does`() {
        let script = FrameScript()
        let lookup = Leg(client: "10.0.0.1", server: "10.0.0.53", serverPort: 53)
        // A query for the address of "a.example".
        let query: [UInt8] = [
            0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 97, 7, 101, 120, 97, 109, 112, 108, 101, 0, 0, 1, 0, 1,
        ]
        script.udp(7_000, [lookup], payload: query)
        script.udp(33_000, [leg], payload: [1])
        let dns = script.finish().map { report in
            report.edges.first { $0.key.port == 53 }?.metrics.protocols[.dns] ?? ProtocolMetrics()
        }
        #expect(dns.map(\.inFlight) == [1, 0, 0, 0])
        #expect(dns.map { $0.outcomes.timedOut } == [0, 1, 0, 0])
        #expect(dns.map(\.recognized) == [1, 0, 0, 0])
    }

    // MARK: - Losses and limits

    @Test func `losses of the source are in the window of the frames around them`() {
        let script = FrameScript()
        script.engine.account(.damagedRecords, count: 2)
        script.udp(0, [leg], payload: [1])
        script.engine.account(.kernelDropped, count: 7)
        script.udp(10_500, [leg], payload: [2])
        script.engine.account(.kernelDropped, count: 1)
        let reports = script.finish()
        #expect(reports[0].coverage.losses[.damagedRecords] == 2)
        #expect(reports[0].coverage.losses[.kernelDropped] == 7)
        #expect(reports[1].coverage.losses[.kernelDropped] == 1)
    }

    @Test func `frames that cannot be read are counted by cause`() {
        let script = FrameScript()
        let builder = PacketBuilder("10.0.0.1", "10.0.0.2")
        let whole = builder.udp(1, 2, payload: [1, 2, 3, 4])
        let frames: [(bytes: [UInt8], link: UInt32)] = [
            (whole, 1), (Array(whole.prefix(20)), 1), (whole, 147), (Array(whole.prefix(whole.count - 2)), 1),
        ]
        for (index, frame) in frames.enumerated() {
            script.engine.account(
                CapturedFrame(
                    timestamp: FrameScript.instant(Double(index) * 200),
                    interfaceNumber: 0,
                    linkType: frame.link,
                    wireLength: whole.count,
                    bytes: unsafe frame.bytes.span.bytes
                )
            )
        }
        let coverage = script.finish().coverage
        #expect(coverage.frames == 4)
        #expect(coverage.metered == 2)
        #expect(coverage.undecodable == ["truncated ipv4": 1, "link 147": 1])
        #expect(coverage.losses[.truncatedFrames] == 2)
        #expect(coverage.isBalanced)
    }

    @Test func `link types that are not read have a name, and a limit`() {
        let script = FrameScript()
        let bytes = [UInt8](repeating: 0, count: 64)
        // 105 is LINKTYPE_IEEE802_11; from 10,000 on there is none.
        for link in [105] + (0..<100).map({ 10_000 + $0 }) as [UInt32] {
            script.engine.account(
                CapturedFrame(
                    timestamp: FrameScript.start,
                    interfaceNumber: 0,
                    linkType: link,
                    wireLength: bytes.count,
                    bytes: unsafe bytes.span.bytes
                )
            )
        }
        let coverage = script.finish().coverage
        #expect(coverage.undecodable["link 105 (IEEE 802.11)"] == 1)
        #expect(coverage.undecodable.count == 65 && coverage.undecodable["other"] == 37)
        #expect(coverage.isBalanced)
    }

    @Test func `a full table pushes out the idlest, and says so`() {
        let script = FrameScript { $0.maximumFlows = 4 }
        for index in 0..<10 {
            script.udp(
                Double(index),
                [Leg(client: "10.0.0.1", clientPort: UInt16(1_000 + index), server: "10.0.0.2")],
                payload: [1]
            )
        }
        let reports = script.finish()
        #expect(reports.coverage.losses[.evictedFlows] == 6)
        #expect(reports.edges.count == 10)
        #expect(reports.coverage.losses[.oneSidedFlows] == 10)
    }

    @Test func `edges beyond the limit are folded, and packets are still counted`() {
        let script = FrameScript { $0.maximumEdges = 3 }
        for index in 0..<10 {
            script.handshake(Double(index) * 10, [Leg(client: "10.0.0.\(index)", server: "10.0.1.2")])
        }
        let reports = script.finish()
        #expect(reports.edges.count == 4)
        #expect(reports.coverage.losses[.foldedEndpoints] == 7)
        #expect(reports.edges.values.reduce(0) { $0 + $1.metrics.packets.sent } == 20)
        #expect(reports.edges.values.reduce(0) { $0 + $1.metrics.connections.established } == 10)
    }

    @Test func `fragments count on the edge of the first, and as what was not reassembled`() {
        let script = FrameScript()
        var first = FrameScript.headers(leg, isFromClient: true, .udp, payload: [1])
        first.identification = 9
        first.isFragment = true
        first.datagramLength = 1_500
        var second = first
        second.isLaterFragment = true
        second.sourcePort = 0
        second.destinationPort = 0
        second.datagramLength = 700
        script.send(first, [1], at: 0)
        script.send(second, [2], at: 0.1)
        let reports = script.finish()
        #expect(reports.onlyEdge.metrics.bytes == DirectionalCount(sent: 2_200))
        #expect(reports.coverage.losses[.fragments] == 2)
        #expect(reports.isBalanced)
    }

    @Test func `loopback and link-local addresses are only the reporter's`() {
        let script = FrameScript()
        script.udp(0, [Leg(client: "127.0.0.1", server: "127.0.0.1", serverPort: 53)], payload: [1])
        script.udp(1, [Leg(client: "fe80::1", server: "10.0.0.1")], payload: [2])
        let scopes = Set(script.finish().edges.keys.map { [$0.client.scope, $0.server.scope] })
        #expect(scopes == [["reporter", "reporter"], ["reporter", "default"]])
    }

    @Test func `an echo has a client, and no port`() {
        let script = FrameScript()
        var request = FrameScript.headers(leg, isFromClient: true, .icmp, payload: [1])
        request.sourcePort = 0
        request.destinationPort = 0
        request.icmpType = 8
        request.identification = 1
        var reply = FrameScript.headers(leg, isFromClient: false, .icmp, payload: [1])
        reply.sourcePort = 0
        reply.destinationPort = 0
        reply.identification = 1
        script.send(reply, [1], at: 0)
        script.send(request, [1], at: 5)
        let row = script.finish().onlyEdge
        #expect(row.name == "10.0.0.1 -> 10.0.0.2:0")
        #expect(row.key.orientation == .dissected)
        #expect(row.metrics.packets == DirectionalCount(sent: 1, received: 1))
    }
}
