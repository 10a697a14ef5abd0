// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Gathers the operations of protocol entries; see `OperationColumns`.
struct OperationWriter {
    private var strings: StringIDs
    private var sizes: [UInt64] = []
    private var ids: [UInt64] = []
    private var outcomes: ColumnTable
    private var answered: [UInt64] = []
    private var latency: DecodedHistograms

    init(_ strings: StringIDs, capacity: Int) {
        self.strings = strings
        outcomes = ColumnTable(columns: OutcomeColumns.columns, rows: capacity)
        latency = DecodedHistograms(capacity: capacity)
    }

    /// Adds the operations of one entry; every name needs an id.
    mutating func append(_ operations: [String: OperationMetrics]) throws(BlockError) {
        sizes.append(UInt64(operations.count))
        // Mostly there is one.
        if operations.count == 1, let (name, operation) = operations.first {
            ids.append(try strings.id(of: name))
            append(operation)
        } else {
            var previous: UInt64 = 0
            for (id, operation) in try strings.sorted(operations) {
                ids.append(id - previous)
                previous = id
                append(operation)
            }
        }
    }

    private mutating func append(_ operation: OperationMetrics) {
        OutcomeColumns.append(operation.outcomes, to: &outcomes)
        answered.append(operation.outcomes.answered)
        latency.append(operation.latency)
    }

    func write(to writer: inout ByteWriter) throws(BlockError) {
        CounterColumn.write(sizes, to: &writer)
        guard !ids.isEmpty else { return }
        CounterColumn.write(ids, to: &writer)
        outcomes.write(to: &writer)
        try HistogramColumn.write(latency, expected: answered, to: &writer)
    }
}
