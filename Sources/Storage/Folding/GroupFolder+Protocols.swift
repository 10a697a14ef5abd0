// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The third section: protocol entries and their operations.
extension GroupFolder {
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

    func addProtocols(
        _ cursor: inout ByteCursor,
        to sums: inout SlotSums
    ) throws(BlockError) {
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
        let (operationSizes, operations) = try addOperations(&entries, &cursor, to: &sums)
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

        let answered = (0..<total).map {
            entries.hasOwn(ProtocolSection.Derived.latency, $0) ? entries.answered($0) : 0
        }
        let own = try HistogramColumn.stored(total, expected: answered, from: &cursor)
        try add(own, as: .latency, entries, to: &sums)
        let latency = GatheredHistograms(
            isOwn: (0..<total).map { entries.hasOwn(ProtocolSection.Derived.latency, $0) },
            sizes: operationSizes,
            own: own,
            operations: operations
        )
        // Where each entry is as its only operation, nothing has to be gathered.
        let isAlone = !latency.isOwn.contains(true) && operationSizes.allSatisfy { $0 == 1 }
        let alone = isAlone ? operations : nil
        let serverTime = try HistogramColumn.stored(
            total,
            expected: alone?.counts ?? latency.counts,
            like: alone.map { .column($0) } ?? .gathered(latency),
            from: &cursor
        )
        try add(serverTime, as: .serverTime, entries, to: &sums)
        let streams = try HistogramColumn.stored(total, expected: streaming, from: &cursor)
        try add(streams, as: .stream, entries, to: &sums)
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
        _ column: StoredHistograms?,
        as time: SlotSums.ProtocolTime,
        _ entries: Entries,
        to sums: inout SlotSums
    ) throws(BlockError) {
        let kind: HistogramKinds = time == .latency ? .latency : .protocolTimes
        guard let column, sums.histograms.kinds.contains(kind) else { return }
        try sums.histograms.begin(column)
        for entry in 0..<entries.count where column.counts[entry] > 0 {
            let target = entries.targets[entry]
            // What the operations say takes the place of what is here.
            let isOwn = time != .latency || entries.hasOwn(ProtocolSection.Derived.latency, entry)
            guard target >= 0, isOwn else { continue }
            sums.histograms.add(entry, to: sums.histogram(time, ofProtocol: target))
        }
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
    /// - Returns: How many each entry has, and their latency.
    private func addOperations(
        _ entries: inout Entries,
        _ cursor: inout ByteCursor,
        to sums: inout SlotSums
    ) throws(BlockError) -> (sizes: [Int], latency: StoredHistograms?) {
        let (sizes, total) = try CounterColumn.readCounts(entries.count, from: &cursor)
        guard total > 0 else { return (sizes, nil) }
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
        guard let column = try HistogramColumn.stored(total, expected: answered, from: &cursor) else {
            return (sizes, nil)
        }
        let kinds = sums.histograms.kinds
        guard !kinds.isDisjoint(with: [.latency, .operations]) else { return (sizes, column) }
        try sums.histograms.begin(column)
        for position in 0..<total where column.counts[position] > 0 && targets[position] >= 0 {
            let place = targets[position]
            if kinds.contains(.operations) {
                let sum = SlotSums.histogram(&sums.operationTimes, at: place, in: &sums.histograms)
                sums.histograms.add(position, to: sum)
            }
            guard kinds.contains(.latency) else { continue }
            // The latency of the protocol may be that of its operations, and nothing else.
            let owner = owners[position]
            guard !entries.hasOwn(ProtocolSection.Derived.latency, owner) else { continue }
            sums.histograms.add(position, to: sums.histogram(.latency, ofProtocol: entries.targets[owner]))
        }
        return (sizes, column)
    }
}
