// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The protocol entries of many rows, and their operations, column by column.
struct ProtocolColumns: Sendable {
    var ids: [UInt64] = []
    /// In the order of `append`, started last.
    var counters = ColumnTable(columns: Self.counterColumns)
    var outcomes = ColumnTable(columns: OutcomeColumns.columns)
    /// Places in the pool of the rows.
    var latency: [Int32] = []
    var serverTime: [Int32] = []
    var streamDuration: [Int32] = []
    var statuses = RowColumns.Tallies()
    var operationSizes: [UInt64] = []
    var operationIDs: [UInt64] = []
    var operationOutcomes = ColumnTable(columns: OutcomeColumns.columns)
    var operationLatency: [Int32] = []

    /// Counters of an entry, outcomes apart.
    static let counterColumns = 10
    /// The columns of these among the counters.
    static let inFlight = 0
    static let streaming = 4
    static let started = 9

    var count: Int { ids.count }

    /// Adds an entry; every string needs an id.
    mutating func append(
        _ id: UInt64,
        _ entry: ProtocolMetrics,
        _ strings: inout RowStrings,
        pool: inout DecodedHistograms
    ) throws(BlockError) {
        ids.append(id)
        counters.append(entry.inFlight)
        counters.append(entry.incomplete)
        counters.append(entry.earlyResponse)
        counters.append(entry.retries)
        counters.append(entry.streaming)
        counters.append(entry.recognized)
        counters.append(entry.session)
        counters.append(entry.messages.sent)
        counters.append(entry.messages.received)
        counters.append(entry.started)
        OutcomeColumns.append(entry.outcomes, to: &outcomes)
        operationSizes.append(UInt64(entry.operations.count))
        // Mostly there is one, and what it says is what the entry says.
        if entry.operations.count == 1 {
            for (name, operation) in entry.operations {
                operationIDs.append(try strings.operations.id(of: name))
                let place = append(operation, &pool)
                latency.append(entry.latency == operation.latency ? place : pool.place(entry.latency))
            }
        } else {
            try appendSorted(entry.operations, &strings.operations, &pool)
            latency.append(pool.place(entry.latency))
        }
        // So it is wherever a response is one packet.
        let isServerTime = entry.serverTime == entry.latency
        serverTime.append(isServerTime ? latency[latency.count - 1] : pool.place(entry.serverTime))
        streamDuration.append(pool.place(entry.streamDuration))
        try statuses.append(entry.statuses, &strings.statuses)
    }

    private mutating func appendSorted(
        _ operations: [String: OperationMetrics],
        _ strings: inout StringIDs,
        _ pool: inout DecodedHistograms
    ) throws(BlockError) {
        for (id, operation) in try strings.sorted(operations) {
            operationIDs.append(id)
            _ = append(operation, &pool)
        }
    }

    private mutating func append(_ operation: OperationMetrics, _ pool: inout DecodedHistograms) -> Int32 {
        OutcomeColumns.append(operation.outcomes, to: &operationOutcomes)
        let place = pool.place(operation.latency)
        operationLatency.append(place)
        return place
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        counters.removeAll()
        outcomes.removeAll()
        latency.removeAll(keepingCapacity: true)
        serverTime.removeAll(keepingCapacity: true)
        streamDuration.removeAll(keepingCapacity: true)
        statuses.removeAll()
        operationSizes.removeAll(keepingCapacity: true)
        operationIDs.removeAll(keepingCapacity: true)
        operationOutcomes.removeAll()
        operationLatency.removeAll(keepingCapacity: true)
    }
}
