// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A VXLAN header, in front of an Ethernet frame.
///
/// ```text
///  0       1            4          7
///  +-------+------------+----------+----------+------------------
///  | flags | reserved 0 | network  |reserved 0| Ethernet frame …
///  +-------+------------+----------+----------+------------------
/// ```
///
/// The one flag says that the network number is valid. Receivers should ignore the reserved
/// bits (RFC 7348 section 5); senders leave them 0, which is what tells the header from other data.
enum VXLANHeader {
    static let length = 8
    private static let networkIsValid: UInt32 = 0x0800_0000

    /// Whether a UDP payload begins with one.
    static func begins(_ payload: RawSpan) -> Bool {
        payload.byteCount >= length && payload.bigEndian(UInt32.self, at: 0) == networkIsValid
            && payload.byte(at: 7) == 0
    }
}
