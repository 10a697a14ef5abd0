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

    let rows: Rows

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
        let established = try CounterColumn.read(rows.count, from: &cursor)
        var connections = try cursor.section()
        let completed = try addConnections(established, &connections, to: &sums)
        try connections.finish()
        var times = try cursor.section()
        let connects = try add(.connect, expected: established, from: &times, to: &sums)
        try add(.initialRtt, expected: connects, from: &times, to: &sums)
        try add(.rtt, expected: nil, from: &times, to: &sums)
        try times.finish()
        var protocols = try cursor.section()
        try addProtocols(&protocols, to: &sums)
        try protocols.finish()
        _ = try cursor.section()
        var handshakes = try cursor.section()
        add(try CounterColumn.read(rows.count, from: &handshakes), at: SlotSums.resumed, to: &sums)
        try add(.handshake, expected: completed, from: &handshakes, to: &sums)
        try handshakes.finish()
    }

    // MARK: - Connections

    /// Adds the first section.
    ///
    /// - Returns: The completed handshakes.
    private func addConnections(
        _ established: [UInt64],
        _ cursor: inout ByteCursor,
        to sums: inout SlotSums
    ) throws(BlockError) -> [UInt64] {
        let columns = try ConnectionSection.readColumns(established: established, from: &cursor)
        let completed = columns[SlotSums.completed]
        for (counter, column) in columns.enumerated() {
            let isGauge = counter == SlotSums.open || counter == SlotSums.pending
            if !isGauge || rows.holdsGauges { add(column, at: counter, to: &sums) }
        }
        let (sizes, total) = try CounterColumn.readCounts(rows.count, from: &cursor)
        guard total > 0 else { return completed }
        let names = try Self.readNames(sizes, total, from: &cursor)
        let counts = try CounterColumn.read(total, from: &cursor)
        var next = 0
        for row in 0..<rows.count {
            for position in next..<next + sizes[row] where rows.slots[row] >= 0 {
                sums.addAlert(rows.slots[row], names[position], counts[position])
            }
            next += sizes[row]
        }
        return completed
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

    /// Adds a column of histograms of the edges.
    ///
    /// - Returns: How many durations each has.
    @discardableResult
    private func add(
        _ time: SlotSums.Time,
        expected: [UInt64]?,
        from cursor: inout ByteCursor,
        to sums: inout SlotSums
    ) throws(BlockError) -> [UInt64] {
        guard let column = try HistogramColumn.stored(rows.count, expected: expected, from: &cursor) else {
            return [UInt64](repeating: 0, count: rows.count)
        }
        guard sums.histograms.kinds.contains(.times) else { return column.counts }
        try sums.histograms.begin(column)
        for row in 0..<rows.count where column.counts[row] > 0 && rows.slots[row] >= 0 {
            sums.histograms.add(row, to: sums.histogram(time, of: rows.slots[row]))
        }
        return column.counts
    }

    /// Reads lists of string ids of the given sizes.
    static func readNames(
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
}
