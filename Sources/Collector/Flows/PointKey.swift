// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The direction-free identity of a flow at one sighting point.
///
/// The same four-tuple on two interfaces is two points: they may be two legs, or two
/// sightings of one.
struct PointKey: Equatable, BitwiseCopyable {
    /// One end of a four-tuple.
    struct End: Equatable, Comparable, BitwiseCopyable {
        let address: IPAddress
        let port: UInt16

        @inline(__always)
        private var isIPv4: Bool {
            if case .v4 = address.version { true } else { false }
        }

        /// Spelled out, as the address is of another module, whose comparison is a call.
        @inline(__always)
        static func == (left: End, right: End) -> Bool {
            left.address.low == right.address.low && left.port == right.port
                && left.address.high == right.address.high
                && left.isIPv4 == right.isIPv4
        }

        static func < (left: End, right: End) -> Bool {
            let (mine, other) = (left.address, right.address)
            if left.isIPv4 != right.isIPv4 { return left.isIPv4 }
            if mine.high != other.high { return mine.high < other.high }
            return mine.low != other.low ? mine.low < other.low : left.port < right.port
        }
    }

    /// The smaller end.
    let low: End
    let high: End
    let transport: TransportProtocol
    /// The engine's number of the interface.
    let interface: UInt16

    @inline(__always)
    init(_ source: End, _ destination: End, transport: TransportProtocol, interface: UInt16) {
        let isOrdered = source < destination
        low = isOrdered ? source : destination
        high = isOrdered ? destination : source
        self.transport = transport
        self.interface = interface
    }

    @inline(__always)
    static func == (left: PointKey, right: PointKey) -> Bool {
        left.low == right.low && left.high == right.high && left.interface == right.interface
            && left.transport == right.transport
    }

    /// Whether it is the same four-tuple, maybe on another interface.
    func hasSameEnds(as other: PointKey) -> Bool { low == other.low && high == other.high }

    @inline(__always)
    func hash(seed: UInt64) -> UInt64 {
        var hash = PacketHash(seed: seed)
        let isV4: UInt64 = low.address.isV4 ? 1 : 0
        hash.combine(
            UInt64(low.port) << 48 | UInt64(high.port) << 32 | UInt64(interface) << 16
                | UInt64(transport.number) << 1 | isV4
        )
        if low.address.isV4, high.address.isV4 {
            hash.combine(UInt64(low.address.v4Bits) << 32 | UInt64(high.address.v4Bits))
        } else {
            hash.combine(low.address)
            hash.combine(high.address)
        }
        return hash.value
    }
}
