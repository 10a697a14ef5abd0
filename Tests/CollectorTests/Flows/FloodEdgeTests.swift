// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

/// Edges that nobody answered have limits of their own, so that those with conversations are
/// kept apart beside any flood.
@Suite struct `Edges of a flood` {
    static let ofOneEnd = 8
    static let size = 500

    /// Twenty real connections, before and after which the flood comes.
    private static func converse(at time: Double, _ script: FrameScript) {
        for number in 1...20 {
            script.handshake(
                time + Double(number),
                [Leg(client: "10.0.1.\(number)", server: "10.0.0.2", serverPort: 8_080)]
            )
        }
    }

    /// 500 attempts or datagrams, all in one window with their verdicts.
    private static func flood(
        _ script: FrameScript,
        from time: Double = 0,
        isDatagram: Bool = false,
        _ leg: (Int) -> Leg
    ) {
        for number in 0..<size {
            let at = time + Double(number)
            if isDatagram {
                script.udp(at, [leg(number)], payload: [1, 2, 3])
            } else {
                script.tcp(at, [leg(number)], .syn, sequence: UInt32(number))
            }
        }
    }

    private static func scanned(_ number: Int) -> Leg {
        Leg(client: "10.0.0.3", server: "172.16.\(number / 256).\(number % 256)", serverPort: 443)
    }

    private static func conversations(_ reports: [WindowReport]) -> [EdgeRow] {
        reports.edges.values.filter { $0.key.port == 8_080 }
    }

    private static func folds(_ reports: [WindowReport]) -> [EdgeRow] {
        let nobody = IPAddress(v4: 0)
        return reports.edges.values.filter {
            $0.key.client.address == nobody || $0.key.server.address == nobody
        }
    }

    private static func configure(_ configuration: inout MeteringEngine.Configuration) {
        configuration.maximumOneWayEdgesOfOneEnd = ofOneEnd
    }

    @Test func `a scan folds its own`() throws {
        let script = FrameScript(Self.configure)
        Self.flood(script, Self.scanned)
        Self.converse(at: 5_000, script)
        let reports = script.finish()
        #expect(Self.conversations(reports).count == 20)
        #expect(Self.conversations(reports).allSatisfy { $0.metrics.connections.established == 1 })
        let fold = try #require(Self.folds(reports).first)
        #expect(Self.folds(reports).count == 1)
        #expect("\(fold.key.client.address) \(fold.key.server.address)" == "10.0.0.3 0.0.0.0")
        #expect(fold.key.port == 443)
        #expect(fold.metrics.connections.unanswered == UInt64(Self.size - Self.ofOneEnd))
        // The list of what was dialled would be as long as the scan.
        #expect(fold.dialledNames == ["0.0.0.0:443": UInt64(Self.size - Self.ofOneEnd)])
        #expect(reports.edges.count == 20 + Self.ofOneEnd + 1)
        #expect(reports.coverage.losses[.foldedEndpoints] == UInt64(Self.size - Self.ofOneEnd))
    }

    @Test func `attempts that are pending at a window's end are counted as folded once`() {
        let script = FrameScript(Self.configure)
        Self.flood(script, from: 8_000, Self.scanned)
        Self.converse(at: 30_000, script)
        let reports = script.finish()
        let folds = reports.map { Self.folds([$0]) }
        #expect(folds.map { $0.reduce(0) { $0 + $1.metrics.connections.pending } }.max() == 492)
        #expect(folds.joined().reduce(0) { $0 + $1.metrics.connections.unanswered } == 492)
        #expect(reports.coverage.losses[.foldedEndpoints] == UInt64(Self.size - Self.ofOneEnd))
    }

    @Test func `a flood of one server folds its own`() throws {
        let script = FrameScript(Self.configure)
        Self.flood(script) { Leg(client: "172.16.\($0 / 256).\($0 % 256)", server: "10.0.0.2") }
        Self.converse(at: 5_000, script)
        let reports = script.finish()
        #expect(Self.conversations(reports).count == 20)
        let fold = try #require(Self.folds(reports).first)
        #expect(Self.folds(reports).count == 1)
        #expect("\(fold.key.client.address) \(fold.key.server.address)" == "0.0.0.0 10.0.0.2")
        #expect(fold.key.port == 80)
        #expect(fold.metrics.connections.unanswered == UInt64(Self.size - Self.ofOneEnd))
    }

    @Test func `an answer alone makes no conversation`() throws {
        let script = FrameScript(Self.configure)
        Self.flood(script) { Leg(client: "172.16.\($0 / 256).\($0 % 256)", server: "10.0.0.2") }
        for number in 0..<Self.size {
            let leg = Leg(client: "172.16.\(number / 256).\(number % 256)", server: "10.0.0.2")
            script.tcp(1_000, [leg], isFromClient: false, [.syn, .ack], sequence: 7, acknowledgment: 1)
        }
        let reports = script.finish()
        #expect(Self.folds(reports).count == 1)
        #expect(reports.edges.count == Self.ofOneEnd + 1)
    }

    @Test func `datagrams to every port of many hosts fold`() throws {
        let script = FrameScript(Self.configure)
        Self.flood(script, isDatagram: true) {
            Leg(client: "10.0.0.3", server: "172.16.\($0 / 256).\($0 % 256)", serverPort: UInt16(20_000 + $0))
        }
        Self.converse(at: 5_000, script)
        let reports = script.finish()
        #expect(Self.conversations(reports).count == 20)
        #expect(Self.folds(reports).reduce(0) { $0 + $1.metrics.packets.sent } == 492)
        #expect(Self.folds(reports).allSatisfy { "\($0.key.client.address)" == "10.0.0.3" })
    }

    @Test func `failures of others beside a scan are kept apart`() {
        let script = FrameScript(Self.configure)
        Self.flood(script, Self.scanned)
        script.tcp(1_000, [Leg(client: "10.0.1.1", server: "10.0.0.2")], .syn, sequence: 1)
        Self.converse(at: 5_000, script)
        let failing = script.finish().edges.values.filter {
            "\($0.key.client.address)" == "10.0.1.1" && $0.key.port == 80
        }
        #expect(failing.count == 1)
        #expect(failing.first?.metrics.connections.unanswered == 1)
    }

    @Test func `in all they have a limit, beside which conversations are kept`() {
        let script = FrameScript { $0.maximumOneWayEdges = 10 }
        Self.flood(script) {
            Leg(client: "10.9.\($0 / 256).\($0 % 256)", server: "172.16.\($0 / 256).\($0 % 256)")
        }
        Self.converse(at: 5_000, script)
        let reports = script.finish()
        #expect(Self.conversations(reports).count == 20)
        #expect(reports.coverage.losses[.foldedEndpoints] == UInt64(Self.size - 10))
        #expect(
            reports.edges.values.reduce(0) { $0 + $1.metrics.connections.unanswered } == UInt64(Self.size)
        )
    }

    @Test func `an edge that is answered in the end leaves its place to another`() {
        let script = FrameScript {
            $0.maximumOneWayEdges = 1
            $0.maximumFlows = 1
        }
        let (first, second) = (Leg(client: "10.0.1.1", server: "10.0.0.2"), Self.scanned(1))
        script.tcp(0, [first], .syn, sequence: 1)
        // The table holds one flow, so each that comes puts the one before into its window.
        var again = first
        again.clientPort += 1
        script.handshake(10, [again])
        script.tcp(20, [second], .syn, sequence: 2)
        script.tcp(30, [Self.scanned(2)], .syn, sequence: 3)
        let reports = script.finish()
        #expect(reports.edges.count == 3)
        #expect(reports.coverage.losses[.foldedEndpoints] == 1)
    }

    @Test func `addresses that lead to one server have a limit`() {
        let script = FrameScript()
        let actual = Leg(interface: 2, client: "10.0.1.1", server: "10.0.0.2", serverPort: 8_080)
        for number in 0..<100 {
            let port = UInt16(20_000 + number)
            var dialled = Leg(client: "10.0.1.1", clientPort: port, server: "10.96.0.\(number)")
            dialled.packetType = .outgoing
            var behind = actual
            behind.clientPort = port
            script.handshake(Double(number) * 10, [dialled, behind])
        }
        let reports = script.finish()
        #expect(reports.onlyEdge.metrics.connections.established == 100)
        #expect(reports.onlyEdge.dialled.count == 65)
        #expect(reports.onlyEdge.dialledNames["0.0.0.0:0"] == 36)
        #expect(reports.coverage.losses[.foldedEndpoints] == 36)
    }

    @Test func `a stream that nobody answers is no flood`() {
        let script = FrameScript { $0.maximumOneWayEdges = 0 }
        let leg = Leg(client: "10.0.1.1", server: "10.0.0.2", serverPort: 8_125)
        for number in 0..<20 { script.udp(Double(number), [leg], payload: [1]) }
        let reports = script.finish()
        #expect(reports.onlyEdge.metrics.packets.sent == 20)
        #expect(reports.coverage.losses[.foldedEndpoints] == nil)
    }

    /// Hundreds of thousands of them wait in a window, in a report and in the store's writer.
    @Test func `a row that knows a verdict only is small`() {
        #expect(MemoryLayout<EdgeRow>.stride <= 256)
    }
}
