// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import GRDB
import Synchronization

extension WindowStore {
    /// Moves the write-ahead log into the database, if no other process looks after the store.
    ///
    /// RESTART mode: it keeps writers out while it works, which SQLite before 3.51.3 needs (it
    /// could lose a log that was reset during a checkpoint).
    ///
    /// - Parameter waits: Whether to wait for readers, which keeps other writers waiting, too.
    /// - Returns: Whether it was done; `false` where another process holds the maintenance lock
    ///   or readers still need the log.
    /// - Throws: `StorageError`.
    @discardableResult
    package func maintain(waits: Bool = true) throws -> Bool {
        try requireOpen()
        guard access == .readWrite else { return false }
        return try Self.translating(path: file.path) {
            try checkpoint(patienceSeconds: waits ? conditions.patienceSeconds : 0)
        }
    }

    /// Checkpoints if it can, and closes every connection.
    ///
    /// Later calls throw. The last process to close leaves a single file, which can be copied or read anywhere.
    package func close() throws {
        try maintain()
        // Whoever closes first closes; a second call has found it closed or finds it now.
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        try Self.translating(path: file.path) { try connections.close() }
    }

    /// Checkpoints when the log has grown long, waiting for nobody.
    ///
    /// - Parameter holdsLock: Whether the caller holds the maintenance lock.
    /// - Throws: `StorageError`.
    func checkpointIfLong(holdsLock: Bool = false) throws {
        let bytes = file.walBytes
        let isLong = nextCheckpointBytes.withLock { next in
            guard bytes >= next else { return false }
            // If readers keep the log in use, it is not tried again at every append.
            next = bytes + conditions.checkpointBytes
            return true
        }
        guard isLong else { return }
        try Self.translating(path: file.path) {
            let isDone =
                holdsLock
                ? try restartLog(patienceSeconds: 0) : try checkpoint(patienceSeconds: 0)
            guard isDone else { return }
            nextCheckpointBytes.withLock { $0 = conditions.checkpointBytes }
        }
    }

    private func checkpoint(patienceSeconds: Double) throws -> Bool {
        guard let lock = try FileLock.attempt(file.maintenanceLock) else { return false }
        return try withExtendedLifetime(lock) { try restartLog(patienceSeconds: patienceSeconds) }
    }

    /// Moves the log into the database; whoever calls holds the maintenance lock.
    func restartLog(patienceSeconds: Double) throws -> Bool {
        try connections.pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA busy_timeout = \(Int(patienceSeconds * 1_000))")
            defer {
                // Sets a number in memory; it fails on no open connection.
                try? database.execute(
                    sql: "PRAGMA busy_timeout = \(Int(conditions.patienceSeconds * 1_000))"
                )
            }
            do {
                try database.checkpoint(.restart)
                return true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return false
            }
        }
    }
}
