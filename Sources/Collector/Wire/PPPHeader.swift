// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The header of a PPP frame, whose every part can be left out or shortened.
///
/// ```text
///   FF 03   optional address and control (RFC 1662)
///   pp pp   protocol; one byte where its lowest bit is set (compressed)
/// ```
struct PPPHeader {
    let length: Int
    let protocolNumber: UInt16

    init(_ bytes: RawSpan) throws(DecodeError) {
        var offset = 0
        // No protocol begins with the address, so one byte of it is a header cut short.
        if bytes.byteCount > 0, bytes.byte(at: 0) == 0xFF { offset = 2 }
        guard bytes.byteCount > offset else {
            throw .truncated(layer: .link, needed: offset + 1, available: bytes.byteCount)
        }
        let first = bytes.byte(at: offset)
        guard first & 1 == 0 else {
            length = offset + 1
            protocolNumber = UInt16(first)
            return
        }
        guard bytes.byteCount >= offset + 2 else {
            throw .truncated(layer: .link, needed: offset + 2, available: bytes.byteCount)
        }
        length = offset + 2
        protocolNumber = bytes.bigEndian(UInt16.self, at: offset)
    }
}
