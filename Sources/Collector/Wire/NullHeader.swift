// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The four bytes in front of IP on BSD loopback captures: an address family.
///
/// LINKTYPE_NULL has it in the byte order of the machine that captured, which the file need not
/// share, LINKTYPE_LOOP in network order. Families are small, so both orders are tried, and
/// IPv6 has a different number on every BSD.
enum NullHeader {
    static let headerLength = 4

    /// The EtherType that means the same family.
    ///
    /// - Throws: `DecodeError.notMetered` for families other than IP.
    static func etherType(_ bytes: RawSpan) throws(DecodeError) -> UInt16 {
        guard bytes.byteCount >= headerLength else {
            throw .truncated(layer: .link, needed: headerLength, available: bytes.byteCount)
        }
        let family = bytes.bigEndian(UInt32.self, at: 0)
        switch family <= 0xFFFF ? family : family.byteSwapped {
        case 2: return EtherType.ipv4
        // Linux; NetBSD, OpenBSD and BSD/OS; FreeBSD; Darwin.
        case 10, 24, 28, 30: return EtherType.ipv6
        default: throw .notMetered
        }
    }
}
