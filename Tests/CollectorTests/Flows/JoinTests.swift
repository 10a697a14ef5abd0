// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Legs of one connection` {
    /// A pod calls a ClusterIP: its veth, then the server's veth and the bridge behind translation.
    let clusterIP = [
        Leg(interface: 9, client: "10.244.0.7", server: "10.96.0.80"),
        Leg(interface: 8, client: "10.244.0.7", server: "10.244.0.6", packetType: .outgoing, timeToLive: 63),
        Leg(interface: 3, client: "10.244.0.7", server: "10.244.0.6", timeToLive: 63),
    ]
    /// A client outside dials a node port: masqueraded behind it, so both addresses change.
    let nodePort = [
        Leg(
            interface: 2,
            client: "172.31.250.1",
            clientPort: 50_000,
            server: "172.31.250.10",
            serverPort: 30_080
        ),
        Leg(
            interface: 3,
            client: "10.244.0.1",
            clientPort: 61_234,
            server: "10.244.0.6",
            packetType: .outgoing,
            timeToLive: 63
        ),
        Leg(
            interface: 8,
            client: "10.244.0.1",
            clientPort: 61_234,
            server: "10.244.0.6",
            packetType: .outgoing,
            timeToLive: 63
        ),
    ]

    @Test func `a call to a ClusterIP is one call to the pod that answers`() {
        let script = FrameScript()
        script.handshake(0, clusterIP, answerLegs: [clusterIP[1], clusterIP[0], clusterIP[2]])
        let reports = script.finish()
        let row = reports.onlyEdge
        #expect(row.name == "10.244.0.7 -> 10.244.0.6:80")
        #expect(row.dialledNames == ["10.96.0.80:80": 1])
        #expect(row.metrics.packets == DirectionalCount(sent: 2, received: 1))
        #expect(row.metrics.bytes == DirectionalCount(sent: 80, received: 40))
        #expect(row.metrics.connections.established == 1)
        #expect(reports.coverage.metered == 3)
        #expect(reports.coverage.translated + reports.coverage.duplicate == 6)
        #expect(reports.coverage.losses[.oneSidedFlows] == nil)
        #expect(reports.isBalanced)
    }

    @Test func `times are those of the client's leg`() {
        let script = FrameScript()
        script.tcp(0, [clusterIP[0]], .syn, sequence: 1, identification: 5)
        script.tcp(4, [clusterIP[1]], .syn, sequence: 1, identification: 5)
        script.tcp(
            5,
            [clusterIP[1]],
            isFromClient: false,
            [.syn, .ack],
            sequence: 9,
            acknowledgment: 2,
            identification: 0
        )
        script.tcp(
            8,
            [clusterIP[0]],
            isFromClient: false,
            [.syn, .ack],
            sequence: 9,
            acknowledgment: 2,
            identification: 0
        )
        #expect(script.finish().onlyEdge.metrics.connectTime.sumNanoseconds == 8_000_000)
    }

    @Test func `where the client's leg is one-sided the nearest that sees both is the vantage`() {
        let script = FrameScript()
        script.tcp(0, clusterIP, .syn, sequence: 1)
        script.tcp(
            5,
            [clusterIP[1], clusterIP[2]],
            isFromClient: false,
            [.syn, .ack],
            sequence: 9,
            acknowledgment: 2
        )
        script.tcp(6, clusterIP, .ack, sequence: 2, acknowledgment: 10)
        let row = script.finish().onlyEdge
        #expect(row.metrics.connections.established == 1)
        // From the second sighting of the SYN, 10 µs after the first, to the SYN/ACK there.
        #expect(row.metrics.connectTime.sumNanoseconds == 4_990_000)
    }

    @Test func `a node port behind a masquerade is not mixed with the kubelet's probes`() {
        let script = FrameScript()
        let probe = Leg(
            interface: 3,
            client: "10.244.0.1",
            clientPort: 39_000,
            server: "10.244.0.6",
            packetType: .outgoing
        )
        script.handshake(0, nodePort)
        script.handshake(20, [probe, probe.on(8, .outgoing)], client: 4_000)
        let reports = script.finish()
        let names = reports.edges.values.map(\.name).sorted()
        #expect(names == ["10.244.0.1 -> 10.244.0.6:80", "172.31.250.1 -> 10.244.0.6:80"])
        let outside = reports.edges.values.first { $0.name.hasPrefix("172") }
        #expect(outside?.dialledNames == ["172.31.250.10:30080": 1])
        #expect(reports.isBalanced)
    }

    @Test func `a connection that began before the capture is joined by two sightings`() {
        let script = FrameScript()
        for index in 0..<4 {
            let sequence = UInt32(100 + index * 10)
            script.tcp(
                Double(index) * 5,
                nodePort,
                .ack,
                sequence: sequence,
                acknowledgment: 7,
                payload: Array(repeating: 1, count: 10)
            )
            script.tcp(
                Double(index) * 5 + 1,
                nodePort.reversed(),
                isFromClient: false,
                .ack,
                sequence: 7,
                acknowledgment: sequence + 10
            )
        }
        let row = script.finish().onlyEdge
        #expect(row.name == "172.31.250.1 -> 10.244.0.6:80")
        #expect(row.key.orientation == .undecided)
        #expect(row.key.originatorPort == 50_000)
        #expect(row.metrics.packets == DirectionalCount(sent: 4, received: 4))
        #expect(row.metrics.retransmitted == DirectionalCount())
        #expect(script.engine.connectionCount == 1)
    }

    @Test func `an initial sequence number alone joins nothing`() {
        let script = FrameScript()
        script.tcp(0, [clusterIP[0]], .syn, sequence: 77)
        script.tcp(1, [Leg(interface: 8, client: "10.244.0.9", server: "10.244.0.6")], .syn, sequence: 77)
        let reports = script.finish()
        #expect(reports.edges.count == 2)
        #expect(reports.coverage.metered == 2)
    }

    @Test func `one shared sighting that is no SYN joins nothing and makes no second edge`() {
        let script = FrameScript()
        script.tcp(0, nodePort, .ack, sequence: 77, acknowledgment: 5)
        let row = script.finish().onlyEdge
        #expect(row.name == "172.31.250.1 -> 172.31.250.10:30080")
        #expect(row.metrics.packets == DirectionalCount(sent: 1))
    }

    @Test func `a pod that calls itself through its service is one edge`() {
        let script = FrameScript()
        let hairpin = [
            Leg(interface: 8, client: "10.244.0.6", server: "10.96.0.80"),
            Leg(
                interface: 8,
                client: "10.244.0.1",
                clientPort: 33_000,
                server: "10.244.0.6",
                packetType: .outgoing,
                timeToLive: 63
            ),
        ]
        script.handshake(0, hairpin)
        let row = script.finish().onlyEdge
        #expect(row.name == "10.244.0.6 -> 10.244.0.6:80")
        #expect(row.dialledNames == ["10.96.0.80:80": 1])
        #expect(row.metrics.packets == DirectionalCount(sent: 2, received: 1))
    }

    @Test(arguments: [UInt16(0), 4_711])
    func `a flooded frame is one packet on nine interfaces`(identification: UInt16) {
        let script = FrameScript()
        let leg = Leg(client: "10.0.0.1", server: "10.0.0.2")
        let flooded = (1...9).map { leg.on(UInt32($0)) }
        script.tcp(0, flooded, .syn, sequence: 1, identification: identification)
        let reports = script.finish()
        #expect(reports.onlyEdge.metrics.packets == DirectionalCount(sent: 1))
        #expect(reports.coverage.duplicate == 8)
        #expect(script.engine.connectionCount == 1)
    }

    @Test func `one lookup through a ClusterIP is one edge`() {
        let script = FrameScript()
        let legs = [
            Leg(
                interface: 9,
                client: "10.244.0.7",
                clientPort: 4_444,
                server: "10.96.0.10",
                serverPort: 9_999
            ),
            Leg(
                interface: 4,
                client: "10.244.0.7",
                clientPort: 4_444,
                server: "10.244.0.2",
                serverPort: 9_999,
                packetType: .outgoing
            ),
        ]
        script.udp(0, legs, payload: [1, 2, 3])
        script.udp(1, legs.reversed(), isFromClient: false, payload: [4, 5, 6, 7])
        let row = script.finish().onlyEdge
        #expect(row.name == "10.244.0.7 -> 10.244.0.2:9999")
        #expect(row.dialledNames == ["10.96.0.10:9999": 1])
        #expect(row.metrics.bytes == DirectionalCount(sent: 31, received: 32))
    }

    @Test func `without an identification it takes two datagrams`() {
        let script = FrameScript()
        let legs = [
            Leg(interface: 9, client: "fd00::7", clientPort: 4_444, server: "fd96::10", serverPort: 9_999),
            Leg(
                interface: 4,
                client: "fd00::7",
                clientPort: 4_444,
                server: "fd00::2",
                serverPort: 9_999,
                packetType: .outgoing
            ),
        ]
        script.udp(0, legs, payload: [1, 2, 3], identification: 0)
        script.udp(1, legs.reversed(), isFromClient: false, payload: [4, 5, 6], identification: 0)
        #expect(script.engine.connectionCount == 1)
        #expect(script.finish().onlyEdge.name == "fd00::7 -> fd00::2:9999")
    }

    @Test func `one sighting of the same four-tuple elsewhere is enough`() {
        let script = FrameScript()
        let leg = Leg(client: "10.0.0.1", server: "10.0.0.2")
        script.tcp(0, [leg, leg.on(2)], .ack, sequence: 1, acknowledgment: 5)
        script.tcp(500, [leg.on(2)], .ack, sequence: 1, acknowledgment: 6)
        #expect(script.engine.connectionCount == 1)
        #expect(script.finish().onlyEdge.metrics.packets == DirectionalCount(sent: 2))
    }

    // MARK: - Repetition

    @Test func `a repeat with the same identification is another sighting`() {
        // As on a bridge: the frame to the gateway, and the routed one.
        let script = FrameScript()
        var headers = FrameScript.headers(
            Leg(client: "10.0.0.1", server: "10.0.0.2", packetType: .unknown),
            isFromClient: true,
            .tcp,
            payload: [1]
        )
        headers.tcpFlags = .ack
        headers.identification = 99
        headers.sourceMAC = 1
        script.send(headers, [1], at: 0)
        headers.sourceMAC = 2
        script.send(headers, [1], at: 0.1)
        let reports = script.finish()
        #expect(reports.coverage.duplicate == 1)
        #expect(reports.onlyEdge.metrics.packets == DirectionalCount(sent: 1))
        #expect(reports.onlyEdge.metrics.retransmitted == DirectionalCount())
    }

    @Test func `without an identification a repeat in the same view is a retransmission`() {
        let script = FrameScript()
        let leg = Leg(client: "fd00::1", server: "fd00::2")
        for time in [0.0, 30, 60] {
            script.tcp(
                time,
                [leg, leg.on(2, .outgoing)],
                .ack,
                sequence: 5,
                acknowledgment: 1,
                payload: [1, 2],
                identification: 0
            )
        }
        let reports = script.finish()
        #expect(reports.coverage.metered == 3)
        #expect(reports.coverage.duplicate == 3)
        #expect(reports.onlyEdge.metrics.packets == DirectionalCount(sent: 3))
        #expect(reports.onlyEdge.metrics.retransmitted == DirectionalCount(sent: 2))
    }

    @Test func `beyond 100 ms it is another packet`() {
        let script = FrameScript()
        let leg = Leg(client: "10.0.0.1", server: "10.0.0.2")
        script.udp(0, [leg], payload: [1], identification: 7)
        script.udp(99, [leg.on(2)], payload: [1], identification: 7)
        script.udp(201, [leg], payload: [1], identification: 7)
        let coverage = script.finish().coverage
        #expect(coverage.metered == 2)
        #expect(coverage.duplicate == 1)
    }
}
