// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of what is read of SQL.
enum SQLLimits {
    /// Bytes of a statement that are read; what follows is passed over.
    static let statement = 8_192
    /// Bytes of a normalized statement; a longer one ends with `...`.
    ///
    /// Leaves room for `PREPARE ` in the 200 bytes of an operation.
    static let operation = 192
    /// Bytes of a name; a longer one is told as `{name}`.
    static let name = 64
    /// Digits in a row that a name keeps; more are a date or a number of its own.
    static let digits = 3
    /// Normalized statements remembered so that a repeated one costs no new string; a power of two.
    static let operations: Int32 = 1_024
    /// Prepared statements and open portals remembered of one connection.
    static let prepared = 512
    /// Bytes of a name of a prepared statement or a portal that are wanted.
    static let preparedName = 128
}
