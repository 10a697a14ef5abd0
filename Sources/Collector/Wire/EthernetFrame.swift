// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A checked view of an Ethernet header.
///
/// ```text
///  0             6             12        14
///  +-------------+-------------+---------+----------
///  | destination |   source    | type    | payload …
///  +-------------+-------------+---------+----------
/// ```
///
/// A type up to 1500 is a length (IEEE 802.3). Padding and frame check sequence may follow the
/// payload; only the network header says where it ends.
struct EthernetFrame: ~Escapable {
    static let headerLength = 14

    private let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= Self.headerLength else {
            throw .truncated(layer: .link, needed: Self.headerLength, available: bytes.byteCount)
        }
        self.bytes = bytes
    }

    var destinationMAC: UInt64 { bytes.checkedField(UInt64.self, at: 0) >> 16 }
    var sourceMAC: UInt64 { bytes.checkedField(UInt64.self, at: 6) >> 16 }
    var etherType: UInt16 { bytes.checkedField(UInt16.self, at: 12) }
}
