// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension RowSums {
    /// Where a cursor is within the protocol entries of its row.
    private struct Place {
        var entry: Int
        let end: Int
        var operation: Int
        var status: Int
    }

    /// Adds requests by protocol.
    ///
    /// - Parameters:
    ///   - members: The cursors that are at the edge.
    ///   - cursors: All of them.
    ///   - rows: Where to.
    ///   - check: Looks at the last entry of the columns, and may fold its operations.
    /// - Throws: What the check does.
    mutating func addProtocols(
        _ members: [Int],
        _ cursors: [RowCursor],
        to rows: inout RowColumns,
        check: (inout ProtocolColumns, inout DecodedHistograms) throws(BlockError) -> Void
    ) throws(BlockError) {
        var places = members.map { member in
            let cursor = cursors[member]
            return Place(
                entry: cursor.entry,
                end: cursor.entry + Int(cursor.rows.protocolSizes[cursor.row]),
                operation: cursor.operation,
                status: cursor.status
            )
        }
        var size: UInt64 = 0
        while true {
            var least: UInt64 = .max
            for (member, place) in zip(members, places) where place.entry < place.end {
                least = min(least, cursors[member].rows.protocols.ids[place.entry])
            }
            guard least < .max else { break }
            let own = members.indices.filter {
                places[$0].entry < places[$0].end
                    && cursors[members[$0]].rows.protocols.ids[places[$0].entry] == least
            }
            addEntry(least, own.map { (members[$0], places[$0]) }, cursors, to: &rows)
            try check(&rows.protocols, &rows.pool)
            for index in own {
                let entry = places[index].entry
                places[index].operation += Int(cursors[members[index]].rows.protocols.operationSizes[entry])
                places[index].status += Int(cursors[members[index]].rows.protocols.statuses.sizes[entry])
                places[index].entry += 1
            }
            size += 1
        }
        rows.protocolSizes.append(size)
    }

    private mutating func addEntry(
        _ id: UInt64,
        _ own: [(member: Int, place: Place)],
        _ cursors: [RowCursor],
        to rows: inout RowColumns
    ) {
        let members = own.map(\.member)
        rows.protocols.ids.append(id)
        rows.protocols.counters.appendRow()
        rows.protocols.outcomes.appendRow()
        let last = rows.protocols.count - 1
        // Times of entries that say what their only operation says, and of responses of one packet.
        var (isOfOperation, isServerTime) = (true, true)
        var (latency, serverTime, streaming): ([Int32], [Int32], [Int32]) = ([], [], [])
        positions(
            begin: own.map {
                ($0.place.operation, cursors[$0.member].rows.protocols.operationSizes[$0.place.entry])
            }
        )
        for (member, place) in own {
            let inFlight = rows.protocols.counters[last, ProtocolColumns.inFlight]
            rows.protocols.counters.add(place.entry, of: cursors[member].rows.protocols.counters)
            if !cursors[member].origin.holdsGauges {
                rows.protocols.counters[last, ProtocolColumns.inFlight] = inFlight
            }
            rows.protocols.outcomes.add(place.entry, of: cursors[member].rows.protocols.outcomes)
            let time = cursors[member].rows.protocols.latency[place.entry]
            latency.append(time)
            serverTime.append(cursors[member].rows.protocols.serverTime[place.entry])
            streaming.append(cursors[member].rows.protocols.streamDuration[place.entry])
            isServerTime = isServerTime && serverTime[serverTime.count - 1] == time
            isOfOperation =
                isOfOperation && cursors[member].rows.protocols.operationSizes[place.entry] == 1
                && cursors[member].rows.protocols.operationLatency[place.operation] == time
        }
        let operations = addOperations(members, cursors, to: &rows)
        let sum =
            isOfOperation && operations == 1
            ? rows.protocols.operationLatency[rows.protocols.operationLatency.count - 1]
            : add(latency, members, cursors, to: &rows.pool)
        rows.protocols.latency.append(sum)
        rows.protocols.serverTime.append(
            isServerTime ? sum : add(serverTime, members, cursors, to: &rows.pool)
        )
        rows.protocols.streamDuration.append(add(streaming, members, cursors, to: &rows.pool))
        positions(
            begin: own.map {
                ($0.place.status, cursors[$0.member].rows.protocols.statuses.sizes[$0.place.entry])
            }
        )
        addTallies(
            members,
            to: &rows.protocols.statuses,
            ids: { cursors[$0].rows.protocols.statuses.ids[$1] },
            counts: { cursors[$0].rows.protocols.statuses.counts[$1] }
        )
    }

    /// Adds the operations at whose beginnings the cursors are.
    ///
    /// - Returns: How many there are.
    private mutating func addOperations(
        _ members: [Int],
        _ cursors: [RowCursor],
        to rows: inout RowColumns
    ) -> Int {
        var size = 0
        let id = { (member: Int, place: Int) -> UInt64 in cursors[member].rows.protocols.operationIDs[place] }
        while let least = leastID(members, id) {
            rows.protocols.operationIDs.append(least)
            rows.protocols.operationOutcomes.appendRow()
            forEach(members, at: least, id) { member, place, merge in
                rows.protocols.operationOutcomes.add(
                    place,
                    of: cursors[member].rows.protocols.operationOutcomes
                )
                let time = Int(cursors[member].rows.protocols.operationLatency[place])
                merge.add(time, of: cursors[member].rows.pool)
            }
            rows.protocols.operationLatency.append(moveSum(to: &rows.pool))
            size += 1
        }
        rows.protocols.operationSizes.append(UInt64(size))
        return size
    }
}
