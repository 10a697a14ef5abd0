// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The protocol entries of versions 1 to 3.
///
/// ```text
/// counters      counter columns: flags, started, inFlight, incomplete, earlyResponse, retries, streaming
/// outcomes      `OutcomeColumns`
/// times         histogram columns: latency, serverTime, streamDuration
/// statuses      tally column
/// operations    `OperationColumns`
/// since 2       counter columns: recognized, session, messages sent, messages received
/// ```
enum UnpackedProtocolSection {
    /// Reads so many entries, whose names were read before.
    static func read(
        _ total: Int,
        version: UInt8,
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
        let latency = try SparseHistogramColumn.read(total, from: &cursor)
        let serverTime = try SparseHistogramColumn.read(total, from: &cursor)
        let streamDuration = try SparseHistogramColumn.read(total, from: &cursor)
        let statuses = try TallyColumn.read(total, version: version, strings: strings, from: &cursor)
        let operations = try OperationColumns.read(total, version: version, strings: strings, from: &cursor)

        var entries: [ProtocolMetrics] = []
        entries.reserveCapacity(total)
        for index in 0..<total {
            let derived = flags[index]
            guard derived <= ProtocolSection.Derived.all else { throw .malformed(offset: cursor.position) }
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
            entry.outcomes =
                derived & ProtocolSection.Derived.outcomes == 0
                ? outcomes[index] : OutcomeColumns.sum(operations[index])
            entry.latency =
                derived & ProtocolSection.Derived.latency == 0
                ? latency[index] : ProtocolSection.latencySum(operations[index])
            entries.append(entry)
        }
        if version >= BlockFormat.dissectionVersion { try readDissection(into: &entries, from: &cursor) }
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
}
