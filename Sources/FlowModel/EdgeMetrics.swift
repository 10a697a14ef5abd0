// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A failed or finished TLS handshake by alert description (RFC 8446 section 6).
package struct TLSHandshakes: Equatable, Sendable {
    package var attempted: UInt64 = 0
    package var completed: UInt64 = 0
    package var failed: [String: UInt64] = [:]

    package init() {}

    package mutating func merge(_ other: TLSHandshakes) {
        attempted.addSaturated(other.attempted)
        completed.addSaturated(other.completed)
        failed.merge(other.failed, uniquingKeysWith: { $0.addingSaturated($1) })
    }
}

/// Everything measured on one edge in one window: connection facts once, requests by protocol.
///
/// Bytes are IP datagram lengths (inner ones in tunnels), counted once per packet however
/// often it was sighted.
package struct EdgeMetrics: Equatable, Sendable {
    package var connections = ConnectionCounts()
    package var packets = DirectionalCount()
    package var bytes = DirectionalCount()
    package var retransmitted = DirectionalCount()
    package var outOfOrder = DirectionalCount()
    package var zeroWindow = DirectionalCount()
    /// First SYN to SYN/ACK.
    package var connectTime = Histogram()
    /// Last SYN to the client's ACK, what tshark calls `initial_rtt`.
    package var initialRtt = Histogram()
    /// Data to its acknowledgement, all along.
    package var rtt = Histogram()
    package var tlsHandshakes = TLSHandshakes()
    package var protocols: [ApplicationProtocol: ProtocolMetrics] = [:]

    package init() {}

    /// Adds another row of the same window; see `ConnectionCounts.merge` for gauges.
    package mutating func merge(_ other: EdgeMetrics) {
        connections.merge(other.connections)
        packets.merge(other.packets)
        bytes.merge(other.bytes)
        retransmitted.merge(other.retransmitted)
        outOfOrder.merge(other.outOfOrder)
        zeroWindow.merge(other.zeroWindow)
        connectTime.merge(other.connectTime)
        initialRtt.merge(other.initialRtt)
        rtt.merge(other.rtt)
        tlsHandshakes.merge(other.tlsHandshakes)
        protocols.merge(other.protocols) { mine, theirs in
            var sum = mine
            sum.merge(theirs)
            return sum
        }
    }

    /// Forgets the values at the window's end, before windows are added up.
    package mutating func clearGauges() {
        connections.clearGauges()
        for key in protocols.keys { protocols[key]?.inFlight = 0 }
    }
}
