// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine.State {
    /// Adds what a connection did in a window to the row of its edge, and forgets it.
    ///
    /// Gauges are the state now, undone by what changed in later windows. A window that was
    /// reported before has had its gauges, which are never added up.
    mutating func collect(_ connection: Int, into window: OpenWindow) {
        // Most connections of a table are over and kept for what comes late.
        guard mayHaveChanged(connection) else { return }
        let vantage = table.connections[connection].vantage
        guard let judge = vantage >= 0 ? vantage : electVantage(of: connection) else { return }
        let start = window.window.start.nanoseconds
        var gauges = Gauges()
        if !isLate(window) { gauges = self.gauges(of: judge, after: start) }
        let (isTouched, hasPackets) = survey(connection, judge: judge, window: start)
        guard table.connections[connection].isCounted, isTouched || !gauges.isZero,
            let roles = roles(of: connection)
        else { return discard(connection, window: start) }
        let dialled = EdgeRow.Dialled(endpoint: endpoint(roles.dialled.address), port: roles.dialled.port)
        let begun: UInt64 = table.connections[connection].isDialledCounted ? 0 : 1
        if hasPackets { table.connections[connection].isDialledCounted = true }
        let (row, isFolded) = window.withRow(
            key(of: connection, roles),
            isOneWay: !isConversation(connection),
            limits: configuration.edgeLimits
        ) { row in
            var point = table.connections[connection].firstPoint
            while point >= 0 {
                if let slot = unlinkAccumulator(of: point, window: start) {
                    add(slot, of: point, isJudge: point == judge, to: &row.metrics)
                    if point == judge { addFindings(of: slot, at: point, to: &row, in: window) }
                    pool.remove(slot)
                }
                point = table.points[point].nextPoint
            }
            row.metrics.connections.open += gauges.open
            row.metrics.connections.pending += gauges.pending
            if let (name, count) = gauges.inFlight {
                row.metrics.protocols[name, default: ProtocolMetrics()].inFlight += count
            }
        }
        if hasPackets { window.note(dialled, begun: begun, of: row) }
        // An attempt that is pending at a window's end has its verdict in the next one.
        guard isFolded, hasPackets || !table.connections[connection].isFoldCounted else { return }
        table.connections[connection].isFoldCounted = true
        window.add(.foldedEndpoints)
    }

    /// Whether a window has anything of a connection, and whether it has packets of it.
    private mutating func survey(
        _ connection: Int,
        judge: Int,
        window: Int64
    ) -> (isTouched: Bool, hasPackets: Bool) {
        var (isTouched, hasPackets) = (false, false)
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            var slot = table.points[point].accumulator
            while slot >= 0 {
                if pool.slots[slot].window == window {
                    let packets = pool.slots[slot].packets
                    if packets.forward > 0 || packets.backward > 0 { hasPackets = true }
                    if point == judge || hasPackets || pool.slots[slot].icmpErrors > 0 { isTouched = true }
                    break
                }
                slot = pool.slots[slot].next
            }
            point = table.points[point].nextPoint
        }
        return (isTouched, hasPackets)
    }

    /// Forgets what a window has of a connection that is not counted.
    private mutating func discard(_ connection: Int, window: Int64) {
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            if let slot = unlinkAccumulator(of: point, window: window) { pool.remove(slot) }
            point = table.points[point].nextPoint
        }
    }

    private mutating func addFindings(
        of slot: Int,
        at point: Int,
        to row: inout EdgeRow,
        in window: OpenWindow
    ) {
        guard let findings = pool.takeFindings(of: slot) else { return }
        let client = table.points[point].translate(
            table.connections[table.points[point].connection].clientDirection
        )
        findings.record(
            in: &row,
            client: client,
            maximumOperations: configuration.maximumOperations
        )
        for (cause, count) in findings.losses { window.add(cause, count) }
        pool.recycle(findings)
    }

    /// Whether a connection has something that was not reported, or a gauge that is not zero.
    @inline(__always)
    private mutating func mayHaveChanged(_ connection: Int) -> Bool {
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            let phase = table.phase(of: point)
            if table.points[point].accumulator >= 0 || phase.isOpen || phase == .attempting
                || table.points[point].isFollowed
            {
                return true
            }
            point = table.points[point].nextPoint
        }
        return false
    }

    /// Whether a connection is more than what anyone can make without being answered.
    ///
    /// Some captures see one direction only: many packets will do.
    private mutating func isConversation(_ connection: Int) -> Bool {
        let isTCP = table.connections[connection].transport == .tcp
        var packets: UInt32 = 0
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            let seen = table.points[point]
            if isTCP ? seen.isConversation : seen.seesBoth { return true }
            packets = max(packets, seen.firsts.forward, seen.firsts.backward)
            point = seen.nextPoint
        }
        return packets >= Self.provingPackets
    }

    /// More than the SYNs of one attempt within a window.
    private static let provingPackets: UInt32 = 8

    private mutating func key(of connection: Int, _ roles: ConnectionRoles) -> EdgeKey {
        let orientation = table.connections[connection].orientation
        return EdgeKey(
            client: endpoint(roles.client.address),
            server: endpoint(roles.actual.address),
            port: roles.actual.port,
            originatorPort: orientation == .undecided ? roles.client.port : 0,
            transport: table.connections[connection].transport,
            orientation: orientation
        )
    }

    private mutating func endpoint(_ address: IPAddress) -> Endpoint {
        Endpoint(address, cluster: configuration.cluster, reporter: reporter)
    }

    // MARK: - Sums

    /// Takes the accumulator of a window out of a point's chain.
    private mutating func unlinkAccumulator(of point: Int, window: Int64) -> Int? {
        var previous = -1
        var slot = table.points[point].accumulator
        while slot >= 0 {
            let next = pool.slots[slot].next
            if pool.slots[slot].window == window {
                if previous >= 0 {
                    pool.slots[previous].next = next
                } else {
                    table.points[point].accumulator = next
                }
                return slot
            }
            previous = slot
            slot = next
        }
        return nil
    }

    private mutating func add(_ slot: Int, of point: Int, isJudge: Bool, to metrics: inout EdgeMetrics) {
        let found = pool.slots[slot]
        let client = table.points[point].translate(
            table.connections[table.points[point].connection].clientDirection
        )
        metrics.packets.merge(found.packets.directional(client))
        metrics.bytes.merge(found.bytes.directional(client))
        metrics.connections.icmpErrors += UInt64(found.icmpErrors)
        guard isJudge else { return }
        // Most have none of these, which then take no room in the row.
        if !found.retransmitted.isZero {
            metrics.retransmitted.merge(found.retransmitted.directional(client))
        }
        if !found.outOfOrder.isZero { metrics.outOfOrder.merge(found.outOfOrder.directional(client)) }
        if !found.zeroWindow.isZero { metrics.zeroWindow.merge(found.zeroWindow.directional(client)) }
        metrics.connections.established += UInt64(found.established)
        metrics.connections.refused += UInt64(found.refused)
        metrics.connections.unanswered += UInt64(found.unanswered)
        metrics.connections.unreachable += UInt64(found.unreachable)
        metrics.connections.answeredLate += UInt64(found.answeredLate)
        metrics.connections.reset += UInt64(found.reset)
        metrics.connections.closed += UInt64(found.closed)
        pool.recordTimes(of: slot, in: &metrics)
    }

    // MARK: - Gauges

    private struct Gauges {
        var open: UInt64 = 0
        var pending: UInt64 = 0
        var inFlight: (ApplicationProtocol, UInt64)?

        var isZero: Bool { open == 0 && pending == 0 && inFlight == nil }
    }

    /// The values at the end of a window: those of now without the changes of later windows.
    private mutating func gauges(of point: Int, after window: Int64) -> Gauges {
        let phase = table.phase(of: point)
        var open = phase.isOpen ? 1 : 0
        var pending = phase == .attempting ? 1 : 0
        var inFlight: [ApplicationProtocol: Int] = [:]
        if table.points[point].isFollowed, let (name, count) = self.inFlight(at: point) {
            inFlight[name] = Int(truncatingIfNeeded: count)
        }
        var slot = table.points[point].accumulator
        while slot >= 0 {
            if pool.slots[slot].window > window {
                open -= Int(pool.slots[slot].openChange)
                pending -= Int(pool.slots[slot].pendingChange)
                for (name, change) in pool.findings[slot]?.changesInFlight ?? [:] {
                    inFlight[name, default: 0] -= change
                }
            }
            slot = pool.slots[slot].next
        }
        var gauges = Gauges()
        gauges.open = UInt64(max(0, open))
        gauges.pending = UInt64(max(0, pending))
        // Rarely more than one; never by the order of a dictionary.
        let waiting = inFlight.filter { $0.value > 0 }
        if let (name, count) = waiting.min(by: { $0.key.rawValue < $1.key.rawValue }) {
            gauges.inFlight = (name, UInt64(count))
        }
        return gauges
    }
}

extension Pair where Value: BinaryInteger {
    fileprivate var isZero: Bool { forward == 0 && backward == 0 }

    /// The two values with the client's first.
    func directional(_ client: FlowDirection) -> DirectionalCount {
        DirectionalCount(
            sent: UInt64(clamping: self[client]),
            received: UInt64(clamping: self[client.opposite])
        )
    }
}
