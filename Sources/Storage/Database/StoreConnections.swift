// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import GRDB

/// The connections of one open store: a writer and readers, and one that watches.
struct StoreConnections: Sendable {
    let pool: DatabasePool
    /// Only ever reads `data_version`, which tells a connection of commits by others: on the
    /// pool, whose readers come and go, successive numbers could not be compared.
    let watcher: DatabaseQueue

    /// Opens for writing a file that exists and is ours, under the opening lock.
    static func forWriting(_ file: StoreFile, _ conditions: WindowStore.Conditions) throws -> Self {
        let watcher = try watcher(file.path, conditions)
        // Before the pool, which would write to a store that this build must leave alone.
        let version = try watcher.read(Schema.foundVersion)
        guard version <= conditions.schemaVersion else {
            throw StorageError.newerSchema(version, known: conditions.schemaVersion, path: file.path)
        }
        let pool = try DatabasePool(path: file.path, configuration: Self.configuration(conditions))
        try pool.writeWithoutTransaction { database in
            // GRDB chooses NORMAL when it turns WAL on; a report is acknowledged after commit,
            // so its commit must be on the disk.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return StoreConnections(pool: pool, watcher: watcher)
    }

    /// Opens for reading, from a path or a URI.
    static func forReading(_ name: String, _ conditions: WindowStore.Conditions) throws -> Self {
        var configuration = Self.configuration(conditions)
        configuration.readonly = true
        let pool = try DatabasePool(path: name, configuration: configuration)
        return StoreConnections(pool: pool, watcher: try watcher(name, conditions))
    }

    /// Closes the watcher and the readers first: the last connection of all, if it may write,
    /// moves the WAL into the database and removes it.
    func close() throws {
        try watcher.close()
        pool.releaseMemory()
        try pool.close()
    }

    private static func watcher(_ name: String, _ conditions: WindowStore.Conditions) throws -> DatabaseQueue
    {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(conditions.patienceSeconds)
        return try DatabaseQueue(path: name, configuration: configuration)
    }

    private static func configuration(_ conditions: WindowStore.Conditions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "svcmap.store"
        configuration.busyMode = .timeout(conditions.patienceSeconds)
        let maximumPages = conditions.maximumPages
        configuration.prepareDatabase { database in
            // Checkpoints are for the holder of the maintenance lock only.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            if let maximumPages {
                try database.execute(sql: "PRAGMA max_page_count = \(maximumPages)")
            }
        }
        return configuration
    }
}
