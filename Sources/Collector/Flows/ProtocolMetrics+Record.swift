// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension ProtocolMetrics {
    static let otherOperations = "{other}"

    /// Counts one transaction.
    ///
    /// - Parameters:
    ///   - transaction: What ended.
    ///   - maximumOperations: How many are kept apart; further ones are folded into `{other}`.
    /// - Returns: Whether its operation had to be folded.
    mutating func record(_ transaction: Transaction, maximumOperations: Int) -> Bool {
        let isFolded =
            !transaction.isSession && operations.count >= maximumOperations
            && operations[transaction.operation] == nil
        record(transaction, as: isFolded ? Self.otherOperations : transaction.operation)
        return isFolded
    }

    /// Adds what one connection did; where there are too many operations, those with most
    /// requests keep their own.
    ///
    /// - Parameters:
    ///   - own: Of the connection.
    ///   - maximumOperations: How many are kept apart; further ones are folded into `{other}`.
    /// - Returns: How many requests had their operation folded.
    mutating func merge(_ own: ProtocolMetrics, maximumOperations: Int) -> UInt64 {
        guard operations.count + own.operations.count > maximumOperations else {
            merge(own)
            return 0
        }
        var rest = own
        rest.operations = [:]
        merge(rest)
        var folded: UInt64 = 0
        let byRequests = own.operations.sorted { left, right in
            let (mine, theirs) = (left.value.outcomes.requests, right.value.outcomes.requests)
            return mine != theirs ? mine > theirs : left.key < right.key
        }
        for (name, metrics) in byRequests {
            let isFolded =
                operations.count >= maximumOperations && operations[name] == nil
                && name != Self.otherOperations
            if isFolded { folded.addSaturated(metrics.outcomes.requests) }
            operations[isFolded ? Self.otherOperations : name, default: OperationMetrics()].merge(metrics)
        }
        return folded
    }

    private mutating func record(_ transaction: Transaction, as operation: String) {
        guard !transaction.isSession else {
            session.addSaturated(1)
            return
        }
        outcomes.record(transaction.outcome)
        retries += transaction.retries
        if transaction.isIncomplete { incomplete += 1 }
        if transaction.isEarlyResponse { earlyResponse += 1 }
        if transaction.isStreaming { streaming += 1 }
        if let status = transaction.status { statuses[status, default: 0] += 1 }
        var latencyNanoseconds: Int64?
        if let end = transaction.responseEnd, !transaction.isIncomplete {
            let duration = end - transaction.requestStart
            if transaction.isStreaming {
                streamDuration.record(nanoseconds: duration)
            } else {
                latency.record(nanoseconds: duration)
                latencyNanoseconds = duration
            }
        }
        if let start = transaction.responseStart, !transaction.isEarlyResponse, !transaction.isStreaming {
            serverTime.record(nanoseconds: start - transaction.requestEnd)
        }
        operations[operation, default: OperationMetrics()]
            .record(transaction.outcome, latencyNanoseconds: latencyNanoseconds)
    }
}

extension OperationMetrics {
    fileprivate mutating func record(_ outcome: Outcome, latencyNanoseconds: Int64?) {
        outcomes.record(outcome)
        if let latencyNanoseconds { latency.record(nanoseconds: latencyNanoseconds) }
    }
}
