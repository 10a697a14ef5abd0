// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A checked view of a UDP header.
///
/// ```text
///  0      2      4      6      8
///  +------+------+------+------+----------
///  | src  | dst  |length| cksum| payload …
///  +------+------+------+------+----------
/// ```
///
/// - SeeAlso: RFC 768.
struct UDPDatagram: ~Escapable {
    static let headerLength = 8

    private let bytes: RawSpan
    /// Header and payload.
    ///
    /// A length field that is 0 (jumbo, offload), too small, or beyond the
    /// IP datagram gives way to what the IP header says.
    let length: Int

    /// Checks the header.
    ///
    /// - Parameters:
    ///   - bytes: The captured bytes of the datagram, without padding of the link.
    ///   - length: Its length as the IP header gives it.
    /// - Throws: `DecodeError` where it is cut short.
    @inline(__always)
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, length: Int) throws(DecodeError) {
        try DecodeError.require(Self.headerLength, .udp, captured: bytes.byteCount, length: length)
        let field = Int(bytes.checkedField(UInt16.self, at: 4))
        self.bytes = bytes
        self.length = field >= Self.headerLength && field <= length ? field : length
    }

    var sourcePort: UInt16 { bytes.checkedField(UInt16.self, at: 0) }
    var destinationPort: UInt16 { bytes.checkedField(UInt16.self, at: 2) }
}
