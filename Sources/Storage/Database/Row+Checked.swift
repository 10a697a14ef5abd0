// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import GRDB

/// Columns of a row whose types were checked.
///
/// GRDB's subscripts trap on a value of the wrong type, which a damaged file may hold.
extension Row {
    func integer(_ column: Int) throws -> Int64 {
        guard let value = try optionalInteger(column) else { throw WrongColumn(column: column) }
        return value
    }

    func optionalInteger(_ column: Int) throws -> Int64? {
        let value = try stored(column)
        if value.isNull { return nil }
        guard let integer = Int64.fromDatabaseValue(value) else { throw WrongColumn(column: column) }
        return integer
    }

    /// An id, a sequence or a count: not negative.
    func unsigned(_ column: Int) throws -> UInt64 {
        guard let value = UInt64(exactly: try integer(column)) else { throw WrongColumn(column: column) }
        return value
    }

    func bytes(_ column: Int) throws -> [UInt8] {
        guard let data = Data.fromDatabaseValue(try stored(column)) else { throw WrongColumn(column: column) }
        return [UInt8](data)
    }

    /// Text kept as a blob, because SQLite text ends at a NUL and text from traffic may hold one.
    func string(_ column: Int) throws -> String {
        guard let text = String(validating: try bytes(column), as: UTF8.self) else {
            throw WrongColumn(column: column)
        }
        return text
    }

    private func stored(_ column: Int) throws -> DatabaseValue {
        guard column < count else { throw WrongColumn(column: column) }
        return self[column]
    }
}

/// A column that does not hold what the schema promises.
struct WrongColumn: Error {
    let column: Int
}

extension String {
    /// The form in which text is kept; see `Row.string`.
    var blob: Data { Data(utf8) }
}
