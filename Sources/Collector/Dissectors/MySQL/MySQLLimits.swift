// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the MySQL dissector.
enum MySQLLimits {
    /// Bytes of a packet that are wanted in one piece: its header, a command and a statement.
    static let head = 4 + 16 + SQLLimits.statement
    /// Of the server's greeting: up to its capabilities, behind its version.
    static let greeting = 4 + 128
    /// Of other packets: the beginning of a login, of an error, what an OK says.
    static let short = 4 + 40
    /// A packet of this length goes on in the next one.
    static let fullPacket = 0xFF_FFFF
    /// The longest version of a server, which its greeting begins with.
    static let version = 64
}
