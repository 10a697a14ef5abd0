// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A Geneve header with its options.
///
/// ```text
///  0     2 bits + 6      1          2        4         7          8
///  +--------+----------+-----+------+--------+---------+----------+----------+----------
///  | version, options' length| O C 0| type   | network |reserved 0| options …| payload …
///  +-------------------------+------+--------+---------+----------+----------+----------
///
///  option:  class (2), type (1), reserved and length in words (1), value
/// ```
///
/// - SeeAlso: RFC 8926 section 3.4.
struct GeneveHeader {
    private static let fixedLength = 8
    private static let optionHeaderLength = 4

    /// With the options.
    let length: Int
    /// The EtherType of the payload, `EtherType.bridged` for a frame.
    let protocolType: UInt16

    /// Reads the header that a UDP payload begins with; `nil` where it is none.
    ///
    /// Version and reserved bits must be 0 and the options must fill their length exactly, which
    /// is what tells the header from other data.
    init?(_ payload: RawSpan) {
        guard payload.byteCount >= Self.fixedLength else { return nil }
        let first = payload.byte(at: 0)
        let end = Self.fixedLength + Int(first & 0x3F) * 4
        guard first >> 6 == 0, payload.byte(at: 1) & 0x3F == 0, payload.byte(at: 7) == 0,
            payload.byteCount >= end
        else { return nil }
        var offset = Self.fixedLength
        while offset < end {
            guard end - offset >= Self.optionHeaderLength else { return nil }
            offset += Self.optionHeaderLength + Int(payload.byte(at: offset + 3) & 0x1F) * 4
        }
        guard offset == end else { return nil }
        length = end
        protocolType = payload.bigEndian(UInt16.self, at: 2)
    }
}
