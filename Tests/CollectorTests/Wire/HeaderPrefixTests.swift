// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import TestKit
import Testing

@Suite struct `Every prefix of a frame` {
    /// A frame, and where each layer's header ends.
    struct Case: CustomTestStringConvertible {
        let name: String
        let link: PacketBuilder.Link
        let frame: [UInt8]
        let ends: [(layer: Layer, end: Int)]
        var testDescription: String { name }
    }

    static let v4 = PacketBuilder("10.0.0.1", "10.0.0.2")
    static let v6 = PacketBuilder("2001:db8::1", "2001:db8::2")
    static let bare = v4.with { $0.link = .raw }
    static let payload = [UInt8](repeating: 1, count: 10)

    static let cases = [
        Case(
            name: "Ethernet, IPv4, TCP",
            link: .ethernet,
            frame: v4.tcp(1, 2, payload: payload),
            ends: [(.link, 14), (.ipv4, 34), (.tcp, 54)]
        ),
        Case(
            name: "Ethernet, two VLAN tags, IPv4 with options, UDP",
            link: .ethernet,
            frame: v4.with {
                $0.vlans = [1, 2]
                $0.ipOptions = [1, 1, 1, 1]
            }.udp(1, 2, payload: payload),
            ends: [(.link, 14), (.vlan, 22), (.ipv4, 46), (.udp, 54)]
        ),
        Case(
            name: "cooked, IPv6, extension headers, TCP",
            link: .cooked,
            frame: v6.with {
                $0.link = .cooked
                $0.extensionHeaders = [(0, [0, 0, 0, 0, 0, 0, 0, 0]), (60, [0, 0, 0, 0, 0, 0, 0, 0])]
                $0.hasMoreFragments = true
            }.tcp(1, 2, payload: payload),
            ends: [(.link, 16), (.ipv6, 56), (.ipv6Extension, 80), (.tcp, 100)]
        ),
        Case(
            name: "cooked 2, IPv4, ICMP",
            link: .cooked2,
            frame: v4.with { $0.link = .cooked2 }.echo(payload: payload),
            ends: [(.link, 20), (.ipv4, 40), (.icmp, 48)]
        ),
        Case(
            name: "loopback, IPv6, SCTP",
            link: .null,
            frame: v6.with { $0.link = .null }.sctp(1, 2, chunks: payload),
            ends: [(.link, 4), (.ipv6, 44), (.sctp, 56)]
        ),
        Case(
            name: "PPP, IPv4, UDP",
            link: .ppp,
            frame: v4.with { $0.link = .ppp }.udp(1, 2, payload: payload),
            ends: [(.link, 4), (.ipv4, 24), (.udp, 32)]
        ),
        Case(
            name: "no link header, IPv4, TCP",
            link: .raw,
            frame: v4.with { $0.link = .raw }.tcp(1, 2, payload: payload),
            ends: [(.link, 1), (.ipv4, 20), (.tcp, 40)]
        ),
        Case(
            name: "OpenBSD loopback, IPv6, ICMPv6",
            link: .loop,
            frame: v6.with { $0.link = .loop }.echo(payload: payload),
            ends: [(.link, 4), (.ipv6, 44), (.icmp, 52)]
        ),
        Case(
            name: "Ethernet, two MPLS labels, IPv4, UDP",
            link: .ethernet,
            frame: v4.linked(
                etherType: 0x8847,
                [0, 1, 0, 64, 0, 2, 1, 64] + bare.udp(1, 2, payload: payload)
            ),
            ends: [(.link, 23), (.ipv4, 42), (.udp, 50)]
        ),
        Case(
            name: "Ethernet, PPPoE, IPv4, UDP",
            link: .ethernet,
            frame: v4.linked(
                etherType: 0x8864,
                [0x11, 0, 0, 1, 0, 40, 0, 0x21] + bare.udp(1, 2, payload: payload)
            ),
            ends: [(.link, 22), (.ipv4, 42), (.udp, 50)]
        ),
        Case(
            name: "Ethernet, SNAP, IPv4, SCTP",
            link: .ethernet,
            frame: v4.linked(
                etherType: 50,
                [0xAA, 0xAA, 3, 0, 0, 0, 8, 0] + bare.sctp(1, 2, chunks: payload)
            ),
            ends: [(.link, 22), (.ipv4, 42), (.sctp, 54)]
        ),
    ]

    @Test(arguments: cases)
    func `fails at the layer it was cut in`(example: Case) throws {
        for length in 0...example.frame.count {
            let prefix = Array(example.frame.prefix(length))
            guard let cut = example.ends.first(where: { length < $0.end }) else {
                let headers = try decoded(prefix, link: example.link)
                #expect(headers.capturedPayloadLength == length - (example.ends.last?.end ?? 0))
                #expect(headers.payloadLength == Self.payload.count)
                continue
            }
            do throws(DecodeError) {
                _ = try decoded(prefix, link: example.link)
                Issue.record("\(length) bytes were enough")
            } catch {
                guard case .truncated(let layer, let needed, let available) = error else {
                    Issue.record("\(length) bytes: \(error)")
                    continue
                }
                #expect(layer == cut.layer, "\(length) bytes")
                #expect(needed > available)
            }
        }
    }
}
