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
