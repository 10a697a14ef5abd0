// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Adds row groups of blocks to sums, column by column, and makes no rows of them.
struct GroupFolder {
    /// What the rows of a group are part of.
    struct Rows {
        /// By row: its slot; less than 0 where it is left out.
        var slots: [Int] = []
        /// By row: whether client and server are exchanged.
        var isTurned: [Bool] = []
        /// Whether the gauges count.
        var holdsGauges = false

        var count: Int { slots.count }
    }

    private let rows: Rows

    init(_ rows: Rows) {
        self.rows = rows
    }

    /// Adds one group.
    ///
    /// - Parameters:
    ///   - group: A group of a block of the current version, with as many edges as there are rows.
    ///   - bytes: The block.
    ///   - sums: What to add to.
    /// - Throws: `BlockError` where the bytes are damaged.
    func add(
        _ group: BlockReader.Group,
        _ bytes: [UInt8],
        to sums: inout SlotSums
    ) throws(BlockError) {
        var all = ByteCursor(bytes, from: group.offset)
        var cursor = try all.section(length: group.length)
        _ = try CounterColumn.read(group.edges - 1, from: &cursor)
        var connections = try cursor.section()
        let (established, completed) = try addConnections(&connections, to: &sums)
        try connections.finish()
        var times = try cursor.section()
        let connect = try HistogramColumn.read(rows.count, expected: established, from: &times)
        add(connect, as: .connect, to: &sums)
        let initial = try HistogramColumn.read(rows.count, expected: connect.counts, from: &times)
        add(initial, as: .initialRtt, to: &sums)
        add(try HistogramColumn.read(rows.count, from: &times), as: .rtt, to: &sums)
        try times.finish()
        var protocols = try cursor.section()
        try addProtocols(&protocols, to: &sums)
        try protocols.finish()
        _ = try cursor.section()
        var handshakes = try cursor.section()
        add(try CounterColumn.read(rows.count, from: &handshakes), at: SlotSums.resumed, to: &sums)
        let handshake = try HistogramColumn.read(rows.count, expected: completed, from: &handshakes)
        add(handshake, as: .handshake, to: &sums)
        try handshakes.finish()
    }

    // MARK: - Connections

    /// Adds the first section.
    ///
    /// - Returns: The columns that others build upon.
    private func addConnections(
        _ cursor: inout ByteCursor,
        to sums: inout SlotSums
    ) throws(BlockError) -> (established: [UInt64], completed: [UInt64]) {
        var established: [UInt64] = []
        var completed: [UInt64] = []
        for counter in 0..<ConnectionSection.columns {
            var column = try CounterColumn.read(rows.count, from: &cursor)
            if counter == ConnectionSection.closed {
                ConnectionSection.restoreClosed(&column, established: established)
            }
            if counter == SlotSums.established { established = column }
            if counter == SlotSums.completed { completed = column }
            let isGauge = counter == SlotSums.open || counter == SlotSums.pending
            if !isGauge || rows.holdsGauges { add(column, at: counter, to: &sums) }
        }
        let (sizes, total) = try CounterColumn.readCounts(rows.count, from: &cursor)
        guard total > 0 else { return (established, completed) }
        let names = try Self.readNames(sizes, total, from: &cursor)
        let counts = try CounterColumn.read(total, from: &cursor)
        var next = 0
        for row in 0..<rows.count {
            for position in next..<next + sizes[row] where rows.slots[row] >= 0 {
                sums.addAlert(rows.slots[row], names[position], counts[position])
            }
            next += sizes[row]
        }
        return (established, completed)
    }

    /// Adds a column to a counter of the edges.
    private func add(_ column: [UInt64], at counter: Int, to sums: inout SlotSums) {
        for row in 0..<rows.count where column[row] > 0 {
            let slot = rows.slots[row]
            guard slot >= 0 else { continue }
            // Sent and received lie side by side.
            let isExchanged = counter < SlotSums.directed && rows.isTurned[row]
            let place = slot &* SlotSums.counters &+ (isExchanged ? counter ^ 1 : counter)
            sums.edges.add(column[row], at: place)
        }
    }

    private func add(_ column: DecodedHistograms, as time: SlotSums.Time, to sums: inout SlotSums) {
        guard !column.buckets.isEmpty else { return }
        for row in 0..<rows.count where column.counts[row] > 0 && rows.slots[row] >= 0 {
            sums.histograms.add(row, of: column, to: sums.histogram(time, of: rows.slots[row]))
        }
    }

    /// Reads lists of string ids of the given sizes.
    private static func readNames(
        _ sizes: [Int],
        _ total: Int,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [UInt64] {
        let offset = cursor.position
        var names = try CounterColumn.read(total, from: &cursor)
        var next = 0
        for size in sizes {
            var id: UInt64 = 0
            for position in next..<next + size {
                let (sum, overflow) = id.addingReportingOverflow(names[position])
                guard !overflow, sum > id else { throw .malformed(offset: offset) }
                names[position] = sum
                id = sum
            }
            next += size
        }
        return names
    }

    // MARK: - Protocols

    /// The protocol entries of a group.
    private struct Entries {
        /// Where each is summed; less than 0 where it is left out.
        var targets: [Int] = []
        var isTurned: [Bool] = []
        var flags: [UInt64] = []
        /// By entry, the outcomes one after the other.
        var outcomes: [UInt64] = []

        var count: Int { targets.count }

        func hasOwn(_ part: UInt64, _ entry: Int) -> Bool { flags[entry] & part == 0 }

        /// Requests with a response, modulo 2^64.
        func answered(_ entry: Int) -> UInt64 {
            let first = entry * SlotSums.outcomes
            return outcomes[first] &+ outcomes[first + 1] &+ outcomes[first + 2]
        }

        func all(_ entry: Int) -> UInt64 {
            let first = entry * SlotSums.outcomes
            return answered(entry) &+ outcomes[first + 3] &+ outcomes[first + 4] &+ outcomes[first + 5]
        }
    }

    private func addProtocols(_ cursor: inout ByteCursor, to sums: inout SlotSums) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(rows.count, from: &cursor)
        guard total > 0 else { return }
        let names = try Self.readNames(sizes, total, from: &cursor)
        var entries = Entries()
        entries.targets.reserveCapacity(total)
        for row in 0..<rows.count {
            for _ in 0..<sizes[row] {
                let slot = rows.slots[row]
                let name = names[entries.count]
                entries.targets.append(slot < 0 ? -1 : sums.findProtocol(slot, name))
                entries.isTurned.append(rows.isTurned[row])
            }
        }
        let offset = cursor.position
        entries.flags = try CounterColumn.read(total, from: &cursor)
        guard entries.flags.allSatisfy({ $0 <= ProtocolSection.Derived.all }) else {
            throw .malformed(offset: offset)
        }
        var streaming: [UInt64] = []
        for counter in SlotSums.protocolColumns {
            let column = try CounterColumn.read(total, from: &cursor)
            if counter == SlotSums.streaming { streaming = column }
            if counter == SlotSums.inFlight && !rows.holdsGauges { continue }
            add(column, at: counter, entries, to: &sums)
        }
        entries.outcomes = [UInt64](repeating: 0, count: total * SlotSums.outcomes)
        let (operationSizes, operationTimes) = try addOperations(&entries, &cursor, to: &sums)
        for outcome in 0..<SlotSums.outcomes {
            let column = try CounterColumn.read(total, from: &cursor)
            for entry in 0..<total where entries.hasOwn(ProtocolSection.Derived.outcomes, entry) {
                entries.outcomes[entry * SlotSums.outcomes + outcome] = column[entry]
            }
        }
        addOutcomes(entries, to: &sums)
        var started = try CounterColumn.read(total, from: &cursor)
        for entry in 0..<total { started[entry] = entries.all(entry) &+ started[entry].unzigzag }
        add(started, at: 0, entries, to: &sums)

        let own = try HistogramColumn.read(
            total,
            expected: (0..<total).map {
                entries.hasOwn(ProtocolSection.Derived.latency, $0) ? entries.answered($0) : 0
            },
            from: &cursor
        )
        add(own, as: .latency, entries, to: &sums)
        let latency = try Self.latency(own, entries, operationSizes, operationTimes, cursor.position)
        let serverTime = try HistogramColumn.read(
            total,
            expected: latency.counts,
            model: latency,
            from: &cursor
        )
        add(serverTime, as: .serverTime, entries, to: &sums)
        add(
            try HistogramColumn.read(total, expected: streaming, from: &cursor),
            as: .stream,
            entries,
            to: &sums
        )
        try addStatuses(entries, &cursor, to: &sums)
    }

    /// Adds a column to a counter of the protocols.
    private func add(_ column: [UInt64], at counter: Int, _ entries: Entries, to sums: inout SlotSums) {
        for entry in 0..<entries.count where column[entry] > 0 {
            guard entries.targets[entry] >= 0 else { continue }
            let isExchanged = counter >= SlotSums.sent && entries.isTurned[entry]
            let counter = isExchanged ? counter ^ 1 : counter
            let place = entries.targets[entry] &* SlotSums.protocolCounters &+ counter
            sums.protocolCounts.add(column[entry], at: place)
        }
    }

    private func addOutcomes(_ entries: Entries, to sums: inout SlotSums) {
        for entry in 0..<entries.count where entries.targets[entry] >= 0 {
            let first = entries.targets[entry] &* SlotSums.protocolCounters &+ SlotSums.firstOutcome
            for outcome in 0..<SlotSums.outcomes {
                let value = entries.outcomes[entry &* SlotSums.outcomes &+ outcome]
                if value > 0 { sums.protocolCounts.add(value, at: first &+ outcome) }
            }
        }
    }

    private func add(
        _ column: DecodedHistograms,
        as time: SlotSums.ProtocolTime,
        _ entries: Entries,
        to sums: inout SlotSums
    ) {
        guard !column.buckets.isEmpty else { return }
        for entry in 0..<entries.count where column.counts[entry] > 0 {
            let target = entries.targets[entry]
            // What the operations say takes the place of what is here.
            let isOwn = time != .latency || entries.hasOwn(ProtocolSection.Derived.latency, entry)
            guard target >= 0, isOwn else { continue }
            let place = target &* 3 &+ time.rawValue
            let sum = SlotSums.histogram(&sums.protocolTimes, at: place, in: &sums.histograms)
            sums.histograms.add(entry, of: column, to: sum)
        }
    }

    /// The latency of each entry, wherever it is told.
    private static func latency(
        _ own: DecodedHistograms,
        _ entries: Entries,
        _ sizes: [Int],
        _ operations: DecodedHistograms,
        _ offset: Int
    ) throws(BlockError) -> DecodedHistograms {
        guard entries.flags.contains(where: { $0 & ProtocolSection.Derived.latency != 0 }) else { return own }
        var latency = DecodedHistograms(capacity: entries.count)
        var next = 0
        var values: [Histogram]?
        for entry in 0..<entries.count {
            let end = next + sizes[entry]
            defer { next = end }
            if entries.hasOwn(ProtocolSection.Derived.latency, entry) {
                latency.append(entry, of: own)
            } else if sizes[entry] == 1 {
                latency.append(next, of: operations)
            } else {
                if values == nil { values = operations.histograms }
                guard let values else { throw .malformed(offset: offset) }
                var sum = Histogram()
                for position in next..<end { sum.merge(values[position]) }
                latency.append(sum)
            }
        }
        return latency
    }

    private func addStatuses(
        _ entries: Entries,
        _ cursor: inout ByteCursor,
        to sums: inout SlotSums
    ) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(entries.count, from: &cursor)
        guard total > 0 else { return }
        let names = try Self.readNames(sizes, total, from: &cursor)
        var counts = try CounterColumn.read(total, from: &cursor)
        var next = 0
        for entry in 0..<entries.count where sizes[entry] > 0 {
            let end = next + sizes[entry]
            var first = entries.answered(entry) &+ counts[next].unzigzag
            for position in next + 1..<end { first &-= counts[position] }
            counts[next] = first
            for position in next..<end where entries.targets[entry] >= 0 {
                sums.addStatus(entries.targets[entry], names[position], counts[position])
            }
            next = end
        }
    }

    /// Adds the operations, and puts the outcomes of entries that are the sum over them into the entries.
    ///
    /// - Returns: How many each entry has, and the latency of each.
    private func addOperations(
        _ entries: inout Entries,
        _ cursor: inout ByteCursor,
        to sums: inout SlotSums
    ) throws(BlockError) -> ([Int], DecodedHistograms) {
        let (sizes, total) = try CounterColumn.readCounts(entries.count, from: &cursor)
        guard total > 0 else { return (sizes, DecodedHistograms(empty: 0)) }
        let names = try Self.readNames(sizes, total, from: &cursor)
        var targets: [Int] = []
        var owners: [Int] = []
        targets.reserveCapacity(total)
        owners.reserveCapacity(total)
        for entry in 0..<entries.count {
            for _ in 0..<sizes[entry] {
                let owner = entries.targets[entry]
                targets.append(owner < 0 ? -1 : sums.findOperation(owner, names[targets.count]))
                owners.append(entry)
            }
        }
        var answered = [UInt64](repeating: 0, count: total)
        for outcome in 0..<SlotSums.outcomes {
            let column = try CounterColumn.read(total, from: &cursor)
            for position in 0..<total where column[position] > 0 {
                let (value, entry) = (column[position], owners[position])
                // The first three are answers.
                if outcome < 3 { answered[position] &+= value }
                if !entries.hasOwn(ProtocolSection.Derived.outcomes, entry) {
                    entries.outcomes[entry * SlotSums.outcomes + outcome] &+= value
                }
                if targets[position] >= 0 {
                    sums.operationCounts.add(value, at: targets[position] &* SlotSums.outcomes &+ outcome)
                }
            }
        }
        let times = try HistogramColumn.read(total, expected: answered, from: &cursor)
        for position in 0..<total where times.counts[position] > 0 && targets[position] >= 0 {
            // The latency of the protocol may be that of its operations, and nothing else.
            let isAlone = !entries.hasOwn(ProtocolSection.Derived.latency, owners[position])
            let place = targets[position] &* 2 &+ (isAlone ? 0 : 1)
            let sum = SlotSums.histogram(&sums.operationTimes, at: place, in: &sums.histograms)
            sums.histograms.add(position, of: times, to: sum)
        }
        return (sizes, times)
    }
}
