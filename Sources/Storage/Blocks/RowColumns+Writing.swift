// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension RowColumns {
    /// Writes the rows as a row group; its first edge is in the directory.
    func write(_ strings: inout RowStrings, to group: inout ByteWriter) throws(BlockError) {
        // The directory has the first id; what follows is the distance to the one before, less 1.
        var distances: [UInt64] = []
        distances.reserveCapacity(count)
        for index in edges.indices.dropFirst() {
            guard edges[index] > edges[index - 1] else { throw .unstorable(.edgeOrder) }
            distances.append(edges[index] - edges[index - 1] - 1)
        }
        CounterColumn.write(distances, to: &group)
        let established = connections.column(ConnectionSection.established)
        let completed = connections.column(ConnectionSection.completed)
        CounterColumn.write(established, to: &group)
        var section = ByteWriter()
        writeConnections(established, to: &section)
        group.append(section: section)
        section.removeAll()
        try writeTimes(established, to: &section)
        group.append(section: section)
        section.removeAll()
        CounterColumn.write(protocolSizes, to: &section)
        if protocols.count > 0 { try protocols.write(protocolSizes, pool, to: &section) }
        group.append(section: section)
        section.removeAll()
        writeDialled(established, to: &section)
        group.append(section: section)
        section.removeAll()
        CounterColumn.write(resumed, to: &section)
        try HistogramColumn.write(pool, handshakeTime, expected: completed, to: &section)
        group.append(section: section)
        section.removeAll()
        try SampleSection.write(samples, rows: count, strings: &strings.others, to: &section)
        group.append(section: section)
        section.removeAll()
        try ActivitySection.write(firstWindow, lastWindow, rests: rests, to: &section)
        group.append(section: section)
    }

    private func writeConnections(_ established: [UInt64], to writer: inout ByteWriter) {
        for index in 0..<ConnectionSection.established {
            let column = connections.column(index)
            if let scale = ConnectionSection.scale(of: index) {
                ScaledColumn.write(column, scale: connections.column(scale), to: &writer)
            } else {
                CounterColumn.write(column, to: &writer)
            }
        }
        connections.write(ConnectionSection.established + 1..<ConnectionSection.closed, to: &writer)
        var closed = connections.column(ConnectionSection.closed)
        for row in closed.indices { closed[row] = (closed[row] &- established[row]).zigzag }
        CounterColumn.write(closed, to: &writer)
        connections.write(ConnectionSection.closed + 1..<ConnectionSection.columns, to: &writer)
        failed.write(expected: nil, to: &writer)
    }

    private func writeTimes(_ established: [UInt64], to writer: inout ByteWriter) throws(BlockError) {
        try HistogramColumn.write(pool, connectTime, expected: established, to: &writer)
        try HistogramColumn.write(pool, initialRtt, expected: pool.counts(connectTime), to: &writer)
        try HistogramColumn.write(pool, rtt, expected: nil, to: &writer)
    }

    private func writeDialled(_ established: [UInt64], to writer: inout ByteWriter) {
        CounterColumn.write(dialled.sizes, to: &writer)
        guard !dialled.endpoints.isEmpty else { return }
        CounterColumn.write(dialled.endpoints, to: &writer)
        CounterColumn.write(dialled.ports, to: &writer)
        CounterColumn.write(dialled.connections.withoutExpected(dialled.sizes, established), to: &writer)
    }
}

extension RowColumns.Tallies {
    /// Writes a tally column.
    ///
    /// - Parameters:
    ///   - expected: What the counts of each map mostly add up to, in a column where that is known.
    ///   - writer: Where to.
    func write(expected: [UInt64]?, to writer: inout ByteWriter) {
        CounterColumn.write(sizes, to: &writer)
        guard !ids.isEmpty else { return }
        CounterColumn.write(ids.steps(sizes), to: &writer)
        CounterColumn.write(expected.map { counts.withoutExpected(sizes, $0) } ?? counts, to: &writer)
    }
}

extension ProtocolColumns {
    /// Writes what stands behind the sizes, of which one at least is not 0.
    func write(
        _ sizes: [UInt64],
        _ pool: DecodedHistograms,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        CounterColumn.write(ids.steps(sizes), to: &writer)
        let flags = flags(pool)
        CounterColumn.write(flags, to: &writer)
        counters.write(0..<Self.started, to: &writer)
        try writeOperations(pool, to: &writer)
        var (own, started) = (outcomes, counters.column(Self.started))
        var answered = [UInt64](repeating: 0, count: count)
        var (latency, expected) = (latency, answered)
        for entry in 0..<count {
            answered[entry] = outcomes.answered(entry)
            started[entry] = (started[entry] &- outcomes.all(entry)).zigzag
            if flags[entry] & ProtocolSection.Derived.outcomes != 0 {
                for column in 0..<OutcomeColumns.columns { own[entry, column] = 0 }
            }
            let isDerived = flags[entry] & ProtocolSection.Derived.latency != 0
            if isDerived { latency[entry] = 0 }
            expected[entry] = isDerived ? 0 : answered[entry]
        }
        own.write(to: &writer)
        CounterColumn.write(started, to: &writer)
        try HistogramColumn.write(pool, latency, expected: expected, to: &writer)
        try HistogramColumn.write(
            pool,
            serverTime,
            expected: pool.counts(self.latency),
            model: self.latency,
            to: &writer
        )
        let streaming = counters.column(Self.streaming)
        try HistogramColumn.write(pool, streamDuration, expected: streaming, to: &writer)
        statuses.write(expected: answered, to: &writer)
    }

    private func writeOperations(
        _ pool: DecodedHistograms,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        CounterColumn.write(operationSizes, to: &writer)
        guard !operationIDs.isEmpty else { return }
        CounterColumn.write(operationIDs.steps(operationSizes), to: &writer)
        operationOutcomes.write(to: &writer)
        let answered = operationIDs.indices.map { operationOutcomes.answered($0) }
        try HistogramColumn.write(pool, operationLatency, expected: answered, to: &writer)
    }

    /// Which parts of each entry its operations already say.
    private func flags(_ pool: DecodedHistograms) -> [UInt64] {
        var flags = [UInt64](repeating: 0, count: count)
        var merge = HistogramMerge()
        var next = 0
        for entry in 0..<count where operationSizes[entry] > 0 {
            let own = next..<next + Int(operationSizes[entry])
            next = own.upperBound
            let isSum = (0..<OutcomeColumns.columns).allSatisfy { column in
                var sum: UInt64 = 0
                for operation in own { sum &+= operationOutcomes[operation, column] }
                return sum == outcomes[entry, column]
            }
            if isSum { flags[entry] |= ProtocolSection.Derived.outcomes }
            let isMerge: Bool
            if own.count == 1 {
                isMerge = pool.isEqual(Int(latency[entry]), Int(operationLatency[own.lowerBound]))
            } else {
                for operation in own { merge.add(Int(operationLatency[operation]), of: pool) }
                isMerge = merge.isEqual(Int(latency[entry]), of: pool)
                merge.removeAll()
            }
            if isMerge { flags[entry] |= ProtocolSection.Derived.latency }
        }
        return flags
    }
}

extension ColumnTable {
    /// Of a table of outcomes: requests that got a whole or partial response, modulo 2^64.
    func answered(_ row: Int) -> UInt64 { self[row, 0] &+ self[row, 1] &+ self[row, 2] }

    /// Of a table of outcomes: all requests, modulo 2^64.
    func all(_ row: Int) -> UInt64 { answered(row) &+ self[row, 3] &+ self[row, 4] &+ self[row, 5] }
}

extension [UInt64] {
    /// Lists of increasing ids, of these sizes, as the first of each and differences.
    fileprivate func steps(_ sizes: [UInt64]) -> [UInt64] {
        // Mostly there is one of each, or none.
        guard count > sizes.count || sizes.contains(where: { $0 > 1 }) else { return self }
        var (steps, next) = (self, 0)
        for size in sizes where size > 0 {
            for place in next + 1..<Swift.max(next + 1, next + Int(size)) {
                steps[place] = self[place] &- self[place - 1]
            }
            next += Int(size)
        }
        return steps
    }

    /// Lists of counts, of these sizes, where the first of each is the zigzag difference of the sum from
    /// what it is expected to be.
    fileprivate func withoutExpected(_ sizes: [UInt64], _ expected: [UInt64]) -> [UInt64] {
        var (counts, next) = (self, 0)
        for (row, size) in sizes.enumerated() where size > 0 {
            var sum: UInt64 = 0
            for place in next..<next + Int(size) { sum &+= self[place] }
            counts[next] = (sum &- expected[row]).zigzag
            next += Int(size)
        }
        return counts
    }
}
