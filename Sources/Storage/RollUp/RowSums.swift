// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Adds up rows of one edge into the last row of columns that are written.
struct RowSums {
    private var merge = HistogramMerge()
    /// Where each member is within a list of its row, and where that list ends.
    private var positions: [(next: Int, end: Int)] = []

    /// Adds packets, connections, times, handshakes, samples and activity.
    mutating func addConnections(_ members: [Int], _ cursors: [RowCursor], to rows: inout RowColumns) {
        rows.connections.appendRow()
        let last = rows.connections.rows - 1
        var resumed: UInt64 = 0
        var (first, end) = (UInt32.max, UInt32(0))
        var samples = TransactionSamples()
        for index in members {
            let row = cursors[index].row
            let open = rows.connections[last, ConnectionSection.open]
            let pending = rows.connections[last, ConnectionSection.pending]
            rows.connections.add(row, of: cursors[index].rows.connections)
            if !cursors[index].origin.holdsGauges {
                rows.connections[last, ConnectionSection.open] = open
                rows.connections[last, ConnectionSection.pending] = pending
            }
            resumed.addSaturated(cursors[index].rows.resumed[row])
            let offset = cursors[index].origin.offset
            first = min(first, cursors[index].rows.firstWindow[row].addingSaturated(offset))
            end = max(end, cursors[index].rows.lastWindow[row].addingSaturated(offset))
            if !cursors[index].rows.samples.isEmpty { samples.merge(cursors[index].rows.samples[row]) }
        }
        rows.resumed.append(resumed)
        rows.append(samples)
        rows.firstWindow.append(first)
        rows.lastWindow.append(end)
        if ActivitySection.isRest(after: first, until: end) { rows.append(rests(of: members, cursors)) }
        rows.connectTime.append(
            add(place(members, cursors) { $0.rows.connectTime[$0.row] }, members, cursors, to: &rows.pool)
        )
        rows.initialRtt.append(
            add(place(members, cursors) { $0.rows.initialRtt[$0.row] }, members, cursors, to: &rows.pool)
        )
        rows.rtt.append(
            add(place(members, cursors) { $0.rows.rtt[$0.row] }, members, cursors, to: &rows.pool)
        )
        rows.handshakeTime.append(
            add(place(members, cursors) { $0.rows.handshakeTime[$0.row] }, members, cursors, to: &rows.pool)
        )
        positions(begin: lists(members, cursors) { ($0.failed, $0.rows.failed.sizes[$0.row]) })
        addTallies(
            members,
            to: &rows.failed,
            ids: { cursors[$0].rows.failed.ids[$1] },
            counts: { cursors[$0].rows.failed.counts[$1] }
        )
    }

    /// The times between members that have a whole day in them; members have none within themselves.
    private func rests(of members: [Int], _ cursors: [RowCursor]) -> [BlockRow.Rest] {
        let spans = members.map { index in
            let (rows, row, offset) = (cursors[index].rows, cursors[index].row, cursors[index].origin.offset)
            return (
                first: rows.firstWindow[row].addingSaturated(offset),
                last: rows.lastWindow[row].addingSaturated(offset)
            )
        }
        .sorted { $0.first < $1.first }
        var rests: [BlockRow.Rest] = []
        var reached = spans.first?.last ?? 0
        for span in spans {
            if ActivitySection.isRest(after: reached, until: span.first) {
                rests.append(BlockRow.Rest(after: reached, until: span.first))
            }
            reached = max(reached, span.last)
        }
        return rests
    }

    /// Adds what clients dialled.
    mutating func addDialled(_ members: [Int], _ cursors: [RowCursor], to rows: inout RowColumns) {
        positions(begin: lists(members, cursors) { ($0.dialled, $0.rows.dialled.sizes[$0.row]) })
        // Endpoint and port as one number: ports fit 16 bits, and there are not 2^48 endpoints.
        let key = { (member: Int, place: Int) -> UInt64 in
            cursors[member].rows.dialled.endpoints[place] &<< 16 | cursors[member].rows.dialled.ports[place]
        }
        var size: UInt64 = 0
        while let least = leastID(members, key) {
            var connections: UInt64 = 0
            forEach(members, at: least, key) { member, place, _ in
                connections.addSaturated(cursors[member].rows.dialled.connections[place])
            }
            rows.dialled.endpoints.append(least >> 16)
            rows.dialled.ports.append(least & 0xFFFF)
            rows.dialled.connections.append(connections)
            size += 1
        }
        rows.dialled.sizes.append(size)
    }

    // MARK: - Lists and histograms

    private func place(_ members: [Int], _ cursors: [RowCursor], _ own: (RowCursor) -> Int32) -> [Int32] {
        members.map { own(cursors[$0]) }
    }

    private func lists(
        _ members: [Int],
        _ cursors: [RowCursor],
        _ own: (RowCursor) -> (start: Int, count: UInt64)
    ) -> [(start: Int, count: UInt64)] {
        members.map { own(cursors[$0]) }
    }

    /// Puts every member at the begin of a list of its row.
    mutating func positions(begin lists: [(start: Int, count: UInt64)]) {
        positions.removeAll(keepingCapacity: true)
        for (start, count) in lists { positions.append((start, start + Int(count))) }
    }

    /// The least id at which a member is; `nil` behind the last.
    func leastID(_ members: [Int], _ id: (Int, Int) -> UInt64) -> UInt64? {
        var least: UInt64?
        for place in members.indices where positions[place].next < positions[place].end {
            let own = id(members[place], positions[place].next)
            if own < least ?? .max { least = own }
        }
        return least
    }

    /// Hands over the members that are at an id, with their places, and moves them on.
    mutating func forEach(
        _ members: [Int],
        at least: UInt64,
        _ id: (Int, Int) -> UInt64,
        _ body: (Int, Int, inout HistogramMerge) -> Void
    ) {
        for place in members.indices where positions[place].next < positions[place].end {
            let next = positions[place].next
            guard id(members[place], next) == least else { continue }
            body(members[place], next, &merge)
            positions[place].next += 1
        }
    }

    /// Adds maps of strings to counts, at whose beginnings the members are.
    mutating func addTallies(
        _ members: [Int],
        to tallies: inout RowColumns.Tallies,
        ids: (Int, Int) -> UInt64,
        counts: (Int, Int) -> UInt64
    ) {
        var size: UInt64 = 0
        while let least = leastID(members, ids) {
            var sum: UInt64 = 0
            forEach(members, at: least, ids) { member, place, _ in sum.addSaturated(counts(member, place)) }
            tallies.ids.append(least)
            tallies.counts.append(sum)
            size += 1
        }
        tallies.sizes.append(size)
    }

    /// Adds up a histogram of each member, by its place in the member's pool.
    mutating func add(
        _ places: [Int32],
        _ members: [Int],
        _ cursors: [RowCursor],
        to pool: inout DecodedHistograms
    ) -> Int32 {
        for (place, member) in zip(places, members) where place > 0 {
            merge.add(Int(place), of: cursors[member].rows.pool)
        }
        return merge.move(to: &pool)
    }

    /// Hands over what was added up.
    mutating func moveSum(to pool: inout DecodedHistograms) -> Int32 { merge.move(to: &pool) }
}

extension UInt32 {
    /// The sum, or the greatest value where it would not fit: blocks may be damaged.
    fileprivate func addingSaturated(_ other: UInt32) -> UInt32 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
