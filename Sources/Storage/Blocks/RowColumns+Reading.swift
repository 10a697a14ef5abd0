// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension RowColumns {
    /// Reads a row group of a block of the current version.
    ///
    /// - Parameters:
    ///   - group: Of the reader of the block.
    ///   - bytes: The block.
    ///   - strings: The string dictionary by id, for samples.
    /// - Throws: `BlockError` where the bytes are damaged.
    init(
        _ group: BlockReader.Group,
        _ bytes: [UInt8],
        strings: [UInt64: String]
    ) throws(BlockError) {
        var all = ByteCursor(bytes, from: group.offset)
        var cursor = try all.section(length: group.length)
        try readEdges(group, &cursor)
        let established = try CounterColumn.read(count, from: &cursor)
        var section = try cursor.section()
        try readConnections(established, &section)
        section = try cursor.section()
        try readTimes(&section)
        section = try cursor.section()
        let (sizes, entries) = try CounterColumn.readCounts(count, from: &section)
        protocolSizes = sizes.map { UInt64($0) }
        if entries > 0 { try protocols.read(sizes, entries, &pool, from: &section) }
        try section.finish()
        section = try cursor.section()
        try readDialled(established, &section)
        section = try cursor.section()
        resumed = try CounterColumn.read(count, from: &section)
        let completed = connections.column(ConnectionSection.completed)
        handshakeTime = pool.places(
            of: try HistogramColumn.read(count, expected: completed, from: &section)
        )
        try section.finish()
        section = try cursor.section()
        try readSamples(strings, &section)
        section = try cursor.section()
        try readActivity(&section)
        try cursor.finish()
    }

    private mutating func readEdges(
        _ group: BlockReader.Group,
        _ cursor: inout ByteCursor
    ) throws(BlockError) {
        let offset = cursor.position
        edges = [group.firstEdge]
        edges.reserveCapacity(group.edges)
        var edge = group.firstEdge
        for distance in try CounterColumn.read(group.edges - 1, from: &cursor) {
            let (next, overflow) = edge.addingReportingOverflow(distance)
            guard !overflow, next < .max else { throw .malformed(offset: offset) }
            edge = next + 1
            edges.append(edge)
        }
    }

    private mutating func readConnections(
        _ established: [UInt64],
        _ section: inout ByteCursor
    ) throws(BlockError) {
        connections = ColumnTable(columns: ConnectionSection.columns, rows: count)
        let columns = try ConnectionSection.readColumns(established: established, from: &section)
        for (index, column) in columns.enumerated() { connections.set(index, to: column) }
        failed = try Tallies(count, from: &section)
        try section.finish()
    }

    private mutating func readTimes(_ section: inout ByteCursor) throws(BlockError) {
        let established = connections.column(ConnectionSection.established)
        let connect = try HistogramColumn.read(count, expected: established, from: &section)
        let initial = try HistogramColumn.read(count, expected: connect.counts, from: &section)
        connectTime = pool.places(of: connect)
        initialRtt = pool.places(of: initial)
        rtt = pool.places(of: try HistogramColumn.read(count, from: &section))
        try section.finish()
    }

    private mutating func readDialled(
        _ established: [UInt64],
        _ section: inout ByteCursor
    ) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(count, from: &section)
        dialled.sizes = sizes.map { UInt64($0) }
        if total > 0 {
            dialled.endpoints = try CounterColumn.read(total, from: &section)
            let offset = section.position
            dialled.ports = try CounterColumn.read(total, from: &section)
            guard dialled.ports.allSatisfy({ $0 <= UInt16.max }) else { throw .malformed(offset: offset) }
            dialled.connections = try CounterColumn.read(total, from: &section)
            dialled.connections.restore(sizes, expected: established)
        }
        try section.finish()
    }

    private mutating func readSamples(
        _ strings: [UInt64: String],
        _ section: inout ByteCursor
    ) throws(BlockError) {
        var look = section
        guard try CounterColumn.readCounts(count, from: &look).total > 0 else { return try look.finish() }
        var rows = edges.map { BlockRow(edge: $0) }
        try SampleSection.read(into: &rows, strings: strings, hasFields: true, from: &section)
        samples = rows.map(\.samples)
        try section.finish()
    }

    private mutating func readActivity(_ section: inout ByteCursor) throws(BlockError) {
        firstWindow = [UInt32](repeating: 0, count: count)
        lastWindow = firstWindow
        guard section.remaining > 0 else { return }
        var rows = edges.map { BlockRow(edge: $0) }
        try ActivitySection.read(into: &rows, from: &section)
        firstWindow = rows.map(\.firstWindow)
        lastWindow = rows.map(\.lastWindow)
        if rows.contains(where: { !$0.rests.isEmpty }) { rests = rows.map(\.rests) }
        try section.finish()
    }
}

extension RowColumns.Tallies {
    /// Reads a tally column of so many maps.
    ///
    /// - Parameters:
    ///   - count: How many maps.
    ///   - expected: What the counts of each mostly add up to, in a column where that is known.
    ///   - cursor: Where from.
    /// - Throws: `BlockError` where the bytes are damaged.
    init(_ count: Int, expected: [UInt64]? = nil, from cursor: inout ByteCursor) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(count, from: &cursor)
        self.sizes = sizes.map { UInt64($0) }
        guard total > 0 else { return }
        ids = try StringIDs.readIDs(sizes, total: total, from: &cursor)
        counts = try CounterColumn.read(total, from: &cursor)
        if let expected { counts.restore(sizes, expected: expected) }
    }
}

extension [UInt64] {
    /// Makes lists of counts, of these sizes, of those whose first is the zigzag difference of the sum from
    /// what it is expected to be.
    mutating func restore(_ sizes: [Int], expected: [UInt64]) {
        var next = 0
        for row in sizes.indices where sizes[row] > 0 {
            var first = expected[row] &+ self[next].unzigzag
            for place in next + 1..<next + sizes[row] { first &-= self[place] }
            self[next] = first
            next += sizes[row]
        }
    }
}

extension StringIDs {
    /// Reads lists of ids of the given sizes; within a list ids increase and none is 0.
    static func readIDs(
        _ sizes: [Int],
        total: Int,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [UInt64] {
        let offset = cursor.position
        var ids = try CounterColumn.read(total, from: &cursor)
        var next = 0
        for size in sizes {
            var previous: UInt64 = 0
            for place in next..<next + size {
                let (id, overflow) = previous.addingReportingOverflow(ids[place])
                guard !overflow, id > previous else { throw .malformed(offset: offset) }
                ids[place] = id
                previous = id
            }
            next += size
        }
        return ids
    }
}

extension ProtocolColumns {
    /// Reads what stands behind the sizes.
    mutating func read(
        _ sizes: [Int],
        _ total: Int,
        _ pool: inout DecodedHistograms,
        from section: inout ByteCursor
    ) throws(BlockError) {
        ids = try StringIDs.readIDs(sizes, total: total, from: &section)
        let offset = section.position
        let flags = try CounterColumn.read(total, from: &section)
        guard flags.allSatisfy({ $0 <= ProtocolSection.Derived.all }) else {
            throw .malformed(offset: offset)
        }
        counters = ColumnTable(columns: Self.counterColumns, rows: total)
        for column in 0..<Self.started {
            counters.set(column, to: try CounterColumn.read(total, from: &section))
        }
        try readOperations(total, &pool, from: &section)
        outcomes = ColumnTable(columns: OutcomeColumns.columns, rows: total)
        for column in 0..<OutcomeColumns.columns {
            outcomes.set(column, to: try CounterColumn.read(total, from: &section))
        }
        let started = try CounterColumn.read(total, from: &section)
        var answered = [UInt64](repeating: 0, count: total)
        var expected = answered
        var next = 0
        for entry in 0..<total {
            let own = next..<next + Int(operationSizes[entry])
            next = own.upperBound
            if flags[entry] & ProtocolSection.Derived.outcomes != 0 {
                for column in 0..<OutcomeColumns.columns {
                    outcomes[entry, column] = own.reduce(0) { $0 &+ operationOutcomes[$1, column] }
                }
            }
            counters[entry, Self.started] = outcomes.all(entry) &+ started[entry].unzigzag
            answered[entry] = outcomes.answered(entry)
            expected[entry] = flags[entry] & ProtocolSection.Derived.latency != 0 ? 0 : answered[entry]
        }
        latency = pool.places(of: try HistogramColumn.read(total, expected: expected, from: &section))
        deriveLatency(flags, &pool)
        let model = pool.column(latency)
        let times = try HistogramColumn.read(total, expected: model.counts, model: model, from: &section)
        serverTime = pool.places(of: times, alike: latency)
        let streaming = counters.column(Self.streaming)
        streamDuration = pool.places(
            of: try HistogramColumn.read(total, expected: streaming, from: &section)
        )
        statuses = try RowColumns.Tallies(total, expected: answered, from: &section)
    }

    private mutating func readOperations(
        _ entries: Int,
        _ pool: inout DecodedHistograms,
        from section: inout ByteCursor
    ) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(entries, from: &section)
        operationSizes = sizes.map { UInt64($0) }
        guard total > 0 else { return }
        operationIDs = try StringIDs.readIDs(sizes, total: total, from: &section)
        operationOutcomes = ColumnTable(columns: OutcomeColumns.columns, rows: total)
        for column in 0..<OutcomeColumns.columns {
            operationOutcomes.set(column, to: try CounterColumn.read(total, from: &section))
        }
        let answered = (0..<total).map { operationOutcomes.answered($0) }
        operationLatency = pool.places(
            of: try HistogramColumn.read(total, expected: answered, from: &section)
        )
    }

    /// Puts the latency of entries that is the sum over their operations where it belongs.
    private mutating func deriveLatency(_ flags: [UInt64], _ pool: inout DecodedHistograms) {
        var merge = HistogramMerge()
        var next = 0
        for entry in flags.indices {
            let own = next..<next + Int(operationSizes[entry])
            next = own.upperBound
            guard flags[entry] & ProtocolSection.Derived.latency != 0 else { continue }
            if own.count == 1 {
                latency[entry] = operationLatency[own.lowerBound]
            } else {
                for operation in own { merge.add(Int(operationLatency[operation]), of: pool) }
                latency[entry] = merge.move(to: &pool)
            }
        }
    }
}
