// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A checked view of an IPv4 header.
///
/// ```text
///  0    1    2      4      6       8    9    10     12         16            20
///  +----+----+------+------+-------+----+----+------+----------+-------------+---------
///  |v|hl|tos |length| id   |fl|frag|ttl |prot|cksum |  source  | destination | options …
///  +----+----+------+------+-------+----+----+------+----------+-------------+---------
/// ```
///
/// - SeeAlso: RFC 791.
struct IPv4Packet: ~Escapable {
    static let minimumHeaderLength = 20

    private let bytes: RawSpan
    let headerLength: Int
    /// The header's total length; what was captured where it says 0 (segmentation offload).
    let datagramLength: Int

    /// Checks the header and its two lengths.
    ///
    /// - Parameter bytes: From the first header byte to the end of the captured frame, which may
    ///   reach beyond the datagram (Ethernet padding) or end within it (snap length).
    /// - Throws: `DecodeError` where it was cut short or contradicts itself.
    @inline(__always)
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= Self.minimumHeaderLength else {
            throw .truncated(layer: .ipv4, needed: Self.minimumHeaderLength, available: bytes.byteCount)
        }
        let first = bytes.checkedField(UInt8.self, at: 0)
        let headerLength = Int(first & 0x0F) * 4
        guard first >> 4 == 4, headerLength >= Self.minimumHeaderLength else {
            throw .malformed(layer: .ipv4, offset: 0)
        }
        let totalLength = Int(bytes.checkedField(UInt16.self, at: 2))
        guard totalLength == 0 || totalLength >= headerLength else {
            throw .malformed(layer: .ipv4, offset: 2)
        }
        guard bytes.byteCount >= headerLength else {
            throw .truncated(layer: .ipv4, needed: headerLength, available: bytes.byteCount)
        }
        self.bytes = bytes
        self.headerLength = headerLength
        self.datagramLength = totalLength == 0 ? bytes.byteCount : totalLength
    }

    var identification: UInt16 { bytes.checkedField(UInt16.self, at: 4) }
    var hasMoreFragments: Bool { bytes.checkedField(UInt8.self, at: 6) & 0x20 != 0 }
    /// In units of eight bytes.
    var fragmentOffset: UInt16 { bytes.checkedField(UInt16.self, at: 6) & 0x1FFF }
    var timeToLive: UInt8 { bytes.checkedField(UInt8.self, at: 8) }
    var protocolNumber: UInt8 { bytes.checkedField(UInt8.self, at: 9) }
    var source: IPAddress { IPAddress(v4: bytes.checkedField(UInt32.self, at: 12)) }
    var destination: IPAddress { IPAddress(v4: bytes.checkedField(UInt32.self, at: 16)) }
}
