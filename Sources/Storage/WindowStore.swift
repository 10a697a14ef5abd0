// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// The SQLite file that keeps windows, names and inventory.
///
/// Safe to use from several tasks, and several processes may append to one file.
package final class WindowStore: Sendable {
    /// How to open a store.
    package enum Access: Sendable {
        /// Creates the file where there is none.
        case readWrite
        /// Fails where there is none; never writes.
        case readOnly
    }

    /// Opens, and for writers creates or migrates, the store at a path.
    ///
    /// - Throws: `StorageError` with one line that says what failed and what to try.
    package init(path: String, access: Access) throws {
    }

    /// Applies a report exactly once.
    ///
    /// - Returns: `false` where (reporter, window, sequence) was applied before.
    package func append(_ report: WindowReport) throws -> Bool { false }

    /// Adds facts; those already known change nothing.
    package func append(inventory: [InventoryObservation]) throws {}

    /// Every inventory observation, oldest first.
    package func inventory() throws -> [InventoryObservation] { [] }

    /// Every name traffic gave to an address, sorted.
    package func names() throws -> [NameObservation] { [] }

    /// From the start of the first stored window to the end of the last; `nil` when empty.
    package func range() throws -> Window? { nil }

    /// Hands over the reports of all base windows that lie in a range, in order of window,
    /// reporter and sequence, from one consistent snapshot.
    package func forEachReport(in range: Window, _ body: (WindowReport) throws -> Void) throws {}

    /// A number that changes when any process changes the store.
    package func dataVersion() throws -> Int64 { 0 }
}
