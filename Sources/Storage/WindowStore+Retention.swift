// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

extension WindowStore {
    /// What a call of `prune` came to.
    package struct PruneProgress: Equatable, Sendable {
        /// Windows that were deleted, of all lengths.
        package var windows = 0
        /// Whether nothing more can be deleted now.
        package var isDone = false
        /// The store is larger than it should be, and nothing more can go.
        package var isTooLarge = false

        package init() {}
    }

    /// Deletes windows that a policy does not keep, if no other process looks after the store.
    ///
    /// Only windows whose coarser windows are rolled up are deleted, but for those that are too old
    /// for any length; nothing of the newest one is.
    ///
    /// - Parameters:
    ///   - policy: What to keep.
    ///   - shouldStop: Asked before each transaction.
    /// - Returns: What was done; `nil` where another process holds the maintenance lock, or the store was
    ///   opened for reading.
    /// - Throws: `StorageError`.
    package func prune(
        _ policy: RetentionPolicy,
        shouldStop: () -> Bool = { false }
    ) throws -> PruneProgress? {
        try requireOpen()
        guard access == .readWrite, let lock = try FileLock.attempt(file.maintenanceLock) else { return nil }
        return try withExtendedLifetime(lock) {
            try Pruning(self, policy).run(shouldStop: shouldStop)
        }
    }

    /// From where on windows of each length are kept; lengths of which none was pruned are absent.
    package func keptFrom() throws -> [Resolution: Timestamp] {
        try read { try RetentionTable.cuts($0).cuts }
    }
}
