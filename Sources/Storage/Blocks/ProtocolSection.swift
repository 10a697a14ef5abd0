// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The third section of a row group: requests by protocol.
///
/// Protocol entries of all edges are written one after the other, in order of edge and of the
/// protocol's string id, and their fields as columns:
///
/// ```text
/// entries of each edge       counter column; if all are 0, nothing follows
/// string ids                 counter column: the first of each edge, then differences, increasing
/// flags                      counter column, see `Derived`
/// counters                   counter columns: inFlight, incomplete, earlyResponse, retries, streaming,
///                            recognized, session, messages sent, messages received
/// operations                 `OperationColumns`
/// outcomes                   `OutcomeColumns`, 0 where they are derived
/// started                    counter column: zigzag difference from the sum of outcomes
/// latency                    `HistogramColumn`, expected to count the answered; empty where it is derived,
///                            which is expected
/// serverTime                 `HistogramColumn`, expected to count what latency does, modelled on it
/// streamDuration             `HistogramColumn`, expected to count `streaming`
/// statuses                   `TallyColumn`, expected to add up to the answered
/// ```
///
/// Outcomes and latency that are the sum over the entry's operations, as they nearly always are, are
/// not written twice. Blocks before version 4 are read by `UnpackedProtocolSection`.
enum ProtocolSection {
    /// Bits of the flag column.
    enum Derived {
        static let outcomes: UInt64 = 1
        static let latency: UInt64 = 2
        static let all: UInt64 = 3
    }

    static func write(
        _ rows: ArraySlice<BlockRow>,
        strings: inout StringIDs,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        var sizes: [UInt64] = []
        var ids: [UInt64] = []
        var entries: [ProtocolMetrics] = []
        sizes.reserveCapacity(rows.count)
        entries.reserveCapacity(rows.count)
        for index in rows.indices {
            let protocols = rows[index].metrics.protocols
            sizes.append(UInt64(protocols.count))
            var found: [(id: UInt64, metrics: ProtocolMetrics)] = []
            for (name, metrics) in protocols { found.append((try strings.id(of: name.rawValue), metrics)) }
            if found.count > 1 { found.sort { $0.id < $1.id } }
            var previous: UInt64 = 0
            for (id, metrics) in found {
                ids.append(id - previous)
                previous = id
                entries.append(metrics)
            }
        }
        CounterColumn.write(sizes, to: &writer)
        guard !entries.isEmpty else { return }
        CounterColumn.write(ids, to: &writer)
        try write(entries: entries, strings: &strings, to: &writer)
    }

    private static func write(
        entries: [ProtocolMetrics],
        strings: inout StringIDs,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        let flags = entries.map(derivedParts)
        CounterColumn.write(flags, to: &writer)
        writeCounters(entries, to: &writer)
        try OperationColumns.write(entries, strings: &strings, to: &writer)
        OutcomeColumns.write(
            zip(entries, flags).map { $1 & Derived.outcomes == 0 ? $0.outcomes : OutcomeCounts() },
            to: &writer
        )
        CounterColumn.write(entries.map { ($0.started &- $0.outcomes.all).zigzag }, to: &writer)
        let isDerived = flags.map { $0 & Derived.latency != 0 }
        try HistogramColumn.write(
            zip(entries, isDerived).map { $1 ? Histogram() : $0.latency },
            expected: zip(entries, isDerived).map { $1 ? 0 : $0.outcomes.answered },
            to: &writer
        )
        let latency = entries.map(\.latency)
        try HistogramColumn.write(
            entries.map(\.serverTime),
            expected: latency.map(\.count),
            model: latency,
            to: &writer
        )
        try HistogramColumn.write(
            entries.map(\.streamDuration),
            expected: entries.map(\.streaming),
            to: &writer
        )
        try TallyColumn.write(
            entries.map(\.statuses),
            strings: &strings,
            expected: entries.map(\.outcomes.answered),
            to: &writer
        )
    }

    private static func writeCounters(_ entries: [ProtocolMetrics], to writer: inout ByteWriter) {
        CounterColumn.write(entries.map(\.inFlight), to: &writer)
        CounterColumn.write(entries.map(\.incomplete), to: &writer)
        CounterColumn.write(entries.map(\.earlyResponse), to: &writer)
        CounterColumn.write(entries.map(\.retries), to: &writer)
        CounterColumn.write(entries.map(\.streaming), to: &writer)
        CounterColumn.write(entries.map(\.recognized), to: &writer)
        CounterColumn.write(entries.map(\.session), to: &writer)
        CounterColumn.write(entries.map(\.messages.sent), to: &writer)
        CounterColumn.write(entries.map(\.messages.received), to: &writer)
    }

    static func read(
        into rows: inout [BlockRow],
        version: UInt8,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(rows.count, from: &cursor)
        guard total > 0 else { return }
        let names = try StringIDs.read(
            sizes,
            total: total,
            version: version,
            strings: strings,
            from: &cursor
        )
        let entries =
            version >= BlockFormat.packedVersion
            ? try readEntries(total, version: version, strings: strings, from: &cursor)
            : try UnpackedProtocolSection.read(total, version: version, strings: strings, from: &cursor)
        var next = 0
        for index in rows.indices where sizes[index] > 0 {
            var protocols: [ApplicationProtocol: ProtocolMetrics] = [:]
            for position in next..<next + sizes[index] {
                guard let name = ApplicationProtocol(rawValue: names[position]) else {
                    throw .malformed(offset: cursor.position)
                }
                protocols[name] = entries[position]
            }
            rows[index].metrics.protocols = protocols
            next += sizes[index]
        }
    }

    private static func readEntries(
        _ total: Int,
        version: UInt8,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [ProtocolMetrics] {
        let offset = cursor.position
        let flags = try CounterColumn.read(total, from: &cursor)
        guard flags.allSatisfy({ $0 <= Derived.all }) else { throw .malformed(offset: offset) }
        var entries = try readCounters(total, from: &cursor)
        let operations = try OperationColumns.read(
            total,
            version: version,
            strings: strings,
            from: &cursor
        )
        let outcomes = try OutcomeColumns.read(total, from: &cursor)
        let started = try CounterColumn.read(total, from: &cursor)
        for index in entries.indices {
            entries[index].operations = operations[index]
            entries[index].outcomes =
                flags[index] & Derived.outcomes == 0
                ? outcomes[index] : OutcomeColumns.sum(operations[index])
            entries[index].started = entries[index].outcomes.all &+ started[index].unzigzag
        }
        var latency = try HistogramColumn.values(
            total,
            version: version,
            expected: zip(entries, flags).map { $1 & Derived.latency != 0 ? 0 : $0.outcomes.answered },
            from: &cursor
        )
        for index in latency.indices where flags[index] & Derived.latency != 0 {
            latency[index] = latencySum(operations[index])
        }
        let serverTime = try HistogramColumn.values(
            total,
            version: version,
            expected: latency.map(\.count),
            model: latency,
            from: &cursor
        )
        let streamDuration = try HistogramColumn.values(
            total,
            version: version,
            expected: entries.map(\.streaming),
            from: &cursor
        )
        let statuses = try TallyColumn.read(
            total,
            version: version,
            strings: strings,
            expected: entries.map(\.outcomes.answered),
            from: &cursor
        )
        for index in entries.indices {
            entries[index].latency = latency[index]
            entries[index].serverTime = serverTime[index]
            entries[index].streamDuration = streamDuration[index]
            entries[index].statuses = statuses[index]
        }
        return entries
    }

    private static func readCounters(
        _ total: Int,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [ProtocolMetrics] {
        let inFlight = try CounterColumn.read(total, from: &cursor)
        let incomplete = try CounterColumn.read(total, from: &cursor)
        let earlyResponse = try CounterColumn.read(total, from: &cursor)
        let retries = try CounterColumn.read(total, from: &cursor)
        let streaming = try CounterColumn.read(total, from: &cursor)
        let recognized = try CounterColumn.read(total, from: &cursor)
        let session = try CounterColumn.read(total, from: &cursor)
        let sent = try CounterColumn.read(total, from: &cursor)
        let received = try CounterColumn.read(total, from: &cursor)
        var entries = [ProtocolMetrics](repeating: ProtocolMetrics(), count: total)
        for index in entries.indices {
            entries[index].inFlight = inFlight[index]
            entries[index].incomplete = incomplete[index]
            entries[index].earlyResponse = earlyResponse[index]
            entries[index].retries = retries[index]
            entries[index].streaming = streaming[index]
            entries[index].recognized = recognized[index]
            entries[index].session = session[index]
            entries[index].messages = DirectionalCount(sent: sent[index], received: received[index])
        }
        return entries
    }

    /// Which parts of an entry its operations already say.
    private static func derivedParts(_ entry: ProtocolMetrics) -> UInt64 {
        guard let first = entry.operations.values.first else { return 0 }
        var flags: UInt64 = 0
        // Mostly there is one.
        let isOne = entry.operations.count == 1
        if entry.outcomes == (isOne ? first.outcomes : OutcomeColumns.sum(entry.operations)) {
            flags |= Derived.outcomes
        }
        if entry.latency == (isOne ? first.latency : latencySum(entry.operations)) {
            flags |= Derived.latency
        }
        return flags
    }

    static func latencySum(_ operations: [String: OperationMetrics]) -> Histogram {
        var sum = Histogram()
        for operation in operations.values { sum.merge(operation.latency) }
        return sum
    }
}
