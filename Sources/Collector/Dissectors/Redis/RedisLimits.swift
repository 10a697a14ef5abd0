// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the Redis dissector.
enum RedisLimits {
    /// A line, its end included; servers accept 64 KiB of an inline command, nobody sends it.
    static let line = 4_096
    /// Bytes of a string that are looked at: command names, the kind of an error.
    static let stringHead = 64
    /// Aggregates inside aggregates; a command's reply nests four deep or so.
    static let depth = 32
    /// Elements of one aggregate that are believed (servers accept 1,048,576 in a command).
    static let elements = 1 << 31
    /// The longest command name; all known ones are shorter.
    static let name = 32
    /// Names of commands remembered with what they tell; a power of two.
    static let commands: Int32 = 256
    /// The longest string (servers' `proto-max-bulk-len`).
    static let string = 1 << 31
}
