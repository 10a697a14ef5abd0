// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Gathers protocol entries in one pass; see `ProtocolSection` for what is written.
struct ProtocolWriter {
    private var flags: [UInt64] = []
    private var counters: ColumnTable
    private var operations: OperationWriter
    private var outcomes: ColumnTable
    private var started: [UInt64] = []
    /// What is written of latency, and how many durations are expected.
    private var ownLatency: DecodedHistograms
    private var ownAnswered: [UInt64] = []
    private var latency: DecodedHistograms
    private var serverTime: DecodedHistograms
    private var streamDuration: DecodedHistograms
    private var streaming: [UInt64] = []
    private var statuses: TallyWriter

    /// Counter columns behind the flags.
    private static let columns = 9

    init(_ strings: StringIDs, capacity: Int) {
        counters = ColumnTable(columns: Self.columns, rows: capacity)
        operations = OperationWriter(strings, capacity: capacity)
        outcomes = ColumnTable(columns: OutcomeColumns.columns, rows: capacity)
        ownLatency = DecodedHistograms(capacity: capacity)
        latency = DecodedHistograms(capacity: capacity)
        serverTime = DecodedHistograms(capacity: capacity)
        streamDuration = DecodedHistograms(capacity: capacity)
        statuses = TallyWriter(strings)
    }

    mutating func append(_ entry: ProtocolMetrics) throws(BlockError) {
        let derived = Self.derivedParts(entry)
        flags.append(derived)
        counters.append(entry.inFlight)
        counters.append(entry.incomplete)
        counters.append(entry.earlyResponse)
        counters.append(entry.retries)
        counters.append(entry.streaming)
        counters.append(entry.recognized)
        counters.append(entry.session)
        counters.append(entry.messages.sent)
        counters.append(entry.messages.received)
        try operations.append(entry.operations)
        let isDerived = derived & ProtocolSection.Derived.outcomes != 0
        OutcomeColumns.append(isDerived ? OutcomeCounts() : entry.outcomes, to: &outcomes)
        started.append((entry.started &- entry.outcomes.all).zigzag)
        if derived & ProtocolSection.Derived.latency != 0 {
            ownLatency.append(Histogram())
            ownAnswered.append(0)
        } else {
            ownLatency.append(entry.latency)
            ownAnswered.append(entry.outcomes.answered)
        }
        latency.append(entry.latency)
        serverTime.append(entry.serverTime)
        streamDuration.append(entry.streamDuration)
        streaming.append(entry.streaming)
        try statuses.append(entry.statuses, expected: entry.outcomes.answered)
    }

    func write(to writer: inout ByteWriter) throws(BlockError) {
        CounterColumn.write(flags, to: &writer)
        counters.write(to: &writer)
        try operations.write(to: &writer)
        outcomes.write(to: &writer)
        CounterColumn.write(started, to: &writer)
        try HistogramColumn.write(ownLatency, expected: ownAnswered, to: &writer)
        try HistogramColumn.write(serverTime, expected: latency.counts, model: latency, to: &writer)
        try HistogramColumn.write(streamDuration, expected: streaming, to: &writer)
        statuses.write(to: &writer)
    }

    /// Which parts of an entry its operations already say.
    private static func derivedParts(_ entry: ProtocolMetrics) -> UInt64 {
        guard let first = entry.operations.values.first else { return 0 }
        var flags: UInt64 = 0
        // Mostly there is one.
        let isOne = entry.operations.count == 1
        if entry.outcomes == (isOne ? first.outcomes : OutcomeColumns.sum(entry.operations)) {
            flags |= ProtocolSection.Derived.outcomes
        }
        if entry.latency == (isOne ? first.latency : ProtocolSection.latencySum(entry.operations)) {
            flags |= ProtocolSection.Derived.latency
        }
        return flags
    }
}
