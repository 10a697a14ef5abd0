// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import GRDB

extension WindowStore {
    /// What a check found.
    package struct CheckOutcome: Equatable, Sendable {
        /// One line each.
        package var problems: [String] = []
        /// Windows of all lengths that were read, and their rows.
        package var windows = 0
        package var rows = 0
        /// Coarse windows that were added up again.
        package var compared = 0

        package init() {}
    }

    /// What became of a store that was looked after.
    package struct CareOutcome: Equatable, Sendable {
        /// Windows that were rolled up, and the rows that were added up.
        package var rolledUp = 0
        package var rows = 0
        /// Windows that were pruned.
        package var pruned = 0
        /// One line for each window that cannot be rolled up.
        package var damaged: [String] = []
        /// The store is larger than it should be, and nothing more can go.
        package var isTooLarge = false

        package init() {}
    }

    /// Windows rolled up before the lock is let go for a moment.
    private static var windowsAtOnce: Int { 64 }

    /// Rolls up, prunes and checkpoints, if no other process looks after the store.
    ///
    /// - Parameters:
    ///   - scope: Which windows to roll up.
    ///   - policy: What to keep.
    ///   - shouldStop: Asked now and then.
    ///   - progress: Told how many windows are rolled up so far, where there are many.
    /// - Returns: What was done; `nil` where another process holds the maintenance lock, or the store was
    ///   opened for reading.
    /// - Throws: `StorageError`.
    package func lookAfter(
        _ scope: RollUpScope,
        policy: RetentionPolicy = RetentionPolicy(),
        shouldStop: () -> Bool = { false },
        progress: (Int) -> Void = { _ in }
    ) throws -> CareOutcome? {
        var outcome = CareOutcome()
        while !shouldStop() {
            guard let part = try rollUp(scope, limit: Self.windowsAtOnce, shouldStop: shouldStop) else {
                return nil
            }
            outcome.rolledUp += part.windows
            outcome.rows += part.rows
            outcome.damaged = part.damaged
            if part.isDone { break }
            progress(outcome.rolledUp)
        }
        guard let pruned = try prune(policy, shouldStop: shouldStop) else { return nil }
        outcome.pruned = pruned.windows
        outcome.isTooLarge = pruned.isTooLarge
        if outcome.rolledUp + outcome.pruned > 0 { try maintain(waits: false) }
        return outcome
    }

    /// Reads everything and compares coarse windows with what they are made of.
    ///
    /// - Parameter isDeep: Whether to compare all of them and not some.
    /// - Returns: What is wrong, and how much was looked at.
    /// - Throws: `StorageError` where the store cannot be read at all.
    package func check(isDeep: Bool) throws -> CheckOutcome {
        var check = StoreCheck(self, isDeep: isDeep)
        try check.run()
        return check.outcome
    }

    /// Writes the file anew without what was deleted, and empties the log.
    ///
    /// - Returns: Whether it was done; `false` where another process holds the maintenance lock.
    /// - Throws: `StorageError`.
    package func vacuum() throws -> Bool {
        try requireOpen()
        guard access == .readWrite, let lock = try FileLock.attempt(file.maintenanceLock) else {
            return false
        }
        return try withExtendedLifetime(lock) {
            try Self.translating(path: file.path) {
                try connections.pool.writeWithoutTransaction { database in
                    try Schema.check(database, known: conditions.schemaVersion, path: file.path)
                    try database.execute(sql: "VACUUM")
                }
                return try restartLog(patienceSeconds: conditions.patienceSeconds)
            }
        }
    }

    /// Copies the store as it is at one instant into a new file, while others write.
    ///
    /// The file appears when it is complete.
    ///
    /// - Parameter path: Where there is no file yet.
    /// - Throws: `StorageError`.
    package func backUp(to path: String) throws {
        try requireOpen()
        let copy = StoreFile(path: path)
        guard !FileManager.default.fileExists(atPath: copy.path) else {
            throw StorageError(.permission, "\(copy.path) exists; give the path of a new file")
        }
        guard StoreFile.isFolder(copy.folder) else {
            throw StorageError(.missing, "there is no folder \(copy.folder); create it first")
        }
        try Self.translating(path: copy.path) {
            try copy.place { draft in try connections.pool.backup(to: draft) }
        }
    }
}
