// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Remembers which point the first fragment of a datagram belonged to, so that the bytes of
/// the later ones, which have no ports, are counted on the same edge.
struct FragmentTable {
    private struct Entry: BitwiseCopyable {
        var hash: UInt64 = 0
        var time = Timestamp(nanoseconds: .min)
        var point = -1
        var serial: UInt32 = 0
    }

    /// Datagrams remembered at once; a newer one takes the place of an older one.
    private static let capacity = 256
    /// How long fragments of one datagram may be apart.
    private static let horizonNanoseconds: Int64 = 5_000_000_000

    private var entries = Array(repeating: Entry(), count: Self.capacity)

    mutating func remember(
        _ headers: PacketHeaders,
        interface: UInt16,
        point: Int,
        serial: UInt32,
        at time: Timestamp
    ) {
        let hash = Self.hash(headers, interface: interface)
        entries[Int(truncatingIfNeeded: hash % UInt64(Self.capacity))] = Entry(
            hash: hash,
            time: time,
            point: point,
            serial: serial
        )
    }

    func find(
        _ headers: PacketHeaders,
        interface: UInt16,
        at time: Timestamp
    ) -> (point: Int, serial: UInt32)? {
        let hash = Self.hash(headers, interface: interface)
        let entry = entries[Int(truncatingIfNeeded: hash % UInt64(Self.capacity))]
        guard entry.point >= 0, entry.hash == hash, time - entry.time <= Self.horizonNanoseconds else {
            return nil
        }
        return (entry.point, entry.serial)
    }

    private static func hash(_ headers: PacketHeaders, interface: UInt16) -> UInt64 {
        var hash = PacketHash()
        hash.combine(headers.source)
        hash.combine(headers.destination)
        hash.combine(
            UInt64(headers.identification) << 32 | UInt64(interface) << 16
                | UInt64(headers.transport.rawValue)
        )
        return hash.value
    }
}
