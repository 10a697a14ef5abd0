// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import GRDB
import GRDBSQLite

/// A blob of the store, of which parts are read.
@safe
struct StoredBlob: ~Copyable {
    private let handle: OpaquePointer
    /// How long it is.
    let count: Int

    /// Opens the column `data` of a row.
    init(table: String, row: Int64, _ database: Database) throws {
        var opened: OpaquePointer?
        // The connection is open, as we are in one of its transactions, and the handle lives no longer.
        let code = unsafe sqlite3_blob_open(database.sqliteConnection, "main", table, "data", row, 0, &opened)
        guard code == SQLITE_OK, let opened = unsafe opened else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
        unsafe handle = opened
        count = Int(unsafe sqlite3_blob_bytes(opened))
    }

    deinit {
        _ = unsafe sqlite3_blob_close(handle)
    }

    /// Appends a part, or what there is of it.
    func append(_ range: Range<Int>, to bytes: inout [UInt8]) throws {
        let range = range.clamped(to: 0..<count)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: range.count))
        let code = unsafe bytes.withUnsafeMutableBytes { buffer in
            // As many bytes as there is room for behind `start`.
            unsafe sqlite3_blob_read(
                handle,
                buffer.baseAddress?.advanced(by: start),
                Int32(truncatingIfNeeded: range.count),
                Int32(truncatingIfNeeded: range.lowerBound)
            )
        }
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}
