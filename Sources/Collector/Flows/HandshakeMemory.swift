// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The latest handshake packets, to notice one that is sighted again too late to be joined.
///
/// A SYN that is sent again has another identification or timestamp. The same one after more
/// than 100 ms is the same packet under another clock, or a part of the capture that is in it
/// twice. One place for each hash, so that a newer packet pushes out an older one.
struct HandshakeMemory {
    /// Places; half a megabyte.
    private static let capacity = 65_536

    private var hashes: [UInt64] = []

    /// Whether a first sighting is of a packet that was sighted before; remembers it.
    mutating func isKnown(_ hash: UInt64) -> Bool {
        if hashes.isEmpty { hashes = Array(repeating: 0, count: Self.capacity) }
        let place = Int(truncatingIfNeeded: hash & UInt64(Self.capacity - 1))
        if hashes[place] == hash { return true }
        hashes[place] = hash
        return false
    }
}
