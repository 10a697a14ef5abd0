// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// The heavy part of an accumulator, made when it is first needed.
///
/// Few connections do much in one window. So transactions are kept one by one and recorded in the
/// row of their edge when the window ends, which costs no histograms and dictionaries of the
/// connection's own; only many are recorded here before.
package final class DissectionFindings {
    /// Kept one by one.
    private static let maximumTransactions = ProtocolMetrics.maximumBatch

    /// Round trips that the accumulator had no room for.
    private var rtt = Histogram()
    private var protocols: [ApplicationProtocol: ProtocolMetrics] = [:]
    package private(set) var losses: [LossCause: UInt64] = [:]

    private var transactions: [Transaction] = []
    /// How many of them were offered as examples.
    private var offered = 0
    /// Requests that started, of one protocol: a connection rarely has another.
    private var startedProtocol: ApplicationProtocol?
    private var started: UInt64 = 0
    /// What the connection was found to carry; a further one is recorded at once.
    private var recognized: ApplicationProtocol?
    /// Messages by protocol and sender; few connections have any.
    private var messages: [ApplicationProtocol: Pair<UInt64>] = [:]
    private var handshakes: TLSHandshakes?
    /// Of the transactions that were recorded or offered here.
    private var samples = TransactionSamples()

    package init() {}

    package func add(_ loss: LossCause) {
        losses[loss, default: 0] += 1
    }

    package func add(roundTrip nanoseconds: Int64) { rtt.record(nanoseconds: nanoseconds) }

    func add(_ roundTrips: HistogramBatch) { rtt.record(roundTrips) }

    /// Counts the start of a request.
    package func add(_ start: DissectionOutput.Started) {
        if startedProtocol != start.applicationProtocol {
            settleStarts()
            startedProtocol = start.applicationProtocol
        }
        started += 1
    }

    /// Counts a protocol that the connection was found to carry.
    package func add(recognized name: ApplicationProtocol) {
        if recognized == nil {
            recognized = name
        } else {
            protocols[name, default: ProtocolMetrics()].recognized.addSaturated(1)
        }
    }

    package func add(_ sent: DissectionOutput.Messages) {
        messages[sent.applicationProtocol, default: Pair(0, 0)][sent.direction]
            .addSaturated(sent.count)
    }

    package func add(_ event: TLSHandshakeEvent) {
        handshakes = handshakes ?? TLSHandshakes()
        handshakes?.record(event.step)
    }

    /// Counts a request, or a set-up command, that has ended.
    ///
    /// - Parameters:
    ///   - transaction: What ended.
    ///   - maximumOperations: How many are kept apart of each protocol.
    package func add(_ transaction: consuming Transaction, maximumOperations: Int) {
        let hasFields = transaction.fields != nil
        transactions.append(transaction)
        if hasFields { offerTransactions() }
        if transactions.count == Self.maximumTransactions { settleTransactions(maximumOperations) }
    }

    /// Requests that started and did not end, by protocol.
    package var changesInFlight: [ApplicationProtocol: Int] {
        var changes: [ApplicationProtocol: Int] = [:]
        for (name, metrics) in protocols {
            changes[name, default: 0] +=
                Int(truncatingIfNeeded: metrics.started) - Int(truncatingIfNeeded: metrics.requests)
        }
        if let startedProtocol { changes[startedProtocol, default: 0] += Int(truncatingIfNeeded: started) }
        for transaction in transactions where !transaction.isSession {
            changes[transaction.applicationProtocol, default: 0] -= 1
        }
        return changes
    }

    /// Adds everything but losses to a row; those then have what was folded on the way.
    ///
    /// - Parameters:
    ///   - row: Of the edge.
    ///   - client: The client's side.
    ///   - maximumOperations: How many the row keeps apart of each protocol.
    package func record(in row: inout EdgeRow, client: FlowDirection, maximumOperations: Int) {
        let folded = record(in: &row.metrics, client: client, maximumOperations: maximumOperations)
        if folded > 0 { losses[.foldedOperations, default: 0].addSaturated(folded) }
        row.samples.merge(samples)
        let transactions = transactions
        row.samples.offer(transactions.span, from: offered)
    }

    private func record(
        in metrics: inout EdgeMetrics,
        client: FlowDirection,
        maximumOperations: Int
    ) -> UInt64 {
        // One access: each takes memory for its coroutine.
        if !rtt.isEmpty { metrics.rtt.merge(rtt) }
        if let handshakes { metrics.tlsHandshakes.merge(handshakes) }
        var folded: UInt64 = 0
        for (name, own) in protocols {
            folded.addSaturated(
                metrics.protocols[name, default: ProtocolMetrics()]
                    .merge(own, maximumOperations: maximumOperations)
            )
        }
        for (name, counts) in messages {
            metrics.protocols[name, default: ProtocolMetrics()].messages
                .merge(counts.directional(client))
        }
        if let recognized {
            metrics.protocols[recognized, default: ProtocolMetrics()].recognized.addSaturated(1)
        }
        if let startedProtocol, started > 0 {
            metrics.protocols[startedProtocol, default: ProtocolMetrics()].started.addSaturated(started)
        }
        for index in transactions.indices where isFirstOfProtocol(index) {
            let name = transactions[index].applicationProtocol
            folded.addSaturated(
                metrics.protocols[name, default: ProtocolMetrics()]
                    .record(transactions, of: name, maximumOperations: maximumOperations)
            )
        }
        return folded
    }

    /// Whether a transaction is the first of its protocol: rarely is there another than the very first.
    private func isFirstOfProtocol(_ index: Int) -> Bool {
        guard index > 0 else { return true }
        let name = transactions[index].applicationProtocol
        return transactions[index - 1].applicationProtocol != name
            && !transactions[..<index].contains { $0.applicationProtocol == name }
    }

    /// Forgets everything but the room it took.
    package func removeAll() {
        rtt = Histogram()
        protocols.removeAll()
        losses.removeAll()
        transactions.removeAll(keepingCapacity: true)
        offered = 0
        startedProtocol = nil
        started = 0
        recognized = nil
        messages.removeAll()
        handshakes = nil
        samples.removeAll()
    }

    private func settleStarts() {
        if let startedProtocol { protocols[startedProtocol, default: ProtocolMetrics()].started += started }
        startedProtocol = nil
        started = 0
    }

    private func settleTransactions(_ maximumOperations: Int) {
        for index in transactions.indices where isFirstOfProtocol(index) {
            let name = transactions[index].applicationProtocol
            let folded = protocols[name, default: ProtocolMetrics()]
                .record(transactions, of: name, maximumOperations: maximumOperations)
            if folded > 0 { losses[.foldedOperations, default: 0].addSaturated(folded) }
        }
        offerTransactions()
        transactions.removeAll(keepingCapacity: true)
        offered = 0
    }

    /// Offers what was not yet; header fields are then kept by the examples alone, which are few.
    private func offerTransactions() {
        do {
            let transactions = transactions
            samples.offer(transactions.span, from: offered)
        }
        for index in offered..<transactions.count {
            if transactions[index].fields != nil { transactions[index].fields = nil }
        }
        offered = transactions.count
    }
}

extension TLSHandshakes {
    fileprivate mutating func record(_ step: TLSHandshakeEvent.Step) {
        switch step {
        case .attempted:
            attempted.addSaturated(1)
        case .completed(let nanoseconds, let isResumed):
            completed.addSaturated(1)
            if isResumed { resumed.addSaturated(1) }
            handshakeTime.record(nanoseconds: nanoseconds)
        case .failed(let alert):
            failed[alert, default: 0].addSaturated(1)
        }
    }
}

extension TransactionSamples {
    /// It is told where the transactions are: taken out of an array, each would be copied.
    fileprivate mutating func offer(_ transactions: Span<Transaction>, from first: Int) {
        for index in first..<transactions.count {
            guard let rank = transactions[index].rank, wants(rank) else { continue }
            offer(transactions[index].sample)
        }
    }
}
