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
    private let fold: EdgeFold
    private(set) var failure: (any Error)?
    private(set) var totals = ImportTotals()
    /// Reports that wait for `release`; `nil` where none waits any more.
    private var held: [WindowReport]?
    /// Reports held at most; more are let go into the store.
    private static let maximumHeld = 4_096

    /// Makes a sink of nothing.
    ///
    /// - Parameters:
    ///   - store: Where the reports go.
    ///   - fold: What is kept apart of them.
    ///   - isHolding: They wait for `release`, since it is not known yet whether they are wanted.
    init(store: WindowStore, fold: EdgeFold, isHolding: Bool = false) {
        self.store = store
        self.fold = fold
        held = isHolding ? [] : nil
    }

    func accept(_ report: WindowReport) {
        guard let count = held?.count else {
            append(report)
            return
        }
        held?.append(report)
        if count >= Self.maximumHeld { release() }
    }

    /// Stores what was held, and what comes from now on.
    func release() {
        guard let reports = held else { return }
        held = nil
        for report in reports { append(report) }
    }

    private func append(_ report: WindowReport) {
        guard failure == nil else { return }
        var report = report
        fold.apply(to: &report)
        do {
            totals.add(report, isNew: try store.append(report))
        } catch let error as StorageError where error.code == .outsideRetention {
            // The others of the same capture may still be wanted.
            totals.addRefused()
        } catch {
            failure = error
        }
    }
}
