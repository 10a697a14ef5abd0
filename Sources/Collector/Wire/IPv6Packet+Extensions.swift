// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The walk over IPv6 extension headers to the upper-layer header.
///
/// All but the fragment header begin alike:
///
/// ```text
///  0      1        2
///  +------+--------+----------
///  | next | length | …           length in units of 8 without the first (AH: of 4 without two)
///  +------+--------+----------
/// ```
///
/// - SeeAlso: RFC 8200 section 4, RFC 4302 (AH).
struct IPv6Extensions {
    static let hopByHop: UInt8 = 0
    private static let routing: UInt8 = 43
    private static let fragmentation: UInt8 = 44
    static let authentication: UInt8 = 51
    private static let destinationOptions: UInt8 = 60
    private static let mobility: UInt8 = 135
    private static let hostIdentity: UInt8 = 139
    private static let shim6: UInt8 = 140

    /// The protocol that the chain ends with; none of ours for ESP and "no next header".
    private(set) var protocolNumber: UInt8
    /// Where its header begins.
    private(set) var offset: Int
    private(set) var isFragment = false
    private(set) var isLaterFragment = false
    /// All but its length, which the fixed header decides.
    private(set) var fragment = IPFragment()
    /// Where the part that was fragmented begins: behind the fragment header.
    private(set) var fragmentDataOffset = 0

    /// Walks the chain.
    ///
    /// - Parameters:
    ///   - bytes: The frame, ending where the datagram or what was captured of it ends.
    ///   - offset: Where the fixed header ended.
    ///   - protocolNumber: What the fixed header says follows.
    /// - Throws: `DecodeError` where a header is cut short, or there are too many.
    init(_ bytes: RawSpan, at offset: Int, protocolNumber: UInt8) throws(DecodeError) {
        self.offset = offset
        self.protocolNumber = protocolNumber
        var count = 0
        while !isLaterFragment, try step(bytes) {
            count += 1
            guard count <= WireLimits.maximumExtensionHeaders else {
                throw .malformed(layer: .ipv6Extension, offset: self.offset)
            }
        }
    }

    /// Steps over one header; `false` where none is left.
    private mutating func step(_ bytes: RawSpan) throws(DecodeError) -> Bool {
        let available = max(0, bytes.byteCount - offset)
        let length: Int
        switch protocolNumber {
        case Self.fragmentation:
            length = 8
        case Self.hopByHop, Self.routing, Self.destinationOptions, Self.mobility, Self.hostIdentity,
            Self.shim6:
            guard available >= 2 else {
                throw .truncated(layer: .ipv6Extension, needed: 8, available: available)
            }
            length = (Int(bytes.byte(at: offset + 1)) + 1) * 8
        case Self.authentication:
            guard available >= 2 else {
                throw .truncated(layer: .ipv6Extension, needed: 12, available: available)
            }
            length = (Int(bytes.byte(at: offset + 1)) + 2) * 4
        default:
            return false
        }
        guard available >= length else {
            throw .truncated(layer: .ipv6Extension, needed: length, available: available)
        }
        if protocolNumber == Self.fragmentation {
            let field = bytes.bigEndian(UInt16.self, at: offset + 2)
            isLaterFragment = field & 0xFFF8 != 0
            // An "atomic" fragment (RFC 6946) is a whole packet.
            if isLaterFragment || field & 1 != 0 {
                isFragment = true
                fragment.identification = bytes.bigEndian(UInt32.self, at: offset + 4)
                fragment.offset = Int(field & 0xFFF8)
                fragment.hasMore = field & 1 != 0
                fragmentDataOffset = offset + length
            }
        }
        protocolNumber = bytes.byte(at: offset)
        offset += length
        return true
    }
}
