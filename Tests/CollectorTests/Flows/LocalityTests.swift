// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Local addresses` {
    private func localities(_ script: FrameScript) -> [String: Locality] {
        var found: [String: Locality] = [:]
        for local in script.finish().flatMap(\.localAddresses) {
            found["\(local.endpoint.address)"] = local.locality
        }
        return found
    }

    @Test func `what is first sighted going out is the node's own`() {
        let script = FrameScript()
        let leg = Leg(client: "10.0.0.1", server: "10.0.0.2", packetType: .outgoing)
        script.tcp(0, [leg, leg.on(2, .incoming)], .syn, sequence: 1)
        #expect(localities(script) == ["10.0.0.1": .own])
    }

    @Test(arguments: [(UInt8(64), true), (128, true), (255, true), (63, false), (61, false), (127, false)])
    func `what comes in with an initial time to live is one hop away`(timeToLive: UInt8, isAdjacent: Bool) {
        let script = FrameScript()
        let leg = Leg(client: "10.0.0.1", server: "10.0.0.2", packetType: .otherHost, timeToLive: timeToLive)
        script.tcp(0, [leg, leg.on(2, .outgoing)], .syn, sequence: 1)
        #expect(localities(script) == (isAdjacent ? ["10.0.0.1": .adjacent] : [:]))
    }

    @Test func `own is stronger than adjacent`() {
        let script = FrameScript()
        script.udp(0, [Leg(client: "10.0.0.1", server: "10.0.0.2")], payload: [1])
        script.udp(1, [Leg(client: "10.0.0.1", server: "10.0.0.3", packetType: .outgoing)], payload: [2])
        script.udp(2, [Leg(client: "10.0.0.1", server: "10.0.0.4")], payload: [3])
        #expect(localities(script) == ["10.0.0.1": .own])
    }

    private func ethernet(
        _ script: FrameScript,
        _ index: Int,
        from source: String,
        to destination: String,
        _ macs: (UInt64, UInt64),
        timeToLive: UInt8
    ) {
        let leg = Leg(
            client: source,
            clientPort: UInt16(1_000 + index),
            server: destination,
            packetType: .unknown,
            timeToLive: timeToLive
        )
        var headers = FrameScript.headers(leg, isFromClient: true, .udp, payload: [1])
        headers.identification = script.newIdentification()
        headers.sourceMAC = macs.0
        headers.destinationMAC = macs.1
        script.send(headers, [1], at: Double(index))
    }

    @Test func `on Ethernet the MAC address that all frames share is the node's`() {
        let script = FrameScript()
        for index in 0..<10 {
            let peer = UInt64(100 + index % 3)
            ethernet(script, index * 3, from: "10.0.0.1", to: "10.0.0.9", (1, peer), timeToLive: 64)
            ethernet(script, index * 3 + 1, from: "10.244.0.5", to: "10.244.1.6", (1, peer), timeToLive: 63)
            ethernet(script, index * 3 + 2, from: "10.244.1.6", to: "10.244.0.5", (peer, 1), timeToLive: 64)
        }
        #expect(localities(script) == ["10.0.0.1": .own, "10.244.0.5": .adjacent])
    }

    @Test func `on a link with two ends neither is told to be the node's`() {
        let script = FrameScript()
        for index in 0..<20 {
            ethernet(
                script,
                index,
                from: "10.0.0.1",
                to: "10.0.0.2",
                index.isMultiple(of: 2) ? (1, 2) : (2, 1),
                timeToLive: 64
            )
        }
        #expect(localities(script).isEmpty)
    }
}
