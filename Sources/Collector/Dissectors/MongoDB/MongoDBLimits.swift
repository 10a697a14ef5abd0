// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the MongoDB dissector.
enum MongoDBLimits {
    /// Bytes of a message that are looked at: the command is the first element of its document, and
    /// a failure has nothing long before its code.
    static let head = 2_048
    /// The longest message (servers accept 48,000,000 bytes).
    static let message = 1 << 27
    /// Elements of one document that are looked at.
    static let elements = 64
    /// The longest name of a command.
    static let command = 40
    /// The longest name of a database with a collection (servers allow 255).
    static let namespace = 320
    /// Operations remembered of one connection, so that a repeated one costs no new string; a
    /// power of two.
    static let operations: Int32 = 32
    /// The longest of them.
    static let operation = 200
    /// Collections remembered that are tailed or watched on one connection.
    static let tailed = 32
}
