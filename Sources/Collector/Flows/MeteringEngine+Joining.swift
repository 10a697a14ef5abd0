// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine.State {
    /// Weighs a further sighting as evidence that its point and that of the first sighting are
    /// of one connection, and joins them if it is enough.
    ///
    /// A SYN or SYN/ACK is enough: besides the sequence number its sightings agree in
    /// identification, acknowledgment, window and timestamps. Of other packets it takes two.
    ///
    /// Where both ends are under the same address and port it is the same flow on another
    /// interface, and any packet is enough.
    ///
    /// One datagram is enough where it has an identification and a payload, which agree, and one
    /// side is under the same address and port: a lookup through a ClusterIP is often one
    /// datagram each way, destination translation changes one side only, and the caller's own
    /// address and port are as good as a second sighting.
    mutating func join(
        _ point: Int,
        _ direction: FlowDirection,
        with verdict: SightingTable.Verdict,
        _ headers: PacketHeaders
    ) {
        let first = Int(verdict.firstPoint)
        guard first != point, table.isCurrent(first, serial: verdict.firstSerial),
            table.points[first].connection != table.points[point].connection
        else { return }
        let isEnough: Bool
        switch headers.transport {
        case .tcp:
            isEnough = headers.tcpFlags.contains(.syn) && !headers.tcpFlags.contains(.rst)
        case .udp:
            isEnough =
                headers.identification != 0 && headers.payloadLength > 0
                && Self.sharesAnEnd(table.points[first].key, table.points[point].key)
        case .icmp, .icmpv6, .sctp:
            isEnough = false
        }
        let isSameFlow = table.points[first].key.hasSameEnds(as: table.points[point].key)
        guard isSameFlow || isEnough || isSecondEvidence(point, first) else { return }
        unite(point, direction, with: first, verdict.firstDirection)
    }

    /// Makes one connection of two whose points see a packet in the given directions.
    private mutating func unite(
        _ point: Int,
        _ direction: FlowDirection,
        with other: Int,
        _ otherDirection: FlowDirection
    ) {
        let left = table.points[point].connection
        let right = table.points[other].connection
        let isFlipped =
            table.points[point].translate(direction) != table.points[other].translate(otherDirection)
        awaitOrientation(of: left, and: right)
        // The older one stays: its originator is who sent the first packet we saw.
        let isLeftOlder = table.connections[left].serial < table.connections[right].serial
        let (survivor, absorbed) = isLeftOlder ? (left, right) : (right, left)
        let old = table.connections[absorbed]
        if table.connections[left].isCounted, table.connections[right].isCounted { connectionCount -= 1 }
        let isCounted = table.connections[left].isCounted || table.connections[right].isCounted
        table.absorb(absorbed, into: survivor, isFlipped: isFlipped)
        table.connections[survivor].isCounted = isCounted
        if old.isDialledCounted { table.connections[survivor].isDialledCounted = true }
        if old.orientation < table.connections[survivor].orientation {
            table.connections[survivor].orientation = old.orientation
            table.connections[survivor].client = isFlipped ? old.client?.opposite : old.client
        }
        let stage = max(old.stage, table.connections[survivor].stage)
        table.touch(survivor, stage: stage, at: old.lastActivity)
        reconcileVantage(of: survivor, absorbed: old.vantage)
    }

    private static func sharesAnEnd(_ left: PointKey, _ right: PointKey) -> Bool {
        left.low == right.low || left.low == right.high || left.high == right.low || left.high == right.high
    }

    private mutating func isSecondEvidence(_ point: Int, _ first: Int) -> Bool {
        if isCandidate(of: point, first) || isCandidate(of: first, point) { return true }
        table.points[point].candidate = first
        table.points[point].candidateSerial = table.points[first].serial
        return false
    }

    /// Whether the one point that shares a sighting with a point is in another's connection.
    private mutating func isCandidate(of point: Int, _ other: Int) -> Bool {
        let candidate = table.points[point].candidate
        return table.isCurrent(candidate, serial: table.points[point].candidateSerial)
            && table.points[candidate].connection == table.points[other].connection
    }
}
