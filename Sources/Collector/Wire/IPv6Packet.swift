// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A checked view of an IPv6 fixed header.
///
/// ```text
///  0                4        6      7     8          24            40
///  +----------------+--------+------+-----+----------+-------------+----------
///  | v, class, flow | length | next | hop |  source  | destination | payload …
///  +----------------+--------+------+-----+----------+-------------+----------
/// ```
///
/// - SeeAlso: RFC 8200, RFC 2675 (jumbo payload).
struct IPv6Packet: ~Escapable {
    static let headerLength = 40
    private static let jumboOption: UInt8 = 0xC2

    private let bytes: RawSpan
    /// Header and payload length; what was captured where the header says 0 and no jumbo
    /// option follows (segmentation offload).
    let datagramLength: Int

    /// Checks the header.
    ///
    /// - Parameter bytes: From the first header byte to the end of the captured frame.
    /// - Throws: `DecodeError` where it was cut short or contradicts itself.
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount >= Self.headerLength else {
            throw .truncated(layer: .ipv6, needed: Self.headerLength, available: bytes.byteCount)
        }
        guard bytes.byte(at: 0) >> 4 == 6 else { throw .malformed(layer: .ipv6, offset: 0) }
        self.bytes = bytes
        let payloadLength = Int(bytes.bigEndian(UInt16.self, at: 4))
        if payloadLength > 0 {
            datagramLength = Self.headerLength + payloadLength
        } else if let jumbo = Self.jumboLength(bytes) {
            datagramLength = Self.headerLength + jumbo
        } else {
            datagramLength = bytes.byteCount
        }
    }

    var nextHeader: UInt8 { bytes.byte(at: 6) }
    var hopLimit: UInt8 { bytes.byte(at: 7) }
    var source: IPAddress {
        IPAddress(high: bytes.bigEndian(UInt64.self, at: 8), low: bytes.bigEndian(UInt64.self, at: 16))
    }
    var destination: IPAddress {
        IPAddress(high: bytes.bigEndian(UInt64.self, at: 24), low: bytes.bigEndian(UInt64.self, at: 32))
    }

    /// The length that a jumbo option in a leading hop-by-hop header gives.
    private static func jumboLength(_ bytes: RawSpan) -> Int? {
        guard bytes.byte(at: 6) == IPv6Extensions.hopByHop, bytes.byteCount >= headerLength + 2 else {
            return nil
        }
        let end = min(bytes.byteCount, headerLength + (Int(bytes.byte(at: headerLength + 1)) + 1) * 8)
        var offset = headerLength + 2
        while offset + 1 < end {
            let kind = bytes.byte(at: offset)
            // Pad1 is the only option without a length.
            guard kind != 0 else {
                offset += 1
                continue
            }
            let length = Int(bytes.byte(at: offset + 1))
            if kind == jumboOption, length == 4, offset + 6 <= end {
                // A jumbo payload is longer than 65,535 bytes, else the option means nothing.
                let value = bytes.bigEndian(UInt32.self, at: offset + 2)
                return value > 0xFFFF ? Int(value) : nil
            }
            offset += 2 + length
        }
        return nil
    }
}
