// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the Cassandra dissector.
enum CassandraLimits {
    /// The longest frame (native protocol, section 2.5).
    static let frame = 256 << 20
    /// Bytes of a frame that are looked at: header, and the beginning of a statement.
    static let head = 256
    /// Prepared statements remembered for one connection; others are `EXECUTE`.
    static let prepared = 256
    /// The longest name of a table, with its keyspace.
    static let name = 96
    /// Operations of which the text is kept.
    static let operations: Int32 = 256
}
