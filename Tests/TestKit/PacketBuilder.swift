// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Builds the bytes of frames, from the link header down to the payload.
///
/// ```swift
/// let client = PacketBuilder("10.0.0.1", "10.0.0.2")
/// client.tcp(40_000, 80, flags: .syn, sequence: 100)
/// client.reversed.tcp(80, 40_000, flags: [.syn, .ack], sequence: 900, acknowledgment: 101)
/// ```
///
/// Checksums are left at 0, as a capture with offloading shows them; nothing of ours reads them.
package struct PacketBuilder: Sendable {
    /// The link headers that can be put in front.
    package enum Link: UInt32, Sendable, CaseIterable {
        case null = 0
        case ethernet = 1
        case ppp = 9
        case raw = 101
        case loop = 108
        case cooked = 113
        case cooked2 = 276

        /// The LINKTYPE_ value of a capture with such frames.
        package var linkType: UInt32 { rawValue }
    }

    /// TCP flags as on the wire.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let fin = Flags(rawValue: 0x01)
        package static let syn = Flags(rawValue: 0x02)
        package static let rst = Flags(rawValue: 0x04)
        package static let psh = Flags(rawValue: 0x08)
        package static let ack = Flags(rawValue: 0x10)
        package static let urg = Flags(rawValue: 0x20)
    }

    package var source: IPAddress
    package var destination: IPAddress
    package var link: Link

    /// VLAN identifiers, outermost first; the outer tags of several are 802.1ad.
    package var vlans: [UInt16] = []
    package var sourceMAC: UInt64 = 0x0200_0000_0001
    package var destinationMAC: UInt64 = 0x0200_0000_0002
    /// Cooked links: 0 incoming, 1 broadcast, 2 multicast, 3 other host, 4 outgoing.
    package var packetType: UInt8 = 0
    /// Cooked v2 only.
    package var interfaceIndex: UInt32 = 1

    /// IPv4 only.
    package var identification: UInt16 = 0
    package var timeToLive: UInt8 = 64
    /// IPv4 options; filled up to a multiple of four.
    package var ipOptions: [UInt8] = []
    /// In bytes; a multiple of eight.
    package var fragmentOffset: Int = 0
    package var hasMoreFragments = false
    /// Replaces the IPv4 total length or IPv6 payload length.
    package var claimedLength: UInt16?
    /// IPv6 extension headers, each with its own number and whole bytes, whose first byte is
    /// overwritten with the number of what follows.
    package var extensionHeaders: [(number: UInt8, bytes: [UInt8])] = []

    package init(_ source: IPAddress, _ destination: IPAddress, link: Link = .ethernet) {
        self.source = source
        self.destination = destination
        self.link = link
    }

    /// As above, from text; a text that is no address is a mistake of the test.
    package init(_ source: String, _ destination: String, link: Link = .ethernet) {
        guard let source = IPAddress(source), let destination = IPAddress(destination) else {
            preconditionFailure("not an address")
        }
        self.init(source, destination, link: link)
    }

    /// The same builder for the other direction.
    package var reversed: PacketBuilder {
        var result = self
        (result.source, result.destination) = (destination, source)
        (result.sourceMAC, result.destinationMAC) = (destinationMAC, sourceMAC)
        return result
    }

    /// A copy with some fields changed, for one-line variations.
    package func with(_ change: (inout PacketBuilder) -> Void) -> PacketBuilder {
        var result = self
        change(&result)
        return result
    }

    // MARK: - Frames

    /// A TCP segment.
    package func tcp(
        _ sourcePort: UInt16,
        _ destinationPort: UInt16,
        flags: Flags = .ack,
        sequence: UInt32 = 0,
        acknowledgment: UInt32 = 0,
        window: UInt16 = 65_535,
        options: [UInt8] = [],
        payload: [UInt8] = []
    ) -> [UInt8] {
        let padded = Self.padded(options)
        var segment = Self.bytes(sourcePort) + Self.bytes(destinationPort)
        segment += Self.bytes(sequence) + Self.bytes(acknowledgment)
        segment += [UInt8(truncatingIfNeeded: (20 + padded.count) / 4) << 4, flags.rawValue]
        segment += Self.bytes(window) + [0, 0, 0, 0] + padded
        return frame(6, segment + payload)
    }

    /// A TCP segment with text as its payload.
    package func tcp(
        _ sourcePort: UInt16,
        _ destinationPort: UInt16,
        flags: Flags = [.psh, .ack],
        sequence: UInt32,
        acknowledgment: UInt32 = 0,
        text: String
    ) -> [UInt8] {
        tcp(
            sourcePort,
            destinationPort,
            flags: flags,
            sequence: sequence,
            acknowledgment: acknowledgment,
            payload: Array(text.utf8)
        )
    }

    /// A UDP datagram; its length field can be made to lie.
    package func udp(
        _ sourcePort: UInt16,
        _ destinationPort: UInt16,
        payload: [UInt8] = [],
        claimedLength: UInt16? = nil
    ) -> [UInt8] {
        let length = claimedLength ?? UInt16(truncatingIfNeeded: 8 + payload.count)
        let header = Self.bytes(sourcePort) + Self.bytes(destinationPort) + Self.bytes(length) + [0, 0]
        return frame(17, header + payload)
    }

    /// An SCTP packet with the given chunks.
    package func sctp(_ sourcePort: UInt16, _ destinationPort: UInt16, chunks: [UInt8] = []) -> [UInt8] {
        frame(
            132,
            Self.bytes(sourcePort) + Self.bytes(destinationPort) + [0, 0, 0, 1, 0, 0, 0, 0] + chunks
        )
    }

    /// An ICMP or ICMPv6 message: four bytes of header rest, then a body.
    package func icmp(
        type: UInt8,
        code: UInt8 = 0,
        rest: [UInt8] = [0, 0, 0, 0],
        body: [UInt8] = []
    ) -> [UInt8] {
        frame(source.version == .v4 ? 1 : 58, [type, code, 0, 0] + rest + body)
    }

    /// An ICMP echo request, or its reply, as `ping` sends them.
    package func echo(
        isReply: Bool = false,
        identifier: UInt16 = 1,
        sequence: UInt16 = 1,
        payload: [UInt8] = []
    ) -> [UInt8] {
        let type: UInt8 = source.version == .v4 ? (isReply ? 0 : 8) : (isReply ? 129 : 128)
        return icmp(type: type, rest: Self.bytes(identifier) + Self.bytes(sequence), body: payload)
    }

    /// An ICMP error about an IP packet (`packet` of `ipPacket`, or a frame built with link
    /// `.raw`), of which it quotes the beginning.
    package func icmpError(
        type: UInt8,
        code: UInt8,
        quoting packet: [UInt8],
        quotedLength: Int = 28
    ) -> [UInt8] {
        icmp(type: type, code: code, body: Array(packet.prefix(quotedLength)))
    }

    /// Any IP protocol with the given bytes.
    package func frame(_ ipProtocol: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        let etherType: UInt16 = source.version == .v4 ? 0x0800 : 0x86DD
        return linked(etherType: etherType, ipPacket(ipProtocol, bytes))
    }
}
