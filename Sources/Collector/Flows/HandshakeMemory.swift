// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The latest handshake packets, to notice one that is sighted again too late to be joined.
///
/// A SYN that is sent again has another identification or timestamp. The same one after more
/// than 100 ms is the same packet under another clock, or a part of the capture that is in it
/// twice. One place for each hash, so that a newer packet pushes out an older one.
struct HandshakeMemory: ~Copyable {
    /// Places; half a megabyte.
    private static let capacity = 65_536

    private var hashes = Slab<UInt64>(minimumCapacity: 1)

    /// Whether a first sighting is of a packet that was sighted before; remembers it.
    mutating func isKnown(_ hash: UInt64) -> Bool {
        while hashes.count < Self.capacity { _ = hashes.append(0) }
        let place = Self.place(of: hash)
        if hashes[place] == hash { return true }
        hashes[place] = hash
        return false
    }

    /// Reads the place of a hash.
    @inline(__always)
    func glance(at hash: UInt64) -> UInt32 {
        let place = Self.place(of: hash)
        return place < hashes.count ? UInt32(truncatingIfNeeded: hashes[place]) : 0
    }

    @inline(__always)
    private static func place(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash & UInt64(capacity - 1))
    }
}
