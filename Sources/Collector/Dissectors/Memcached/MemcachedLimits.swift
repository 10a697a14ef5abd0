// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the memcached dissector.
enum MemcachedLimits {
    /// A command line; one key has at most 250 bytes, and clients ask for a few dozen at once.
    static let line = 8_192
    /// The longest key.
    static let key = 250
    /// The longest value; servers refuse more than 1 MiB unless told otherwise (`-I`).
    static let value = 1 << 30
}
