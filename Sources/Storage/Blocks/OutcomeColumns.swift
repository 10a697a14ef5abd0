// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Six counter columns: ok, clientError, serverError, clientGaveUp, serverClosed, timedOut.
enum OutcomeColumns {
    /// How many columns there are.
    static let columns = 6

    /// Adds the outcomes of a row, or nothing but zeros.
    static func append(_ outcomes: OutcomeCounts, to table: inout ColumnTable) {
        table.append(outcomes.ok)
        table.append(outcomes.clientError)
        table.append(outcomes.serverError)
        table.append(outcomes.clientGaveUp)
        table.append(outcomes.serverClosed)
        table.append(outcomes.timedOut)
    }

    static func read(_ count: Int, from cursor: inout ByteCursor) throws(BlockError) -> [OutcomeCounts] {
        let ok = try CounterColumn.read(count, from: &cursor)
        let clientError = try CounterColumn.read(count, from: &cursor)
        let serverError = try CounterColumn.read(count, from: &cursor)
        let clientGaveUp = try CounterColumn.read(count, from: &cursor)
        let serverClosed = try CounterColumn.read(count, from: &cursor)
        let timedOut = try CounterColumn.read(count, from: &cursor)
        var outcomes = [OutcomeCounts](repeating: OutcomeCounts(), count: count)
        for index in outcomes.indices {
            outcomes[index].ok = ok[index]
            outcomes[index].clientError = clientError[index]
            outcomes[index].serverError = serverError[index]
            outcomes[index].clientGaveUp = clientGaveUp[index]
            outcomes[index].serverClosed = serverClosed[index]
            outcomes[index].timedOut = timedOut[index]
        }
        return outcomes
    }

    /// The sum over operations.
    ///
    /// Wrapping: damaged or hostile counts must not trap, and a sum that wrapped on the way in
    /// wraps to the same value on the way out.
    static func sum(_ operations: [String: OperationMetrics]) -> OutcomeCounts {
        var sum = OutcomeCounts()
        for operation in operations.values {
            sum.ok &+= operation.outcomes.ok
            sum.clientError &+= operation.outcomes.clientError
            sum.serverError &+= operation.outcomes.serverError
            sum.clientGaveUp &+= operation.outcomes.clientGaveUp
            sum.serverClosed &+= operation.outcomes.serverClosed
            sum.timedOut &+= operation.outcomes.timedOut
        }
        return sum
    }
}
