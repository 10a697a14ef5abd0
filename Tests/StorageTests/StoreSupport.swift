// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Storage

/// All time there is.
let everything = Window(start: Timestamp(nanoseconds: .min), end: Timestamp(nanoseconds: .max))

extension WindowStore {
    /// Every stored report, in the store's order.
    func reports(in range: Window = everything) throws -> [WindowReport] {
        var reports: [WindowReport] = []
        try forEachReport(in: range) { reports.append($0) }
        return reports
    }
}

/// The code of the storage error that a body throws; `nil` if it throws none.
func storageError(_ body: () throws -> Void) -> StorageError? {
    do {
        try body()
        return nil
    } catch let error as StorageError {
        return error
    } catch {
        return StorageError(.failed, "not a storage error: \(error)")
    }
}

extension StorageError {
    /// Whether the message is one line that ends in what to try.
    var isOneLineWithRemedy: Bool {
        !message.contains("\n") && message.contains(where: { $0 == ";" || $0 == "(" })
    }
}
