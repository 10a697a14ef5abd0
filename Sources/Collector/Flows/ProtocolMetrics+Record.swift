// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension ProtocolMetrics {
    /// Operations kept apart in one row; further ones are folded into `{other}` and counted.
    static let maximumOperations = 256
    static let otherOperations = "{other}"
    /// Transactions recorded at once.
    static let maximumBatch = UInt64.bitWidth

    /// Counts the transactions of one protocol, in the order of their ends.
    ///
    /// A status or an operation is looked up once, however many have it. Set-up commands are only
    /// counted.
    ///
    /// - Parameters:
    ///   - transactions: At most `maximumBatch`, of any protocols.
    ///   - name: The protocol.
    ///   - foldsOperations: Whether operations beyond `maximumOperations` are folded.
    /// - Returns: How many had an operation that was folded.
    @discardableResult
    mutating func record(
        _ transactions: [Transaction],
        of name: ApplicationProtocol,
        foldsOperations: Bool
    ) -> UInt64 {
        assert(transactions.count <= Self.maximumBatch)
        var mine = Members()
        for index in transactions.indices where transactions[index].applicationProtocol == name {
            if transactions[index].isSession {
                session.addSaturated(1)
                continue
            }
            mine.insert(index)
            countTotals(of: transactions, index)
        }
        countStatuses(of: transactions, mine)
        return countOperations(of: transactions, mine, foldsOperations: foldsOperations)
    }

    /// Everything but status and operation.
    ///
    /// It is told where the transaction is: taken out, it would be copied.
    @inline(__always)
    private mutating func countTotals(of transactions: [Transaction], _ index: Int) {
        outcomes.record(transactions[index].outcome)
        retries += transactions[index].retries
        if transactions[index].isIncomplete { incomplete += 1 }
        let (isEarly, isStreaming) = (transactions[index].isEarlyResponse, transactions[index].isStreaming)
        if isEarly { earlyResponse += 1 }
        if isStreaming { streaming += 1 }
        if let duration = Self.completeNanoseconds(of: transactions, index) {
            if isStreaming {
                streamDuration.record(nanoseconds: duration)
            } else {
                latency.record(nanoseconds: duration)
            }
        }
        if let start = transactions[index].responseStart, !isEarly, !isStreaming {
            serverTime.record(nanoseconds: start - transactions[index].requestEnd)
        }
    }

    /// From the first byte of the request to the last one of the response, if that was seen.
    @inline(__always)
    fileprivate static func completeNanoseconds(of transactions: [Transaction], _ index: Int) -> Int64? {
        guard let end = transactions[index].responseEnd, !transactions[index].isIncomplete else { return nil }
        return end - transactions[index].requestStart
    }

    private mutating func countStatuses(of transactions: [Transaction], _ members: Members) {
        var waiting = members
        while let first = waiting.first {
            let group = waiting.remove { transactions[$0].status == transactions[first].status }
            if let status = transactions[first].status {
                statuses[status, default: 0].addSaturated(UInt64(group.count))
            }
        }
    }

    private mutating func countOperations(
        of transactions: [Transaction],
        _ members: Members,
        foldsOperations: Bool
    ) -> UInt64 {
        var folded: UInt64 = 0
        var waiting = members
        while let first = waiting.first {
            let group = waiting.remove { transactions[$0].operation == transactions[first].operation }
            var operation = transactions[first].operation
            if foldsOperations, operations.count >= Self.maximumOperations, operations[operation] == nil {
                operation = Self.otherOperations
                folded += UInt64(group.count)
            }
            operations[operation, default: OperationMetrics()].record(transactions, group)
        }
        return folded
    }
}

extension OperationMetrics {
    fileprivate mutating func record(_ transactions: [Transaction], _ members: Members) {
        var rest = members
        while let index = rest.popFirst() {
            outcomes.record(transactions[index].outcome)
            guard !transactions[index].isStreaming,
                let duration = ProtocolMetrics.completeNanoseconds(of: transactions, index)
            else { continue }
            latency.record(nanoseconds: duration)
        }
    }
}

/// Positions in a batch.
private struct Members: BitwiseCopyable {
    private var bits: UInt64 = 0

    var count: Int { bits.nonzeroBitCount }
    var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }

    mutating func insert(_ position: Int) { bits |= 1 &<< UInt64(truncatingIfNeeded: position) }

    mutating func popFirst() -> Int? {
        let position = first
        bits &= bits &- 1
        return position
    }

    /// Takes those out that a question is true of.
    @inline(__always)
    mutating func remove(where isOne: (Int) -> Bool) -> Members {
        var (rest, found) = (self, Members())
        while let position = rest.popFirst() {
            if isOne(position) { found.insert(position) }
        }
        bits &= ~found.bits
        return found
    }
}
