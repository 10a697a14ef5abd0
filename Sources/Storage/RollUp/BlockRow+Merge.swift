// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension BlockRow {
    /// Adds another row of the same edge; gauges of rows that are not the reporter's last must have
    /// been cleared.
    mutating func merge(_ other: BlockRow) {
        metrics.merge(other.metrics)
        samples.merge(other.samples)
        if dialled.isEmpty {
            dialled = other.dialled
        } else if !other.dialled.isEmpty {
            merge(dialled: other.dialled)
        }
        firstWindow = min(firstWindow, other.firstWindow)
        lastWindow = max(lastWindow, other.lastWindow)
    }

    /// Folds the operations of each protocol that are more than may be kept apart; those with most
    /// requests keep their own.
    ///
    /// - Parameter limit: How many of one protocol are kept apart.
    /// - Returns: How many requests had their operation folded.
    mutating func foldOperations(limit: Int) -> UInt64 {
        var folded: UInt64 = 0
        for (name, metrics) in metrics.protocols where metrics.operations.count > limit {
            let others = metrics.operations.filter { $0.key != ProtocolMetrics.otherOperations }
            guard others.count > limit else { continue }
            let byRequests = others.sorted { left, right in
                let (mine, theirs) = (left.value.outcomes.requests, right.value.outcomes.requests)
                return mine != theirs ? mine > theirs : left.key < right.key
            }
            var operations = metrics.operations
            for (operation, own) in byRequests.dropFirst(limit) {
                operations[operation] = nil
                operations[ProtocolMetrics.otherOperations, default: OperationMetrics()].merge(own)
                folded.addSaturated(own.outcomes.requests)
            }
            self.metrics.protocols[name]?.operations = operations
        }
        return folded
    }

    /// Both lists are in order of endpoint and port.
    private mutating func merge(dialled other: [Dialled]) {
        var merged: [Dialled] = []
        merged.reserveCapacity(max(dialled.count, other.count))
        var (left, right) = (0, 0)
        while left < dialled.count, right < other.count {
            let (mine, theirs) = (dialled[left], other[right])
            if (mine.endpoint, mine.port) == (theirs.endpoint, theirs.port) {
                merged.append(mine)
                merged[merged.count - 1].connections.addSaturated(theirs.connections)
                left += 1
                right += 1
            } else if (mine.endpoint, mine.port) < (theirs.endpoint, theirs.port) {
                merged.append(mine)
                left += 1
            } else {
                merged.append(theirs)
                right += 1
            }
        }
        merged += dialled[left...]
        merged += other[right...]
        dialled = merged
    }
}

extension EdgeMetrics {
    /// Whether any value at the window's end is not 0.
    var hasGauges: Bool {
        connections.open > 0 || connections.pending > 0 || protocols.values.contains { $0.inFlight > 0 }
    }
}
