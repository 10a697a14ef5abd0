// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension WindowReport {
    /// Every string that stored parts of the report refer to by id.
    var storedStrings: Set<String> {
        var strings: Set<String> = [cluster]
        strings.formUnion(coverage.undecodable.keys)
        strings.formUnion(coverage.losses.keys.map(\.rawValue))
        var protocols: Set<ApplicationProtocol> = []
        // Neighbors often have the same, and to compare is cheaper than to look up.
        var (lastStatus, lastOperation) = (cluster, cluster)
        for index in edges.indices {
            for status in edges[index].metrics.tlsHandshakes.failed.keys { strings.insert(status) }
            for (name, metrics) in edges[index].metrics.protocols {
                protocols.insert(name)
                for status in metrics.statuses.keys where status != lastStatus {
                    strings.insert(status)
                    lastStatus = status
                }
                for operation in metrics.operations.keys where operation != lastOperation {
                    strings.insert(operation)
                    lastOperation = operation
                }
            }
            guard !edges[index].samples.isEmpty else { continue }
            for sample in edges[index].samples.sorted {
                protocols.insert(sample.applicationProtocol)
                strings.insert(sample.operation)
                if let status = sample.status { strings.insert(status) }
                if let name = sample.serverName { strings.insert(name) }
                strings.formUnion(sample.fields.map(\.name))
            }
        }
        strings.formUnion(protocols.map(\.rawValue))
        return strings
    }

    /// Refuses what the schema cannot hold: a window that is not a base window or in
    /// the first or last day of all times, a sequence
    /// beyond a signed integer, rows out of order or two of one edge.
    ///
    /// - Returns: The sequence as it is stored.
    func checkedSequence() throws -> Int64 {
        guard window.start.nanoseconds % Window.baseNanoseconds == 0,
            window.end - window.start == Window.baseNanoseconds
        else {
            throw refusal("its window is not one of 10 s")
        }
        // Each length divides the next, so the windows of all of them are whole.
        guard Resolution.coarsest.wholeWindow(containing: window.start) != nil else {
            throw refusal("its time is too close to the end of all times")
        }
        guard let sequence = Int64(exactly: sequence) else { throw refusal("its sequence is too large") }
        // A set of the keys would take more room than the report. By index: pairs would copy all rows.
        guard edges.indices.dropFirst().allSatisfy({ edges[$0 - 1].key < edges[$0].key }) else {
            throw refusal("its edges are out of order, or one is there twice")
        }
        return sequence
    }

    func refusal(_ reason: String) -> StorageError {
        StorageError(
            .invalidReport,
            "a report of \(reporter.name) for \(window.start) was refused: \(reason); update the collector"
        )
    }
}
