// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The third section of a row group: requests by protocol.
///
/// Protocol entries of all edges are written one after the other, in order of edge and of the
/// protocol's string id, and their fields as columns. Outcomes and latency that are the sum
/// over the entry's operations, as they nearly always are, are not written twice.
enum ProtocolSection {
    /// Bits of the flag column.
    private enum Derived {
        static let outcomes: UInt64 = 1
        static let latency: UInt64 = 2
        static let all: UInt64 = 3
    }

    static func write(
        _ rows: ArraySlice<BlockRow>,
        strings: [String: UInt64],
        to writer: inout ByteWriter
    ) throws(BlockError) {
        CounterColumn.write(rows.map { UInt64($0.metrics.protocols.count) }, to: &writer)
        var entries: [ProtocolMetrics] = []
        for row in rows where !row.metrics.protocols.isEmpty {
            var byName: [String: ProtocolMetrics] = [:]
            for (name, metrics) in row.metrics.protocols { byName[name.rawValue] = metrics }
            var previous: UInt64 = 0
            for (id, metrics) in try StringIDs.sorted(byName, strings) {
                writer.append(varint: id - previous)
                previous = id
                entries.append(metrics)
            }
        }
        guard !entries.isEmpty else { return }

        let flags = entries.map(derivedParts)
        CounterColumn.write(flags, to: &writer)
        CounterColumn.write(entries.map(\.started), to: &writer)
        CounterColumn.write(entries.map(\.inFlight), to: &writer)
        CounterColumn.write(entries.map(\.incomplete), to: &writer)
        CounterColumn.write(entries.map(\.earlyResponse), to: &writer)
        CounterColumn.write(entries.map(\.retries), to: &writer)
        CounterColumn.write(entries.map(\.streaming), to: &writer)
        OutcomeColumns.write(
            zip(entries, flags).map { $1 & Derived.outcomes == 0 ? $0.outcomes : OutcomeCounts() },
            to: &writer
        )
        try HistogramColumn.write(
            zip(entries, flags).map { $1 & Derived.latency == 0 ? $0.latency : Histogram() },
            to: &writer
        )
        try HistogramColumn.write(entries.map(\.serverTime), to: &writer)
        try HistogramColumn.write(entries.map(\.streamDuration), to: &writer)
        try TallyColumn.write(entries.map(\.statuses), strings: strings, to: &writer)
        try OperationColumns.write(entries.map(\.operations), strings: strings, to: &writer)
        CounterColumn.write(entries.map(\.recognized), to: &writer)
        CounterColumn.write(entries.map(\.session), to: &writer)
        CounterColumn.write(entries.map(\.messages.sent), to: &writer)
        CounterColumn.write(entries.map(\.messages.received), to: &writer)
    }

    static func read(
        into rows: inout [BlockRow],
        strings: [UInt64: String],
        hasDissection: Bool,
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(rows.count, from: &cursor)
        guard total > 0 else { return }
        let names = try StringIDs.read(sizes, total: total, strings: strings, from: &cursor)
        var entries = try readEntries(total, strings: strings, from: &cursor)
        if hasDissection { try readDissection(into: &entries, from: &cursor) }
        var next = 0
        for index in rows.indices {
            for position in next..<next + sizes[index] {
                guard let name = ApplicationProtocol(rawValue: names[position]) else {
                    throw .malformed(offset: cursor.position)
                }
                rows[index].metrics.protocols[name] = entries[position]
            }
            next += sizes[index]
        }
    }

    private static func readEntries(
        _ total: Int,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [ProtocolMetrics] {
        let flags = try CounterColumn.read(total, from: &cursor)
        let started = try CounterColumn.read(total, from: &cursor)
        let inFlight = try CounterColumn.read(total, from: &cursor)
        let incomplete = try CounterColumn.read(total, from: &cursor)
        let earlyResponse = try CounterColumn.read(total, from: &cursor)
        let retries = try CounterColumn.read(total, from: &cursor)
        let streaming = try CounterColumn.read(total, from: &cursor)
        let outcomes = try OutcomeColumns.read(total, from: &cursor)
        let latency = try HistogramColumn.read(total, from: &cursor)
        let serverTime = try HistogramColumn.read(total, from: &cursor)
        let streamDuration = try HistogramColumn.read(total, from: &cursor)
        let statuses = try TallyColumn.read(total, strings: strings, from: &cursor)
        let operations = try OperationColumns.read(total, strings: strings, from: &cursor)

        var entries: [ProtocolMetrics] = []
        entries.reserveCapacity(total)
        for index in 0..<total {
            guard flags[index] <= Derived.all else { throw .malformed(offset: cursor.position) }
            var entry = ProtocolMetrics()
            entry.started = started[index]
            entry.inFlight = inFlight[index]
            entry.incomplete = incomplete[index]
            entry.earlyResponse = earlyResponse[index]
            entry.retries = retries[index]
            entry.streaming = streaming[index]
            entry.serverTime = serverTime[index]
            entry.streamDuration = streamDuration[index]
            entry.statuses = statuses[index]
            entry.operations = operations[index]
            let derived = flags[index]
            entry.outcomes =
                derived & Derived.outcomes == 0
                ? outcomes[index] : OutcomeColumns.sum(operations[index])
            entry.latency =
                derived & Derived.latency == 0 ? latency[index] : latencySum(operations[index])
            entries.append(entry)
        }
        return entries
    }

    /// What version 2 added.
    private static func readDissection(
        into entries: inout [ProtocolMetrics],
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        let recognized = try CounterColumn.read(entries.count, from: &cursor)
        let session = try CounterColumn.read(entries.count, from: &cursor)
        let sent = try CounterColumn.read(entries.count, from: &cursor)
        let received = try CounterColumn.read(entries.count, from: &cursor)
        for index in entries.indices {
            entries[index].recognized = recognized[index]
            entries[index].session = session[index]
            entries[index].messages = DirectionalCount(sent: sent[index], received: received[index])
        }
    }

    /// Which parts of an entry its operations already say.
    private static func derivedParts(_ entry: ProtocolMetrics) -> UInt64 {
        guard !entry.operations.isEmpty else { return 0 }
        var flags: UInt64 = 0
        if entry.outcomes == OutcomeColumns.sum(entry.operations) { flags |= Derived.outcomes }
        if entry.latency == latencySum(entry.operations) { flags |= Derived.latency }
        return flags
    }

    private static func latencySum(_ operations: [String: OperationMetrics]) -> Histogram {
        var sum = Histogram()
        for operation in operations.values { sum.merge(operation.latency) }
        return sum
    }
}
