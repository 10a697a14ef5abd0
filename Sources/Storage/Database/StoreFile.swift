// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import GRDB

/// The file of a store: what it is before SQLite touches it, and how it begins.
struct StoreFile {
    /// `SVCM`, in the header of every store.
    static let applicationID: UInt32 = 0x5356_434D
    /// The pages of a new store; those of older schemas have 4,096.
    ///
    /// A block leaves a part of its last page empty, so smaller pages waste less.
    static let pageBytes = 2_048

    /// What lies at a path.
    enum Kind: Equatable {
        case absent
        /// No bytes: something other than svcmap made it, or nobody has written to it yet.
        case empty
        case store
        case foreign
    }

    /// Absolute and free of symbolic links, so that every name of a store finds the same locks.
    let path: String

    init(path: String) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    var folder: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }
    /// Held while the store is created, opened or migrated.
    var openLock: String { path + ".lock" }
    /// Held by the one process that checkpoints.
    var maintenanceLock: String { path + ".maintenance.lock" }
    var walBytes: Int { Self.bytes(path + "-wal") ?? 0 }
    var bytes: Int { Self.bytes(path) ?? 0 }

    /// Tells a store from other files, which must not be opened for writing at all: that would
    /// turn them to WAL.
    ///
    /// SQLite reads the header, without locks and leaving no files. To read it ourselves would
    /// be a mistake: closing any descriptor of a file drops all POSIX locks that this process
    /// holds on it, also those of a store opened before.
    ///
    /// - Parameter patienceSeconds: How long to wait for another process.
    /// - Returns: What it is.
    /// - Throws: `StorageError` for what no store can be, and what SQLite says of a damaged one.
    func kind(patienceSeconds: Double) throws -> Kind {
        guard FileManager.default.fileExists(atPath: path) else { return .absent }
        guard !Self.isFolder(path) else {
            throw StorageError(.notAStore, "\(path) is a folder; give the path of a store file in it")
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw StorageError(.permission, "cannot read \(path); check who owns it")
        }
        if bytes == 0 { return .empty }
        do {
            return try kind(at: immutableURI, patienceSeconds: patienceSeconds)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            return .foreign
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            // A checkpoint writes the first page before those that it speaks of. Where another
            // process is in the midst of one, or a full disk has ended it, the file is whole
            // together with its log, and under locks; by now the checkpoint may be done and the
            // log gone. What is damaged indeed fails again.
            return try kind(at: path, patienceSeconds: patienceSeconds)
        }
    }

    private func kind(at location: String, patienceSeconds: Double) throws -> Kind {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patienceSeconds)
        let connection = try DatabaseQueue(path: location, configuration: configuration)
        let id = try connection.read { database in
            try Row.fetchOne(database, sql: "PRAGMA application_id")?.integer(0)
        }
        try connection.close()
        return id == Int64(Self.applicationID) ? .store : .foreign
    }

    /// Creates the store, whole or not at all.
    ///
    /// The first page is written on one plain connection, before WAL: later these settings have
    /// no effect. Whoever calls holds `openLock`, so no other process makes the same draft.
    func create() throws {
        try place { connection in
            try connection.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA page_size = \(Self.pageBytes)")
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
                _ = try Row.fetchAll(database, sql: "PRAGMA journal_mode = WAL")
            }
        }
    }

    /// Makes the file beside its place and then renames it, so that it is there whole or not at all.
    func place(_ fill: (DatabaseQueue) throws -> Void) throws {
        let draft = path + ".draft"
        let parts = [draft, draft + "-journal", draft + "-wal", draft + "-shm"]
        func removeParts() throws {
            for part in parts where FileManager.default.fileExists(atPath: part) {
                try FileManager.default.removeItem(atPath: part)
            }
        }
        try removeParts()
        do {
            let connection = try DatabaseQueue(path: draft)
            try fill(connection)
            try connection.close()
        } catch {
            // What failed is told; a leftover is removed by the next attempt, too.
            try? removeParts()
            throw error
        }
        // Sound: both strings end with a zero byte for the time of the call.
        guard unsafe rename(draft, path) == 0 else {
            throw StorageError(
                .failed,
                "cannot create \(path): \(unsafe String(cString: strerror(errno)))"
            )
        }
    }

    /// The path as a URI that promises SQLite that nobody writes.
    ///
    /// SQLite reads a WAL database only where it can create its shared memory, except like this.
    var immutableURI: String {
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
        // Percent encoding fails on no string that came from a file URL.
        let encoded = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
        return "file:\(encoded)?immutable=1"
    }

    /// Size and modification time: what an immutable store must keep.
    func fingerprint() -> [Int64] {
        // A file that vanished has no attributes, which differs from every fingerprint.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return [] }
        let size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
        let changed = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return [size, Int64(clamping: Int(changed * 1_000))]
    }

    static func isFolder(_ path: String) -> Bool {
        // What has no attributes is no folder.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    private static func bytes(_ path: String) -> Int? {
        // A file that is not there has no size.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue
    }
}
