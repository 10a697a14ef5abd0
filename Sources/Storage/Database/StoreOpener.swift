// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import GRDB

/// Finds out what lies at a path and opens it the right way.
struct StoreOpener {
    private let file: StoreFile
    private let conditions: WindowStore.Conditions

    init(_ file: StoreFile, _ conditions: WindowStore.Conditions) {
        self.file = file
        self.conditions = conditions
    }

    /// Creates the file where there is none, and brings the schema up to date, one process at
    /// a time.
    func openForWriting() throws -> StoreConnections {
        guard StoreFile.isFolder(file.folder) else {
            throw StorageError(.missing, "there is no folder \(file.folder); create it first")
        }
        // Before the lock file is created beside something that is not a store.
        try requireOurs(file.kind(patienceSeconds: conditions.patienceSeconds))
        guard isFolderWritable else {
            throw StorageError(
                .permission,
                "cannot write in the folder \(file.folder); check who owns it, or open the store for reading"
            )
        }
        let lock = try FileLock.wait(file.openLock, seconds: conditions.patienceSeconds)
        return try withExtendedLifetime(lock) {
            let kind = try file.kind(patienceSeconds: conditions.patienceSeconds)
            try requireOurs(kind)
            if kind != .store { try file.create() }
            guard FileManager.default.isWritableFile(atPath: file.path) else {
                throw StorageError(.permission, "cannot write to \(file.path); check who owns it")
            }
            let connections = try StoreConnections.forWriting(file, conditions)
            try Schema.migrator.migrate(connections.pool)
            try connections.pool.write { database in
                guard try Schema.foundVersion(database) != conditions.schemaVersion else { return }
                try database.execute(sql: "PRAGMA user_version = \(conditions.schemaVersion)")
            }
            return connections
        }
    }

    /// Opens what is there, as `immutable` where SQLite could not keep its shared memory.
    ///
    /// - Returns: The connections, and for an immutable store what it looked like.
    func openForReading() throws -> (StoreConnections, [Int64]?) {
        switch try file.kind(patienceSeconds: conditions.patienceSeconds) {
        case .absent:
            throw StorageError(.missing, "there is no store \(file.path); create one with svcmap import")
        case .empty:
            throw StorageError(.olderSchema, "\(file.path) is empty; import a capture into it first")
        case .foreign:
            try requireOurs(.foreign)
        case .store:
            break
        }
        let isImmutable = !isFolderWritable && file.walBytes == 0
        let fingerprint = isImmutable ? file.fingerprint() : nil
        let connections = try StoreConnections.forReading(
            isImmutable ? file.immutableURI : file.path,
            conditions
        )
        try connections.pool.read { database in
            try Schema.check(database, known: conditions.schemaVersion, path: file.path)
        }
        return (connections, fingerprint)
    }

    private func requireOurs(_ kind: StoreFile.Kind) throws {
        guard kind == .foreign else { return }
        throw StorageError(.notAStore, "\(file.path) is not an svcmap store; give the path of another file")
    }

    private var isFolderWritable: Bool {
        conditions.isFolderWritable ?? FileManager.default.isWritableFile(atPath: file.folder)
    }
}
