// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine.State {
    /// Makes room for one more point, by letting go of what is of least use.
    mutating func makeRoom(at time: Timestamp) {
        while table.pointCount >= max(1, configuration.maximumFlows) {
            // What has ended is kept for late segments only: nothing is lost with it.
            if let over = table.idlest(.closed) {
                retire(over, at: time)
                continue
            }
            guard let victim = victim() else { return }
            window(at: now).add(.evictedFlows)
            retire(victim, at: time)
        }
    }

    /// One part in so many of the table that one-way flows may hold against all others.
    private static let oneWayShare = 4

    /// The connection to let go of: the idlest, but a flood pushes out its own.
    ///
    /// Floods and scans are one-way flows, so where these hold more than their share, the idlest
    /// of them goes. Up to it they are as good as any: new connections begin so, and find room
    /// in a table full of old ones.
    private mutating func victim() -> Int? {
        var (all, oneWay) = (0, 0)
        for stage in FlowConnection.Stage.allCases {
            all += table.count(stage)
            if stage.isOneWay { oneWay += table.count(stage) }
        }
        let isFlooded = oneWay > all / Self.oneWayShare
        var idlest: Int?
        for stage in FlowConnection.Stage.allCases where stage.isOneWay || !isFlooded {
            guard let head = table.idlest(stage) else { continue }
            if let known = idlest,
                table.connections[known].lastActivity <= table.connections[head].lastActivity
            {
                continue
            }
            idlest = head
        }
        return idlest
    }

    /// Gives the four-tuple of a point to another connection: its own one is over.
    mutating func detach(_ point: Int, at time: Timestamp) {
        let connection = table.points[point].connection
        end(connection, at: time)
        table.unindex(point)
        var other = table.connections[connection].firstPoint
        while other >= 0 {
            if table.points[other].isIndexed { return }
            other = table.points[other].nextPoint
        }
        retire(connection, at: time)
    }

    /// Ends a connection that did not end by itself, at each point that may be the vantage.
    private mutating func end(_ connection: Int, at time: Timestamp) {
        guard !table.connections[connection].hasEnded else { return }
        table.connections[connection].hasEnded = true
        countOneSided(connection)
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            let tracker = table.points[point].tracker
            if tracker >= 0 {
                let found = table.trackers[tracker].end()
                if found.openChange != 0 || found.pendingChange != 0 {
                    let slot = accumulator(of: point, at: time)
                    pool.slots[slot].add(found, .fromOriginator)
                }
            }
            closeStreams(of: point, at: time)
            point = table.points[point].nextPoint
        }
        if table.connections[connection].transport == .tcp {
            table.touch(connection, stage: .closed, at: time)
        }
    }

    /// Ends a connection, puts what it found into its windows, and forgets it.
    mutating func retire(_ connection: Int, at time: Timestamp) {
        end(connection, at: time)
        guard !isFollowed(connection) else { return retireLater(connection) }
        collectLast(connection)
    }

    /// Puts what a connection that is over found into its windows, and forgets it.
    mutating func collectLast(_ connection: Int) {
        // It has no gauges any more. The earliest window first: that is where it began.
        var last = Int64.min
        while let start = firstFindings(of: connection, after: last) {
            if let window = windows[start] { collect(connection, into: window) }
            last = start
        }
        drop(connection)
    }

    /// The start of the first window after another that has something of a connection.
    private mutating func firstFindings(of connection: Int, after last: Int64) -> Int64? {
        var first: Int64?
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            var slot = table.points[point].accumulator
            while slot >= 0 {
                let start = pool.slots[slot].window
                if start > last, start < first ?? .max { first = start }
                slot = pool.slots[slot].next
            }
            point = table.points[point].nextPoint
        }
        return first
    }

    /// Forgets a connection whose findings are in their windows.
    mutating func drop(_ connection: Int) {
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            var slot = table.points[point].accumulator
            while slot >= 0 {
                let next = pool.slots[slot].next
                pool.remove(slot)
                slot = next
            }
            table.points[point].accumulator = -1
            releaseStreams(of: point)
            point = table.points[point].nextPoint
        }
        table.remove(connection)
    }

    /// Counts a flow of which only one direction was seen.
    ///
    /// An attempt that nobody answered is no loss of ours, nor is what goes to a group.
    mutating func countOneSided(_ connection: Int) {
        guard
            // It is called as the connection ends, when its stage still says how far it came.
            table.connections[connection].transport == .tcp
                || table.connections[connection].transport == .udp,
            !(table.connections[connection].transport == .tcp
                && table.connections[connection].stage <= .failed)
        else { return }
        var packets = Pair<Bool>(false, false)
        var point = table.connections[connection].firstPoint
        var isToGroup = false
        while point >= 0 {
            let seen = table.points[point]
            if seen.firsts(.fromOriginator) > 0 { packets.forward = true }
            if seen.firsts(.fromResponder) > 0 { packets.backward = true }
            let target = seen.responder.address
            if target.isMulticast || target.isLimitedBroadcast { isToGroup = true }
            point = seen.nextPoint
        }
        if packets.forward != packets.backward, !isToGroup { window(at: now).add(.oneSidedFlows) }
    }

    /// The accumulator of a point for the window of an instant.
    @inline(__always)
    mutating func accumulator(of point: Int, at time: Timestamp) -> Int {
        let newest = table.points[point].accumulator
        if newest >= 0, currentBounds.contains(time),
            pool.slots[newest].window == currentBounds.start.nanoseconds
        {
            return newest
        }
        return otherAccumulator(of: point, at: time)
    }

    private mutating func otherAccumulator(of point: Int, at time: Timestamp) -> Int {
        let start = (currentBounds.contains(time) ? currentBounds : Window.containing(time)).start.nanoseconds
        var slot = table.points[point].accumulator
        while slot >= 0 {
            if pool.slots[slot].window == start { return slot }
            slot = pool.slots[slot].next
        }
        let made = pool.insert(FlowAccumulator(window: start, next: table.points[point].accumulator))
        table.points[point].accumulator = made
        let window = window(at: time)
        // A window that is due is collected from all connections.
        if isLate(window) {
            let touched = OpenWindow.TouchedPoint(point: point, serial: table.points[point].serial)
            window.touched.append(touched)
            if window.touched.count > 2 * max(1, configuration.maximumFlows) {
                window.touched.removeAll { !table.isCurrent($0.point, serial: $0.serial) }
            }
        }
        return made
    }
}
