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
/// not written twice. `ProtocolColumns` writes them. Blocks before version 4 are read by `UnpackedProtocolSection`.
enum ProtocolSection {
    /// Bits of the flag column.
    enum Derived {
        static let outcomes: UInt64 = 1
        static let latency: UInt64 = 2
        static let all: UInt64 = 3
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

    static func latencySum(_ operations: [String: OperationMetrics]) -> Histogram {
        var sum = Histogram()
        for operation in operations.values { sum.merge(operation.latency) }
        return sum
    }
}
