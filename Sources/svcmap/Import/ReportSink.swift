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
    private(set) var totals = ImportTotals()

    init(store: WindowStore) {
        self.store = store
    }

    func accept(_ report: WindowReport) {
        guard failure == nil else { return }
        do {
            totals.add(report, isNew: try store.append(report))
        } catch {
            failure = error
        }
    }
}
