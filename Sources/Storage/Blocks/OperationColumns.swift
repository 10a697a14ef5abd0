// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Operations of many protocol entries: how many each has, their string ids, outcomes, latency.
///
/// ```text
/// operations of each entry   counter column; if all are 0, nothing follows
/// string ids                 counter column: the first of each entry, then differences, increasing
/// outcomes                   `OutcomeColumns`
/// latency                    `HistogramColumn`, expected to count the answered
/// ```
///
/// `ProtocolColumns` writes them.
enum OperationColumns {
    static func read(
        _ count: Int,
        version: UInt8,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [[String: OperationMetrics]] {
        let (sizes, total) = try CounterColumn.readCounts(count, from: &cursor)
        guard total > 0 else { return [[String: OperationMetrics]](repeating: [:], count: count) }
        let names = try StringIDs.read(
            sizes,
            total: total,
            version: version,
            strings: strings,
            from: &cursor
        )
        let outcomes = try OutcomeColumns.read(total, from: &cursor)
        let latency = try HistogramColumn.values(
            total,
            version: version,
            expected: outcomes.map(\.answered),
            from: &cursor
        )
        var lists: [[String: OperationMetrics]] = []
        lists.reserveCapacity(count)
        var next = 0
        for size in sizes {
            var list: [String: OperationMetrics] = [:]
            for position in next..<next + size {
                var operation = OperationMetrics()
                operation.outcomes = outcomes[position]
                operation.latency = latency[position]
                list[names[position]] = operation
            }
            next += size
            lists.append(list)
        }
        return lists
    }
}

extension OutcomeCounts {
    /// Requests that got a whole or partial response, modulo 2^64.
    var answered: UInt64 { ok &+ clientError &+ serverError }
    /// All requests, modulo 2^64.
    var all: UInt64 { answered &+ clientGaveUp &+ serverClosed &+ timedOut }
}
