// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension ProtocolMetrics {
    /// Transactions recorded at once.
    static let maximumBatch = UInt64.bitWidth

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
                isFull(maximumOperations) && operations[name] == nil && name != Self.otherOperations
            if isFolded { folded.addSaturated(metrics.outcomes.requests) }
            operations[isFolded ? Self.otherOperations : name, default: OperationMetrics()].merge(metrics)
        }
        return folded
    }

    /// Whether as many operations are kept apart as may be; what stands for the others is none.
    private func isFull(_ maximumOperations: Int) -> Bool {
        operations.count >= maximumOperations
            && operations.count - (operations[Self.otherOperations] == nil ? 0 : 1) >= maximumOperations
    }

    /// Counts the transactions of one protocol, in the order of their ends.
    ///
    /// A status or an operation is looked up once, however many have it. Set-up commands are only
    /// counted.
    ///
    /// - Parameters:
    ///   - transactions: At most `maximumBatch`, of any protocols.
    ///   - name: The protocol.
    ///   - maximumOperations: How many are kept apart; further ones are folded into `{other}`.
    /// - Returns: How many had an operation that was folded.
    mutating func record(
        _ transactions: [Transaction],
        of name: ApplicationProtocol,
        maximumOperations: Int
    ) -> UInt64 {
        assert(transactions.count <= Self.maximumBatch)
        var mine = Members()
        var times = transactions.count >= HistogramBatch.leastWorthwhile ? Times() : nil
        for index in transactions.indices where transactions[index].applicationProtocol == name {
            if transactions[index].isSession {
                session.addSaturated(1)
                continue
            }
            mine.insert(index)
            countTotals(of: transactions, index, &times)
        }
        if let times {
            latency.record(times.latency)
            serverTime.record(times.serverTime)
        }
        countStatuses(of: transactions, mine)
        return countOperations(of: transactions, mine, maximumOperations: maximumOperations)
    }

    /// Everything but status and operation.
    ///
    /// It is told where the transaction is: taken out, it would be copied.
    @inline(__always)
    private mutating func countTotals(of transactions: [Transaction], _ index: Int, _ times: inout Times?) {
        outcomes.record(transactions[index].outcome)
        retries += transactions[index].retries
        if transactions[index].isIncomplete { incomplete += 1 }
        let (isEarly, isStreaming) = (transactions[index].isEarlyResponse, transactions[index].isStreaming)
        if isEarly { earlyResponse += 1 }
        if isStreaming { streaming += 1 }
        if let duration = Self.completeNanoseconds(of: transactions, index) {
            if isStreaming {
                streamDuration.record(nanoseconds: duration)
            } else if times?.latency.add(nanoseconds: duration) == nil {
                latency.record(nanoseconds: duration)
            }
        }
        if let start = transactions[index].responseStart, !isEarly, !isStreaming {
            let duration = start - transactions[index].requestEnd
            if times?.serverTime.add(nanoseconds: duration) == nil {
                serverTime.record(nanoseconds: duration)
            }
        }
    }

    /// Where there are many, they are recorded at once.
    private struct Times: BitwiseCopyable {
        var latency = HistogramBatch()
        var serverTime = HistogramBatch()
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
        maximumOperations: Int
    ) -> UInt64 {
        var folded: UInt64 = 0
        var waiting = members
        while let first = waiting.first {
            let group = waiting.remove { transactions[$0].operation == transactions[first].operation }
            var operation = transactions[first].operation
            if isFull(maximumOperations), operations[operation] == nil {
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
        var times = members.count >= HistogramBatch.leastWorthwhile ? HistogramBatch() : nil
        while let index = rest.popFirst() {
            outcomes.record(transactions[index].outcome)
            guard !transactions[index].isStreaming,
                let duration = ProtocolMetrics.completeNanoseconds(of: transactions, index)
            else { continue }
            if times?.add(nanoseconds: duration) == nil { latency.record(nanoseconds: duration) }
        }
        if let times { latency.record(times) }
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
