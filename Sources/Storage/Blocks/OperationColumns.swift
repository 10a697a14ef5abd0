// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Operations of many protocol entries: how many each has, their string ids, outcomes, latency.
enum OperationColumns {
    static func write(
        _ lists: [[String: OperationMetrics]],
        strings: [String: UInt64],
        to writer: inout ByteWriter
    ) throws(BlockError) {
        CounterColumn.write(lists.map { UInt64($0.count) }, to: &writer)
        var operations: [OperationMetrics] = []
        for list in lists where !list.isEmpty {
            var previous: UInt64 = 0
            for (id, operation) in try StringIDs.sorted(list, strings) {
                writer.append(varint: id - previous)
                previous = id
                operations.append(operation)
            }
        }
        guard !operations.isEmpty else { return }
        OutcomeColumns.write(operations.map(\.outcomes), to: &writer)
        try HistogramColumn.write(operations.map(\.latency), to: &writer)
    }

    static func read(
        _ count: Int,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [[String: OperationMetrics]] {
        let (sizes, total) = try CounterColumn.readCounts(count, from: &cursor)
        guard total > 0 else { return [[String: OperationMetrics]](repeating: [:], count: count) }
        let names = try StringIDs.read(sizes, total: total, strings: strings, from: &cursor)
        let outcomes = try OutcomeColumns.read(total, from: &cursor)
        let latency = try HistogramColumn.read(total, from: &cursor)
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
