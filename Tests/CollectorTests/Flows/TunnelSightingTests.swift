// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// One packet seen bare at a pod and inside a tunnel between nodes.
@Suite struct `Tunnels and sightings` {
    static let pod = PacketBuilder("10.244.0.7", "10.244.1.6", link: .cooked2)
    static let node = PacketBuilder("192.0.2.1", "192.0.2.2", link: .cooked2)

    enum Overlay: CaseIterable {
        case vxlan, geneve, gre, ipInIP

        /// The frame that carries a packet between the nodes.
        func wrap(_ packet: [UInt8], from builder: PacketBuilder) -> [UInt8] {
            let frame = PacketBuilder("::", "::").linked(etherType: 0x0800, packet)
            return switch self {
            case .vxlan: builder.vxlan(frame, port: 8_472)
            case .geneve: builder.geneve(frame)
            case .gre: builder.gre(packet, type: 0x0800)
            case .ipInIP: builder.ipInIP(packet)
            }
        }
    }

    /// Sends a packet past the pod's veth and, one hop further, the node's interface.
    private func send(
        _ script: FrameScript,
        _ overlay: Overlay,
        isRequest: Bool,
        identification: UInt16,
        at time: Double,
        _ build: (PacketBuilder) -> [UInt8]
    ) throws {
        let inner = (isRequest ? Self.pod : Self.pod.reversed).with {
            $0.identification = identification
            $0.interfaceIndex = 9
            $0.packetType = isRequest ? 0 : 4
            $0.timeToLive = isRequest ? 64 : 62
        }
        let outer = (isRequest ? Self.node : Self.node.reversed).with {
            $0.identification = script.newIdentification()
            $0.interfaceIndex = 2
            $0.packetType = isRequest ? 4 : 0
        }
        let carried = build(
            inner.with {
                $0.link = .raw
                $0.timeToLive = 63
            }
        )
        let frames = [build(inner), overlay.wrap(carried, from: outer)]
        for (index, frame) in (isRequest ? frames : frames.reversed()).enumerated() {
            let headers = try decoded(frame, link: .cooked2)
            script.send(headers, payload(of: headers, in: frame), at: time + Double(index) * 0.02)
        }
    }

    @Test(arguments: Overlay.allCases, [true, false])
    func `a call seen bare on a veth and inside a tunnel is one call`(
        overlay: Overlay,
        hasIdentification: Bool
    ) throws {
        let script = FrameScript()
        let request = Array("GET /cart HTTP/1.1\r\nHost: shop\r\n\r\n".utf8)
        let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi".utf8)
        func send(_ isRequest: Bool, at time: Double, _ build: (PacketBuilder) -> [UInt8]) throws {
            let number: UInt16 = hasIdentification ? script.newIdentification() : 0
            try self.send(
                script,
                overlay,
                isRequest: isRequest,
                identification: number,
                at: time,
                build
            )
        }
        try send(true, at: 0) { $0.tcp(40_000, 80, flags: .syn, sequence: 100) }
        try send(false, at: 1) {
            $0.tcp(80, 40_000, flags: [.syn, .ack], sequence: 900, acknowledgment: 101)
        }
        try send(true, at: 2) { $0.tcp(40_000, 80, sequence: 101, acknowledgment: 901) }
        try send(true, at: 3) {
            $0.tcp(40_000, 80, flags: [.psh, .ack], sequence: 101, acknowledgment: 901, payload: request)
        }
        try send(false, at: 5) {
            $0.tcp(
                80,
                40_000,
                flags: [.psh, .ack],
                sequence: 901,
                acknowledgment: 101 + UInt32(request.count),
                payload: response
            )
        }
        let reports = script.finish()
        let row = reports.onlyEdge
        #expect(row.name == "10.244.0.7 -> 10.244.1.6:80")
        #expect(row.metrics.packets == DirectionalCount(sent: 3, received: 2))
        let sent = UInt64(3 * 40 + request.count)
        #expect(row.metrics.bytes == DirectionalCount(sent: sent, received: UInt64(80 + response.count)))
        #expect(row.metrics.connections.attempted == 1 && row.metrics.connections.established == 1)
        #expect(row.metrics.retransmitted == DirectionalCount())
        #expect(row.metrics.protocols[.http]?.statuses == ["200": 1])
        // At the veth: 5 ms after 3 ms, and the 20 µs that the response came later there.
        #expect(row.metrics.protocols[.http]?.latency.sumNanoseconds == 2_020_000)
        #expect(reports.coverage.metered == 5 && reports.coverage.duplicate == 5)
        #expect(reports.isBalanced)
        #expect(script.engine.connectionCount == 1)
    }

    @Test(arguments: [UInt16(0), 4_711])
    func `a packet inside and outside a tunnel on one interface is one packet`(identification: UInt16) throws
    {
        let script = FrameScript()
        let pod = Self.pod.with {
            $0.link = .ethernet
            $0.identification = identification
        }
        let node = Self.node.with { $0.link = .ethernet }
        let bare = pod.tcp(40_000, 80, flags: .syn, sequence: 7)
        let frames = [bare, node.gre(Array(bare.dropFirst(14)), type: 0x0800)]
        for (index, frame) in frames.enumerated() {
            script.send(try decoded(frame), at: Double(index))
        }
        let reports = script.finish()
        #expect(reports.onlyEdge.metrics.packets == DirectionalCount(sent: 1))
        #expect(reports.coverage.duplicate == 1)
    }

    @Test func `a tunnel says nothing of where its senders are`() throws {
        let script = FrameScript()
        let packet = Self.pod.reversed.with { $0.link = .raw }.tcp(80, 40_000, flags: .syn)
        let frame = Overlay.vxlan.wrap(packet, from: Self.node.reversed)
        script.send(try decoded(frame, link: .cooked2), at: 0)
        #expect(script.finish().allSatisfy { $0.localAddresses.isEmpty })
    }

    @Test func `a tunnel that is not opened is an edge between nodes`() throws {
        let script = FrameScript()
        // WireGuard transport data: encrypted, so it stays what it is.
        let frame = Self.node.udp(51_820, 51_820, payload: [4, 0, 0, 0] + Array(repeating: 0x5A, count: 92))
        script.send(try decoded(frame, link: .cooked2), at: 0)
        let row = script.finish().onlyEdge
        #expect(row.name == "192.0.2.1 -> 192.0.2.2:51820")
        #expect(row.metrics.protocols.isEmpty)
    }
}
