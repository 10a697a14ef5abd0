// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// UDP ports that tunnels use.
///
/// A port is a hint only: what is not a tunnel from its header down to the inner IP header
/// stays an ordinary datagram.
enum UDPTunnel {
    static let vxlan: UInt16 = 4_789
    /// What Linux used before there was a standard, and flannel still does.
    static let linuxVXLAN: UInt16 = 8_472
    static let geneve: UInt16 = 6_081

    /// Whether datagrams to a port may be one; the source port only spreads load.
    static func isPort(_ port: UInt16) -> Bool { port == vxlan || port == linuxVXLAN || port == geneve }
}

/// Packets inside packets.
///
/// The inner headers take the place of the outer ones; of these the addresses of the outermost
/// remain. The first fragment of an outer datagram is opened too, since it has the inner headers.
/// Two networks of one tunnel are not told apart: their numbers are not kept.
extension PacketHeaders {
    private static let ipv4InIP: UInt8 = 4
    private static let ipv6InIP: UInt8 = 41
    private static let genericRouting: UInt8 = 47

    /// Opens a tunnel that has an IP protocol of its own.
    ///
    /// - Parameters:
    ///   - number: The IP protocol.
    ///   - datagram: The frame up to the end of the datagram, or of what was captured of it.
    ///   - offset: Where the IP header ended.
    ///   - length: Bytes from there to the end of the datagram as it was on the wire.
    /// - Throws: `DecodeError`; `notMetered` for protocols that are no tunnel of ours.
    mutating func openTunnel(
        _ number: UInt8,
        _ datagram: RawSpan,
        at offset: Int,
        length: Int
    ) throws(DecodeError) {
        guard !isLaterFragment else { throw .notMetered }
        let content: (offset: Int, type: UInt16)
        switch number {
        case Self.ipv4InIP:
            content = (offset, EtherType.ipv4)
        case Self.ipv6InIP:
            content = (offset, EtherType.ipv6)
        case Self.genericRouting:
            let header = try GREHeader(datagram.extracting(droppingFirst: offset), length: length)
            content = (offset + header.length, header.protocolType)
        default:
            throw .notMetered
        }
        guard tunnelCount < WireLimits.maximumTunnels else {
            throw .malformed(layer: .tunnel, offset: offset)
        }
        self = inner()
        if content.type == EtherType.bridged {
            let frame = try EthernetFrame(datagram.extracting(droppingFirst: content.offset))
            let start = content.offset + EthernetFrame.headerLength
            try decodeNetwork(datagram, at: start, etherType: frame.etherType)
        } else {
            try decodeNetwork(datagram, at: content.offset, etherType: content.type)
        }
    }

    /// Opens a datagram to a tunnel's port, if it is one; else leaves it as it is.
    ///
    /// - Parameters:
    ///   - datagram: The frame up to the end of the datagram, or of what was captured of it.
    ///   - offset: Where the UDP header ended.
    ///   - end: Where the datagram ended on the wire.
    /// - Throws: `DecodeError.notMetered` where a sound inner packet belongs to no flow.
    mutating func openUDPTunnel(_ datagram: RawSpan, at offset: Int, end: Int) throws(DecodeError) {
        guard tunnelCount < WireLimits.maximumTunnels else { return }
        let payload = datagram.extracting(droppingFirst: offset)
        var start = offset
        var type = EtherType.bridged
        if destinationPort == UDPTunnel.geneve {
            guard let header = GeneveHeader(payload) else { return }
            start += header.length
            type = header.protocolType
        } else {
            guard VXLANHeader.begins(payload) else { return }
            start += VXLANHeader.length
        }
        if type == EtherType.bridged {
            start += EthernetFrame.headerLength
            guard datagram.byteCount >= start else { return }
            type = datagram.bigEndian(UInt16.self, at: start - 2)
            // ARP, under a VLAN tag or not: nothing else without flows is proof of a tunnel.
            guard !Self.isARP(datagram, at: start, etherType: type) else { throw .notMetered }
        } else if type != EtherType.ipv4, type != EtherType.ipv6 {
            return
        }
        // A fragment has the beginning only.
        guard let tags = try? LinkTags(datagram, at: start, etherType: type),
            let length = Self.declaredLength(datagram, tags),
            isFragment || tags.offset + length <= end
        else { return }
        var inner = inner()
        do throws(DecodeError) {
            try inner.decodeNetwork(datagram, at: tags.offset, etherType: tags.etherType)
        } catch .notMetered {
            throw .notMetered
        } catch {
            return
        }
        self = inner
    }

    /// What remains of a frame's headers when a tunnel in it is opened.
    private func inner() -> PacketHeaders {
        var headers = PacketHeaders()
        headers.packetType = packetType
        headers.sourceMAC = sourceMAC
        headers.destinationMAC = destinationMAC
        headers.interfaceIndex = interfaceIndex
        headers.tunnelCount = tunnelCount + 1
        headers.outerSource = hasOuter ? outerSource : source
        headers.outerDestination = hasOuter ? outerDestination : destination
        return headers
    }

    private static func isARP(_ bytes: RawSpan, at offset: Int, etherType: UInt16) -> Bool {
        guard etherType == EtherType.vlan else { return etherType == EtherType.arp }
        return bytes.byteCount >= offset + 4 && bytes.bigEndian(UInt16.self, at: offset + 2) == EtherType.arp
    }

    /// The length that an IP header claims; `nil` where it is none.
    private static func declaredLength(_ bytes: RawSpan, _ tags: LinkTags) -> Int? {
        let packet = bytes.extracting(droppingFirst: tags.offset)
        do throws(DecodeError) {
            return tags.etherType == EtherType.ipv4
                ? try IPv4Packet(packet).datagramLength : try IPv6Packet(packet).datagramLength
        } catch {
            return nil
        }
    }
}
