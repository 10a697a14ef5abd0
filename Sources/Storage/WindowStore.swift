// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
import GRDB
package import Graph
import Synchronization

/// The SQLite file that keeps windows, names and inventory.
///
/// Safe to use from several tasks, and several processes may append to one file. Calls block
/// while SQLite works; none may be made from within the body of `forEachReport`.
package final class WindowStore: Sendable {
    /// How to open a store.
    package enum Access: Sendable {
        /// Creates the file where there is none.
        case readWrite
        /// Fails where there is none; never writes.
        case readOnly
    }

    /// The surroundings of an open store, so that a full disk, a slow neighbor, a read-only
    /// folder or a newer build can be stood in for.
    package struct Conditions: Sendable {
        /// How long to wait for another process.
        package var patienceSeconds: Double = 10
        /// The most pages the file may have; unlimited by default.
        package var maximumPages: Int?
        /// Whether files may be created beside the store; asked of the file system by default.
        package var isFolderWritable: Bool?
        /// The schema version this build knows and leaves behind.
        package var schemaVersion = Schema.version
        /// A WAL longer than this is checkpointed after an append, if nobody else does.
        package var checkpointBytes = 64 << 20

        package init() {}
    }

    let file: StoreFile
    let access: Access
    let conditions: Conditions
    let connections: StoreConnections
    let writerDictionary = Mutex(WriterDictionary())
    let readerDictionary = Mutex(ReaderDictionary())
    /// What an immutable store looked like when it was opened; `nil` for all others.
    let immutableFingerprint: [Int64]?
    let nextCheckpointBytes: Mutex<Int>
    let isClosed = Atomic(false)

    /// Opens, and for writers creates or migrates, the store at a path.
    ///
    /// - Parameters:
    ///   - path: The file; locks and the write-ahead log are kept beside it.
    ///   - access: Whether the store may be created and changed.
    ///   - conditions: For tests.
    /// - Throws: `StorageError` with one line that says what failed and what to try.
    package init(path: String, access: Access, conditions: Conditions = Conditions()) throws {
        let file = StoreFile(path: path)
        self.file = file
        self.access = access
        self.conditions = conditions
        self.nextCheckpointBytes = Mutex(conditions.checkpointBytes)
        (connections, immutableFingerprint) = try Self.translating(path: file.path) {
            switch access {
            case .readWrite: (try StoreOpener(file, conditions).openForWriting(), nil)
            case .readOnly: try StoreOpener(file, conditions).openForReading()
            }
        }
    }

    /// Applies a report exactly once.
    ///
    /// - Returns: `false` where (reporter, window, sequence) was applied before.
    package func append(_ report: WindowReport) throws -> Bool {
        let sequence = try report.checkedSequence()
        let isNew = try write { database, dictionary in
            try ReportWriter(report, sequence).apply(to: database, &dictionary)
        }
        if isNew { try checkpointIfLong() }
        return isNew
    }

    /// Adds facts; those already known change nothing.
    package func append(inventory: [InventoryObservation]) throws {
        guard !inventory.isEmpty else { return }
        try write { database, dictionary in
            for observation in inventory {
                try InventoryTable.insert(observation, database, &dictionary)
            }
        }
    }

    // MARK: - Transactions

    /// Runs a body in one IMMEDIATE transaction; ids it allocated are remembered after commit.
    func write<T>(_ body: (Database, inout WriterDictionary) throws -> T) throws -> T {
        guard access == .readWrite else {
            throw StorageError(
                .readOnly,
                "the store \(file.path) was opened for reading; open it for writing"
            )
        }
        try requireOpen()
        return try Self.translating(path: file.path) {
            var result: T?
            try writerDictionary.withLock { dictionary in
                do {
                    try connections.pool.writeInTransaction(.immediate) { database in
                        try Schema.check(database, known: conditions.schemaVersion, path: file.path)
                        result = try body(database, &dictionary)
                        return .commit
                    }
                } catch {
                    dictionary.rollBack()
                    throw error
                }
                dictionary.commit()
            }
            guard let result else { throw StorageError(.failed, "the store \(file.path) gave no result") }
            return result
        }
    }

    /// Runs a body on one snapshot.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try requireOpen()
        return try Self.translating(path: file.path) {
            try connections.pool.read { database in
                try Schema.check(database, known: conditions.schemaVersion, path: file.path)
                let result = try body(database)
                if let immutableFingerprint, file.fingerprint() != immutableFingerprint {
                    throw StorageError(
                        .changed,
                        "the store \(file.path) was written to meanwhile; open it again"
                    )
                }
                return result
            }
        }
    }

    func requireOpen() throws {
        guard !isClosed.load(ordering: .acquiring) else {
            throw StorageError(.closed, "the store \(file.path) was closed; open it again")
        }
    }

    /// Turns errors of SQLite, rows and blocks into ours; others, a caller's own, pass.
    static func translating<T>(path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StorageError(error, path: path)
        } catch let error as BlockError {
            throw StorageError.damaged("\(error)", path: path)
        } catch is WrongColumn {
            throw StorageError.damaged("a column holds what it must not", path: path)
        } catch is DecodingError {
            throw StorageError.damaged("an inventory fact cannot be read", path: path)
        }
    }
}
