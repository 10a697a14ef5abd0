// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import GRDB

extension StorageError {
    /// What an SQLite result code means to the person who runs the program.
    ///
    /// The message of SQLite is passed on, its SQL and arguments are not: they hold what
    /// traffic said.
    init(_ error: DatabaseError, path: String) {
        let reason = error.message ?? error.resultCode.description
        switch error.resultCode.primaryResultCode {
        case .SQLITE_FULL:
            self.init(
                .full,
                "no room to write to the store \(path); free some space and repeat, nothing was half written"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            self.init(.locked, "the store \(path) is in use by another process; try again when that is done")
        case .SQLITE_NOTADB:
            self.init(.notAStore, "\(path) is not an svcmap store; give the path of another file")
        case .SQLITE_CORRUPT:
            self.init(
                .corrupt,
                "the store \(path) is damaged (\(reason)); restore a copy, or import the captures into a new store"
            )
        case .SQLITE_READONLY:
            self.init(.readOnly, "the store \(path) cannot be written (\(reason)); check who owns it")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .permission,
                "cannot open the store \(path) (\(reason)); check that its folder exists and may be used"
            )
        default:
            self.init(.failed, "the store \(path) failed: \(reason) (\(error.extendedResultCode.rawValue))")
        }
    }

    /// Bytes or values that no writer of ours leaves behind.
    static func damaged(_ what: String, path: String) -> StorageError {
        StorageError(
            .corrupt,
            "the store \(path) is damaged: \(what); restore a copy, or import the captures into a new store"
        )
    }

    /// A database of another schema than this build writes.
    static func newerSchema(_ found: Int64, known: Int64, path: String) -> StorageError {
        StorageError(
            .newerSchema,
            "the store \(path) has schema \(found), this svcmap knows \(known); update svcmap and start it again"
        )
    }
}
