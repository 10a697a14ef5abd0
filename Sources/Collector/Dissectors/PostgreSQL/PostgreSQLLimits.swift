// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the PostgreSQL dissector.
enum PostgreSQLLimits {
    /// Bytes of a message that are wanted in one piece: a statement, with the name it gets.
    static let head = 5 + SQLLimits.preparedName + SQLLimits.statement
    /// Bytes of an error that are wanted: its code is among the first fields.
    static let error = 160
    /// The longest message (servers' own limit is 1 GiB).
    static let message = 1 << 30
    /// The longest packet before the connection is set up (servers' own limit).
    static let startup = 10_000
}
