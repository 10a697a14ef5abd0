// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension ProtocolMetrics {
    /// Operations kept apart in one row; further ones are folded into `{other}` and counted.
    static let maximumOperations = 256
    static let otherOperations = "{other}"

    /// Counts one transaction.
    ///
    /// - Returns: Whether its operation had to be folded.
    mutating func record(_ transaction: Transaction) -> Bool {
        let isFolded =
            !transaction.isSession && operations.count >= Self.maximumOperations
            && operations[transaction.operation] == nil
        record(transaction, as: isFolded ? Self.otherOperations : transaction.operation)
        return isFolded
    }

    /// Counts one of a few transactions, whose operation is kept whatever it is.
    mutating func recordUnfolded(_ transaction: Transaction) {
        record(transaction, as: transaction.operation)
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
