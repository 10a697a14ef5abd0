// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Link headers` {
    static let addresses = [("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")]

    @Test(arguments: PacketBuilder.Link.allCases, addresses)
    func `lead to the same packet`(link: PacketBuilder.Link, addresses: (String, String)) throws {
        let builder = PacketBuilder(addresses.0, addresses.1, link: link)
        let frame = builder.tcp(40_000, 80, flags: .syn, sequence: 7, payload: [1, 2, 3])
        let headers = try decoded(frame, link: link)
        #expect(headers.source == IPAddress(addresses.0))
        #expect(headers.destination == IPAddress(addresses.1))
        #expect(headers.sourcePort == 40_000)
        #expect(headers.destinationPort == 80)
        #expect(headers.transport == .tcp)
        #expect(headers.sequence == 7)
        #expect(payload(of: headers, in: frame) == [1, 2, 3])
    }

    @Test func `of Ethernet give both addresses`() throws {
        let headers = try decoded(PacketBuilder("10.0.0.1", "10.0.0.2").udp(1, 2))
        #expect(headers.sourceMAC == 0x0200_0000_0001)
        #expect(headers.destinationMAC == 0x0200_0000_0002)
        #expect(headers.packetType == .unknown)
        #expect(headers.interfaceIndex == 0)
    }

    @Test(arguments: [
        (UInt8(0), PacketType.incoming), (1, .broadcast), (2, .multicast), (3, .otherHost), (4, .outgoing),
        (5, .unknown), (77, .unknown),
    ])
    func `of cooked captures give the packet type`(raw: UInt8, expected: PacketType) throws {
        for link in [PacketBuilder.Link.cooked, .cooked2] {
            let builder = PacketBuilder("10.0.0.1", "10.0.0.2", link: link).with {
                $0.packetType = raw
                $0.interfaceIndex = 42
            }
            let headers = try decoded(builder.udp(1, 2), link: link)
            #expect(headers.packetType == expected)
            #expect(headers.sourceMAC == 0x0200_0000_0001)
            #expect(headers.destinationMAC == 0)
            #expect(headers.interfaceIndex == (link == .cooked2 ? 42 : 0))
        }
    }

    @Test(arguments: [[UInt16(5)], [5, 6], [5, 6, 7]], [PacketBuilder.Link.ethernet, .cooked, .cooked2])
    func `may carry VLAN tags`(vlans: [UInt16], link: PacketBuilder.Link) throws {
        let builder = PacketBuilder("10.0.0.1", "10.0.0.2", link: link).with { $0.vlans = vlans }
        let frame = builder.udp(5_000, 53, payload: [9])
        let headers = try decoded(frame, link: link)
        #expect(headers.destinationPort == 53)
        #expect(payload(of: headers, in: frame) == [9])
    }

    @Test func `with more tags than any network stacks are malformed`() {
        let builder = PacketBuilder("10.0.0.1", "10.0.0.2").with { $0.vlans = Array(repeating: 1, count: 9) }
        // The ninth tag begins behind 14 bytes of Ethernet and eight tags of four.
        #expect(throws: DecodeError.malformed(layer: .vlan, offset: 14 + 9 * 4)) {
            try decoded(builder.udp(1, 2))
        }
    }

    @Test func `may carry the outer tag of before the standard`() throws {
        let builder = PacketBuilder("10.0.0.1", "10.0.0.2").with { $0.vlans = [1, 2] }
        var frame = builder.udp(1, 2)
        frame[12...13] = [0x91, 0x00]
        #expect(try decoded(frame).destinationPort == 2)
    }

    @Test func `may carry MPLS labels`() throws {
        let builder = PacketBuilder("10.0.0.1", "10.0.0.2")
        let packet = builder.with { $0.link = .raw }.udp(1, 2)
        // Two labels, the second marked as the bottom of the stack.
        let stacked = builder.linked(etherType: 0x8847, [0, 1, 0, 64, 0, 2, 1, 64] + packet)
        #expect(try decoded(stacked).destinationPort == 2)
        // A pseudo-wire's control word follows: nothing says what is in it.
        let pseudoWire = builder.linked(etherType: 0x8847, [0, 2, 1, 64, 0, 0, 0, 0])
        #expect(throws: DecodeError.notMetered) { try decoded(pseudoWire) }
    }

    @Test func `may carry a PPPoE session`() throws {
        let builder = PacketBuilder("10.0.0.1", "10.0.0.2")
        let packet = builder.with { $0.link = .raw }.udp(1, 2)
        let session = builder.linked(etherType: 0x8864, [0x11, 0, 0, 1, 0, 30, 0x00, 0x21] + packet)
        #expect(try decoded(session).destinationPort == 2)
        // Link control instead of IP.
        let control = builder.linked(etherType: 0x8864, [0x11, 0, 0, 1, 0, 8, 0xC0, 0x21, 9, 0, 0, 8])
        #expect(throws: DecodeError.notMetered) { try decoded(control) }
    }

    @Test func `with LLC lead on only through SNAP`() throws {
        let builder = PacketBuilder("10.0.0.1", "10.0.0.2")
        let packet = builder.with { $0.link = .raw }.udp(1, 2)
        let length = UInt16(truncatingIfNeeded: packet.count + 8)
        let snap = builder.linked(etherType: length, [0xAA, 0xAA, 3, 0, 0, 0, 8, 0] + packet)
        #expect(try decoded(snap).destinationPort == 2)
        let spanningTree = builder.linked(etherType: 38, [0x42, 0x42, 3] + Array(repeating: 0, count: 35))
        #expect(throws: DecodeError.notMetered) { try decoded(spanningTree) }
    }

    /// ARP, LLDP, EAPOL, a length over 1500 that is no type, an experimental type.
    @Test(arguments: [UInt16(0x0806), 0x88CC, 0x888E, 0x05FF, 0x88B5])
    func `of other protocols are not metered`(etherType: UInt16) {
        for link in [PacketBuilder.Link.ethernet, .cooked, .cooked2] {
            let frame = PacketBuilder("10.0.0.1", "10.0.0.2", link: link)
                .linked(etherType: etherType, Array(repeating: 0, count: 46))
            #expect(throws: DecodeError.notMetered) { try decoded(frame, link: link) }
        }
    }

    /// Both byte orders of 2 (IPv4) and of IPv6 on Linux, NetBSD, FreeBSD and Darwin.
    @Test(arguments: [
        ([UInt8(2), 0, 0, 0], false), ([0, 0, 0, 2], false), ([10, 0, 0, 0], true), ([24, 0, 0, 0], true),
        ([28, 0, 0, 0], true), ([30, 0, 0, 0], true), ([0, 0, 0, 24], true), ([0, 0, 0, 30], true),
    ])
    func `of BSD loopbacks take every family number`(family: [UInt8], isV6: Bool) throws {
        let builder =
            isV6
            ? PacketBuilder("::1", "::1", link: .raw) : PacketBuilder("127.0.0.1", "127.0.0.1", link: .raw)
        let frame = family + builder.udp(1, 2)
        for linkType: UInt32 in [0, 108] {
            #expect(try decoded(frame, linkType: linkType).source.version == (isV6 ? .v6 : .v4))
        }
    }

    @Test func `of BSD loopbacks with another family are not metered`() {
        // AF_APPLETALK.
        #expect(throws: DecodeError.notMetered) { try decoded([16, 0, 0, 0, 1, 2], linkType: 0) }
    }

    @Test(arguments: [UInt32(12), 14, 101, 228])
    func `of raw captures are absent`(linkType: UInt32) throws {
        let frame = PacketBuilder("10.0.0.1", "10.0.0.2", link: .raw).udp(1, 2)
        #expect(try decoded(frame, linkType: linkType).destinationPort == 2)
    }

    @Test func `of raw captures are checked against their version`() throws {
        let v4 = PacketBuilder("10.0.0.1", "10.0.0.2", link: .raw).udp(1, 2)
        let v6 = PacketBuilder("::1", "::2", link: .raw).udp(1, 2)
        #expect(try decoded(v6, linkType: 229).source.version == .v6)
        #expect(throws: DecodeError.malformed(layer: .ipv4, offset: 0)) { try decoded(v6, linkType: 228) }
        #expect(throws: DecodeError.malformed(layer: .ipv6, offset: 0)) {
            try decoded(v4 + Array(repeating: 0, count: 40), linkType: 229)
        }
        #expect(throws: DecodeError.malformed(layer: .link, offset: 0)) { try decoded([0x50], linkType: 101) }
    }

    @Test(arguments: [[0xFF, 0x03, 0x00, 0x21], [0x00, 0x21], [0x21], [0xFF, 0x03, 0x21]] as [[UInt8]])
    func `of PPP may be shortened`(header: [UInt8]) throws {
        let frame = header + PacketBuilder("10.0.0.1", "10.0.0.2", link: .raw).udp(1, 2)
        #expect(try decoded(frame, linkType: 9).destinationPort == 2)
    }

    @Test func `that are unknown are named`() {
        #expect(throws: DecodeError.unsupportedLink(189)) { try decoded([1, 2, 3], linkType: 189) }
    }
}
