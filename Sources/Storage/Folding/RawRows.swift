// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import GRDB
import GRDBSQLite

/// The rows of a statement, read from SQLite without a value for each column.
///
/// What a column holds is checked, as everywhere: a damaged file may hold anything.
@safe
struct RawRows: ~Copyable {
    private let statement: Statement
    /// Where the statement lies in memory, for as long as `statement` lives.
    private let handle: SQLiteStatement

    /// Binds a statement that no one else is stepping.
    init(_ statement: Statement, _ arguments: StatementArguments = []) throws {
        try statement.setArguments(arguments)
        self.statement = statement
        unsafe handle = statement.sqliteStatement
        // A cached statement may have been left in the midst of its rows.
        _ = unsafe sqlite3_reset(handle)
    }

    deinit {
        _ = unsafe sqlite3_reset(handle)
    }

    /// Steps to the next row.
    ///
    /// - Returns: `false` after the last one.
    func next() throws -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
        return false
    }

    /// An integer column of the current row.
    func integer(_ column: Int32) throws -> Int64 {
        guard unsafe sqlite3_column_type(handle, column) == SQLITE_INTEGER else {
            throw WrongColumn(column: Int(column))
        }
        return unsafe sqlite3_column_int64(handle, column)
    }

    /// Whether a column of the current row holds nothing.
    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// An id or a count of the current row: not negative.
    func unsigned(_ column: Int32) throws -> UInt64 {
        guard let value = UInt64(exactly: try integer(column)) else { throw WrongColumn(column: Int(column)) }
        return value
    }

    /// Lends the bytes of a blob, or of text, of the current row.
    func withBytes<T>(
        _ column: Int32,
        as type: Int32 = SQLITE_BLOB,
        _ body: (Span<UInt8>) throws -> T
    ) throws -> T {
        guard unsafe sqlite3_column_type(handle, column) == type else {
            throw WrongColumn(column: Int(column))
        }
        let start = unsafe sqlite3_column_blob(handle, column)
        // As long as SQLite says, and there until the statement is stepped, which the body cannot do.
        let bytes = unsafe UnsafeRawBufferPointer(
            start: start,
            count: Int(sqlite3_column_bytes(handle, column))
        )
        return try unsafe body(bytes.bindMemory(to: UInt8.self).span)
    }

    /// A copy of a blob of the current row.
    func bytes(_ column: Int32) throws -> [UInt8] {
        try withBytes(column) { bytes in
            unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
        }
    }

    /// Text that is kept as text.
    func text(_ column: Int32) throws -> String {
        try checked(column, as: SQLITE_TEXT)
    }

    /// Text that is kept as a blob.
    func string(_ column: Int32) throws -> String {
        try checked(column, as: SQLITE_BLOB)
    }

    private func checked(_ column: Int32, as type: Int32) throws -> String {
        let text = try withBytes(column, as: type) { bytes in
            unsafe bytes.withUnsafeBufferPointer { unsafe String(checked: $0) }
        }
        guard let text else { throw WrongColumn(column: Int(column)) }
        return text
    }
}
