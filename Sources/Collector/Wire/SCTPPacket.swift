// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A checked view of an SCTP common header, of which only the ports are read.
///
/// ```text
///  0      2      4          8          12
///  +------+------+----------+----------+---------
///  | src  | dst  |   tag    | checksum | chunks …
///  +------+------+----------+----------+---------
/// ```
///
/// - SeeAlso: RFC 9260 section 3.1.
struct SCTPPacket: ~Escapable {
    static let headerLength = 12

    private let bytes: RawSpan

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, length: Int) throws(DecodeError) {
        try DecodeError.require(Self.headerLength, .sctp, captured: bytes.byteCount, length: length)
        self.bytes = bytes
    }

    var sourcePort: UInt16 { bytes.bigEndian(UInt16.self, at: 0) }
    var destinationPort: UInt16 { bytes.bigEndian(UInt16.self, at: 2) }
}
