// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension PacketHeaders {
    /// Walks link, network and transport headers once.
    ///
    /// - Parameters:
    ///   - bytes: The captured bytes of one frame.
    ///   - linkType: The LINKTYPE_ value of the capture (tcpdump.org/linktypes.html).
    /// - Returns: The headers, whose offsets and captured lengths lie inside `bytes`.
    /// - Throws: `DecodeError.notMetered` for sound frames that belong to no flow, and the other
    ///   cases for those that cannot be read.
    package static func decode(_ bytes: RawSpan, linkType: UInt32) throws(DecodeError) -> PacketHeaders {
        var headers = PacketHeaders()
        try headers.read(bytes, linkType: linkType)
        return headers
    }

    /// Walks link, network and transport headers once, into empty headers.
    ///
    /// - Parameters:
    ///   - bytes: The captured bytes of one frame.
    ///   - linkType: The LINKTYPE_ value of the capture.
    /// - Throws: As `decode`.
    mutating func read(_ bytes: RawSpan, linkType: UInt32) throws(DecodeError) {
        switch linkType {
        case LinkType.ethernet:
            let frame = try EthernetFrame(bytes)
            sourceMAC = frame.sourceMAC
            destinationMAC = frame.destinationMAC
            try decodeNetwork(bytes, at: EthernetFrame.headerLength, etherType: frame.etherType)
        case LinkType.linuxCooked:
            let frame = try LinuxCooked(bytes)
            packetType = frame.packetType
            sourceMAC = frame.sourceMAC
            guard LinuxHardware.carriesEtherType(frame.hardwareType) else { throw .notMetered }
            try decodeNetwork(bytes, at: LinuxCooked.headerLength, etherType: frame.protocolNumber)
        case LinkType.linuxCookedV2:
            let frame = try LinuxCookedV2(bytes)
            packetType = frame.packetType
            sourceMAC = frame.sourceMAC
            interfaceIndex = frame.interfaceIndex
            guard LinuxHardware.carriesEtherType(frame.hardwareType) else { throw .notMetered }
            try decodeNetwork(bytes, at: LinuxCookedV2.headerLength, etherType: frame.protocolNumber)
        case LinkType.raw, LinkType.rawDLT, LinkType.rawDLTOpenBSD:
            try decodeRaw(bytes)
        case LinkType.rawIPv4:
            try decodeIPv4(bytes, at: 0)
        case LinkType.rawIPv6:
            try decodeIPv6(bytes, at: 0)
        case LinkType.null, LinkType.loop:
            let etherType = try NullHeader.etherType(bytes)
            try decodeNetwork(bytes, at: NullHeader.headerLength, etherType: etherType)
        case LinkType.ppp, LinkType.pppWithHDLC:
            let header = try PPPHeader(bytes)
            guard let etherType = PPPProtocol.etherType(header.protocolNumber) else { throw .notMetered }
            try decodeNetwork(bytes, at: header.length, etherType: etherType)
        default:
            throw .unsupportedLink(linkType)
        }
    }

    @inline(__always)
    mutating func decodeNetwork(
        _ bytes: RawSpan,
        at offset: Int,
        etherType: UInt16
    ) throws(DecodeError) {
        if etherType == EtherType.ipv4 {
            try decodeIPv4(bytes, at: offset)
        } else {
            try decodeTagged(bytes, at: offset, etherType: etherType)
        }
    }

    private mutating func decodeTagged(
        _ bytes: RawSpan,
        at offset: Int,
        etherType: UInt16
    ) throws(DecodeError) {
        let tags = try LinkTags(bytes, at: offset, etherType: etherType)
        if tags.etherType == EtherType.ipv4 {
            try decodeIPv4(bytes, at: tags.offset)
        } else {
            try decodeIPv6(bytes, at: tags.offset)
        }
    }

    private mutating func decodeRaw(_ bytes: RawSpan) throws(DecodeError) {
        guard bytes.byteCount > 0 else { throw .truncated(layer: .link, needed: 1, available: 0) }
        switch bytes.byte(at: 0) >> 4 {
        case 4: try decodeIPv4(bytes, at: 0)
        case 6: try decodeIPv6(bytes, at: 0)
        default: throw .malformed(layer: .link, offset: 0)
        }
    }

    // MARK: - Network

    mutating func decodeIPv4(_ bytes: RawSpan, at offset: Int) throws(DecodeError) {
        let packet = try IPv4Packet(bytes.extracting(droppingFirst: offset))
        source = packet.source
        destination = packet.destination
        identification = packet.identification
        timeToLive = packet.timeToLive
        datagramLength = packet.datagramLength
        isLaterFragment = packet.fragmentOffset > 0
        isFragment = isLaterFragment || packet.hasMoreFragments
        let datagram = bytes.extracting(first: offset + packet.datagramLength)
        var number = packet.protocolNumber
        var start = offset + packet.headerLength
        if isFragment {
            fragment = IPFragment(
                identification: UInt32(packet.identification),
                offset: Int(packet.fragmentOffset) * 8,
                length: packet.datagramLength - packet.headerLength,
                hasMore: packet.hasMoreFragments
            )
        }
        if number == IPv6Extensions.authentication, !isLaterFragment {
            let chain = try IPv6Extensions(datagram, at: start, protocolNumber: number)
            (number, start) = (chain.protocolNumber, chain.offset)
        }
        try decodeTransport(
            number,
            datagram,
            at: start,
            length: offset + packet.datagramLength - start
        )
    }

    mutating func decodeIPv6(_ bytes: RawSpan, at offset: Int) throws(DecodeError) {
        let packet = try IPv6Packet(bytes.extracting(droppingFirst: offset))
        source = packet.source
        destination = packet.destination
        timeToLive = packet.hopLimit
        datagramLength = packet.datagramLength
        let datagram = bytes.extracting(first: offset + packet.datagramLength)
        let chain = try IPv6Extensions(
            datagram,
            at: offset + IPv6Packet.headerLength,
            protocolNumber: packet.nextHeader
        )
        isLaterFragment = chain.isLaterFragment
        isFragment = chain.isFragment
        if isFragment {
            fragment = chain.fragment
            fragment.length = max(0, offset + packet.datagramLength - chain.fragmentDataOffset)
        }
        try decodeTransport(
            chain.protocolNumber,
            datagram,
            at: chain.offset,
            length: offset + packet.datagramLength - chain.offset
        )
    }
}
