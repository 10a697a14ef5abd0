// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Storage

/// Puts the reports of one reporter into a store, and remembers what they said in all.
///
/// The engine hands reports over in a plain closure; the first failure is kept and everything
/// after it is dropped, so that the caller can stop and say why.
final class ReportSink {
    private let store: WindowStore
    private(set) var failure: (any Error)?
    /// Reports that the store did not have yet.
    private(set) var newReports = 0
    private(set) var knownReports = 0
    private(set) var coverage = Coverage()
    private(set) var requests: UInt64 = 0
    private(set) var edges: Set<EdgeKey> = []

    init(store: WindowStore) {
        self.store = store
    }

    func accept(_ report: WindowReport) {
        guard failure == nil else { return }
        do {
            if try store.append(report) { newReports += 1 } else { knownReports += 1 }
            coverage.merge(report.coverage)
            for row in report.edges {
                edges.insert(row.key)
                requests += row.metrics.protocols.values.reduce(0) { $0 + $1.requests }
            }
        } catch {
            failure = error
        }
    }
}
