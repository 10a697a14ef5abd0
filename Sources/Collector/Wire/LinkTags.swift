// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Steps over what may lie between a link header and IP: VLAN tags, MPLS labels, a PPPoE
/// session header, an LLC/SNAP header.
struct LinkTags {
    private(set) var offset: Int
    private(set) var etherType: UInt16

    /// Steps over all of them.
    ///
    /// - Parameters:
    ///   - bytes: The whole frame.
    ///   - offset: Where the link header ended.
    ///   - etherType: What it says follows.
    /// - Throws: `DecodeError` where one is cut short, and `notMetered` where none leads to IP.
    init(_ bytes: RawSpan, at offset: Int, etherType: UInt16) throws(DecodeError) {
        self.offset = offset
        self.etherType = etherType
        var count = 0
        while try step(bytes) {
            count += 1
            guard count <= WireLimits.maximumLinkTags else {
                throw .malformed(layer: .vlan, offset: self.offset)
            }
        }
    }

    /// Steps over one; `false` when IP is reached.
    private mutating func step(_ bytes: RawSpan) throws(DecodeError) -> Bool {
        switch etherType {
        case EtherType.ipv4, EtherType.ipv6:
            return false
        case EtherType.vlan, EtherType.providerVLAN, EtherType.legacyProviderVLAN:
            // Tag control information, then the next type.
            try require(4, .vlan, bytes)
            etherType = bytes.bigEndian(UInt16.self, at: offset + 2)
            offset += 4
        case EtherType.mpls, EtherType.mplsMulticast:
            try label(bytes)
        case EtherType.pppoeSession:
            // Version and type, code, session, length (RFC 2516), then a PPP protocol.
            try require(8, .link, bytes)
            guard let inner = PPPProtocol.etherType(bytes.bigEndian(UInt16.self, at: offset + 6)) else {
                throw .notMetered
            }
            etherType = inner
            offset += 8
        case 0...EtherType.highestLength:
            try subnetworkAccess(bytes)
        default:
            throw .notMetered
        }
        return true
    }

    /// One MPLS label (RFC 3032); nothing says what follows the last one but its first bits.
    private mutating func label(_ bytes: RawSpan) throws(DecodeError) {
        try require(4, .link, bytes)
        let isLast = bytes.byte(at: offset + 2) & 1 == 1
        offset += 4
        guard isLast else { return }
        try require(1, .link, bytes)
        switch bytes.byte(at: offset) >> 4 {
        case 4: etherType = EtherType.ipv4
        case 6: etherType = EtherType.ipv6
        default: throw .notMetered
        }
    }

    /// LLC with SNAP can carry an EtherType (RFC 1042); any other LLC has no flows.
    private mutating func subnetworkAccess(_ bytes: RawSpan) throws(DecodeError) {
        try require(3, .link, bytes)
        guard bytes.bigEndian(UInt16.self, at: offset) == 0xAAAA, bytes.byte(at: offset + 2) == 3 else {
            throw .notMetered
        }
        try require(8, .link, bytes)
        guard bytes.byte(at: offset + 3) == 0, bytes.bigEndian(UInt16.self, at: offset + 4) == 0 else {
            throw .notMetered
        }
        let inner = bytes.bigEndian(UInt16.self, at: offset + 6)
        guard inner > EtherType.highestLength else { throw .notMetered }
        etherType = inner
        offset += 8
    }

    private func require(_ needed: Int, _ layer: Layer, _ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount - offset >= needed else {
            throw .truncated(layer: layer, needed: needed, available: max(0, bytes.byteCount - offset))
        }
    }
}
