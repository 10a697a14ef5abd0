// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A GRE header, whose optional fields its flags announce.
///
/// ```text
///  0                   2      4                  4 bytes each
///  +-------------------+------+----------------------+-----+----------+----------
///  | C 0 K S 0…, vers. | type | checksum, reserved   | key | sequence | payload …
///  +-------------------+------+----------------------+-----+----------+----------
/// ```
///
/// - SeeAlso: RFC 2784, RFC 2890.
struct GREHeader {
    private static let fixedLength = 4
    /// Checksum, key, sequence number.
    private static let optionalFields: UInt16 = 0xB000

    let length: Int
    /// The EtherType of the payload, `EtherType.bridged` for a frame.
    let protocolType: UInt16

    /// Reads the header.
    ///
    /// - Parameters:
    ///   - bytes: The captured bytes behind the IP header.
    ///   - length: How many there were on the wire.
    /// - Throws: `DecodeError` where it is cut short; `notMetered` for source routes (RFC 1701),
    ///   other versions (PPTP) and payloads that are no EtherType (keep-alives).
    init(_ bytes: RawSpan, length: Int) throws(DecodeError) {
        try DecodeError.require(Self.fixedLength, .gre, captured: bytes.byteCount, length: length)
        let flags = bytes.bigEndian(UInt16.self, at: 0)
        let type = bytes.bigEndian(UInt16.self, at: 2)
        guard flags & ~Self.optionalFields == 0, type > EtherType.highestLength else { throw .notMetered }
        self.length = Self.fixedLength + (flags & Self.optionalFields).nonzeroBitCount * 4
        protocolType = type
        try DecodeError.require(self.length, .gre, captured: bytes.byteCount, length: length)
    }
}
