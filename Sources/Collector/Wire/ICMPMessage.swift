// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A checked view of an ICMP or ICMPv6 message.
///
/// ```text
///  0    1    2      4            8
///  +----+----+------+------------+-----------------------------
///  |type|code|cksum | rest       | quoted packet, echo data …
///  +----+----+------+------------+-----------------------------
/// ```
///
/// - SeeAlso: RFC 792, RFC 4443.
struct ICMPMessage: ~Escapable {
    static let headerLength = 8

    /// What a message is to us.
    enum Role: BitwiseCopyable {
        /// It quotes the packet that caused it.
        case error
        case echo
        /// Another exchange between two hosts.
        case other
        /// Router and neighbor discovery, multicast listeners: no flow of anyone.
        case housekeeping
    }

    private let bytes: RawSpan
    private let isV6: Bool

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, length: Int, isV6: Bool) throws(DecodeError) {
        try DecodeError.require(Self.headerLength, .icmp, captured: bytes.byteCount, length: length)
        self.bytes = bytes
        self.isV6 = isV6
    }

    var type: UInt8 { bytes.byte(at: 0) }
    var code: UInt8 { bytes.byte(at: 1) }
    /// Of an echo request or reply.
    var identifier: UInt16 { bytes.bigEndian(UInt16.self, at: 4) }
    var sequence: UInt16 { bytes.bigEndian(UInt16.self, at: 6) }

    var role: Role {
        if isV6 {
            switch type {
            // Unreachable, too big, time exceeded, parameter problem.
            case 1...4: .error
            case 128, 129: .echo
            default: .housekeeping
            }
        } else {
            switch type {
            // Unreachable, source quench, time exceeded, parameter problem.
            case 3, 4, 11, 12: .error
            case 0, 8: .echo
            // Redirect, router advertisement and solicitation.
            case 5, 9, 10: .housekeeping
            default: .other
            }
        }
    }

    /// The beginning of the packet that an error is about.
    var quote: RawSpan {
        @_lifetime(copy self)
        get { bytes.extracting(droppingFirst: Self.headerLength) }
    }
}
