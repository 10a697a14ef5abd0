// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Tunnels` {
    struct Case: CustomTestStringConvertible {
        let name: String
        let frame: [UInt8]
        /// Where the inner IP header begins.
        let start: Int
        var isV6 = false
        /// A datagram of its own until it proves to be a tunnel.
        var isUDP = false
        var count: UInt8 = 1
        var testDescription: String { name }
    }

    static let outer = PacketBuilder("192.0.2.1", "192.0.2.2")
    static let outer6 = PacketBuilder("2001:db8:f::1", "2001:db8:f::2")
    static let inner = PacketBuilder("10.244.0.7", "10.244.1.6").with {
        $0.identification = 77
        $0.timeToLive = 63
    }
    static let inner6 = PacketBuilder("2001:db8::7", "2001:db8::6")
    static let content: [UInt8] = [1, 2, 3, 4, 5]
    static let frame = inner.tcp(40_000, 80, sequence: 5, payload: content)
    static let frame6 = inner6.tcp(40_000, 80, sequence: 5, payload: content)
    static let packet = inner.with { $0.link = .raw }.tcp(40_000, 80, sequence: 5, payload: content)
    static let packet6 = inner6.with { $0.link = .raw }.tcp(40_000, 80, sequence: 5, payload: content)
    static let tagged = inner.with { $0.vlans = [5] }.tcp(40_000, 80, sequence: 5, payload: content)
    /// Two options: without a value, and with two words.
    static let options: [UInt8] = [1, 2, 0x80, 0, 0, 1, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2]

    static let cases = [
        Case(name: "VXLAN", frame: outer.vxlan(frame), start: 64, isUDP: true),
        Case(name: "VXLAN of Linux", frame: outer.vxlan(frame, port: 8_472), start: 64, isUDP: true),
        Case(name: "VXLAN on IPv6", frame: outer6.vxlan(frame6), start: 84, isV6: true, isUDP: true),
        Case(name: "VXLAN with an inner tag", frame: outer.vxlan(tagged), start: 68, isUDP: true),
        Case(name: "Geneve", frame: outer.geneve(frame), start: 64, isUDP: true),
        Case(
            name: "Geneve with options",
            frame: outer.geneve(frame, options: options),
            start: 80,
            isUDP: true
        ),
        Case(name: "Geneve with IPv4", frame: outer.geneve(packet, type: 0x0800), start: 50, isUDP: true),
        Case(
            name: "Geneve with IPv6",
            frame: outer6.geneve(packet6, type: 0x86DD, options: options),
            start: 86,
            isV6: true,
            isUDP: true
        ),
        Case(name: "GRE with IPv4", frame: outer.gre(packet, type: 0x0800), start: 38),
        Case(name: "GRE with IPv6", frame: outer.gre(packet6, type: 0x86DD), start: 38, isV6: true),
        Case(name: "GRE with a key", frame: outer.gre(packet, type: 0x0800, flags: 0x2000), start: 42),
        Case(name: "GRE with all fields", frame: outer6.gre(packet, type: 0x0800, flags: 0xB000), start: 70),
        Case(name: "GRE with a frame", frame: outer.gre(frame, type: 0x6558, flags: 0x2000), start: 56),
        Case(
            name: "GRE with a label",
            frame: outer.gre([0, 1, 0x41, 64] + packet, type: 0x8847),
            start: 42
        ),
        Case(name: "IPv4 in IPv4", frame: outer.ipInIP(packet), start: 34),
        Case(name: "IPv6 in IPv4", frame: outer.ipInIP(packet6), start: 34, isV6: true),
        Case(name: "IPv4 in IPv6", frame: outer6.ipInIP(packet), start: 54),
        Case(name: "IPv6 in IPv6", frame: outer6.ipInIP(packet6), start: 54, isV6: true),
        Case(
            name: "IPv4 in IPv6 in VXLAN",
            frame: outer.vxlan(outer6.ipInIP(packet)),
            start: 104,
            isUDP: true,
            count: 2
        ),
    ]

    @Test(arguments: cases)
    func `give the inner packet and the outer addresses`(example: Case) throws {
        let headers = try decoded(example.frame)
        let inner = example.isV6 ? Self.inner6 : Self.inner
        #expect(headers.fiveTuple.source == inner.source)
        #expect(headers.fiveTuple.destination == inner.destination)
        #expect(headers.sourcePort == 40_000 && headers.destinationPort == 80)
        #expect(headers.transport == .tcp && headers.sequence == 5)
        #expect(headers.identification == (example.isV6 ? 0 : 77))
        #expect(headers.timeToLive == (example.isV6 ? 64 : 63))
        #expect(headers.datagramLength == (example.isV6 ? 65 : 45))
        #expect(payload(of: headers, in: example.frame) == Self.content)
        #expect(headers.hasOuter && headers.tunnelCount == example.count)
        let isOuter6 = example.frame[12] == 0x86
        #expect(headers.outerSource == (isOuter6 ? Self.outer6 : Self.outer).source)
        #expect(headers.outerDestination == (isOuter6 ? Self.outer6 : Self.outer).destination)
        #expect(headers.sourceMAC == Self.outer.sourceMAC)
    }

    @Test(arguments: cases)
    func `that are cut short are no tunnel or no packet, whatever the length`(example: Case) throws {
        let isOuter6 = example.frame[12] == 0x86
        let outer = isOuter6 ? Self.outer6 : Self.outer
        let outerEnd = 14 + (isOuter6 ? 40 : 20)
        let innerEnd = example.start + (example.isV6 ? 60 : 40)
        for length in 0...example.frame.count {
            let prefix = Array(example.frame.prefix(length))
            if length >= innerEnd {
                let headers = try decoded(prefix)
                #expect(headers.destinationPort == 80, "\(length) bytes")
                #expect(headers.capturedPayloadLength == length - innerEnd)
                #expect(headers.payloadLength == Self.content.count)
            } else if example.isUDP, length >= outerEnd + 8 {
                let headers = try decoded(prefix)
                #expect(headers.transport == .udp && !headers.hasOuter, "\(length) bytes")
                #expect(headers.source == outer.source)
                #expect(headers.datagramLength == example.frame.count - 14)
            } else {
                do throws(DecodeError) {
                    _ = try decoded(prefix)
                    Issue.record("\(length) bytes were enough")
                } catch {
                    guard case .truncated(_, let needed, let available) = error else {
                        Issue.record("\(length) bytes: \(error)")
                        continue
                    }
                    #expect(needed > available)
                }
            }
        }
    }

    @Test func `are opened as deep as the limit`() throws {
        let bare = Self.outer.with { $0.link = .raw }
        var packet = Self.packet
        for _ in 0..<4 { packet = bare.ipInIP(packet) }
        let deepest = try decoded(Self.outer.linked(etherType: 0x0800, packet))
        #expect(deepest.tunnelCount == 4)
        #expect(deepest.source == Self.inner.source)
        let beyond = bare.ipInIP(packet)
        #expect(throws: DecodeError.malformed(layer: .tunnel, offset: 114)) {
            try decoded(Self.outer.linked(etherType: 0x0800, beyond))
        }
    }

    @Test func `in datagrams beyond the limit stay datagrams`() throws {
        var frame = Self.frame
        for index in 0..<6 {
            frame = PacketBuilder("192.0.2.\(index)", "192.0.2.100").vxlan(frame)
        }
        let headers = try decoded(frame)
        #expect(headers.tunnelCount == 4)
        #expect(headers.transport == .udp && headers.destinationPort == 4_789)
        #expect(headers.source == IPAddress("192.0.2.1"))
        #expect(headers.outerSource == IPAddress("192.0.2.5"))
    }

    // MARK: - What is none

    static let arp: [UInt8] = [0, 1, 8, 0, 6, 4, 0, 1] + Array(repeating: 0, count: 20)
    static let unknown = inner.linked(etherType: 0x88CC, Array(repeating: 0, count: 40))
    static let broken: [UInt8] = {
        var result = frame
        result[14] = 0x55
        return result
    }()

    static let datagrams: [(name: String, frame: [UInt8])] = [
        ("no flag", outer.vxlan(frame, header: [0, 0, 0, 0, 0, 0, 7, 0])),
        ("another flag", outer.vxlan(frame, header: [0x0C, 0, 0, 0, 0, 0, 7, 0])),
        ("a reserved byte", outer.vxlan(frame, header: [8, 0, 1, 0, 0, 0, 7, 0])),
        ("the last reserved byte", outer.vxlan(frame, header: [8, 0, 0, 0, 0, 0, 7, 1])),
        ("another EtherType", outer.vxlan(unknown)),
        ("no IP version", outer.vxlan(broken)),
        (
            "a longer packet than fits",
            outer.vxlan(inner.with { $0.claimedLength = 46 }.tcp(40_000, 80, payload: content))
        ),
        ("nothing behind the header", outer.vxlan([])),
        ("nothing at all", outer.udp(50_000, 4_789)),
        ("the port of the sender only", outer.udp(4_789, 50_000, payload: [8, 0, 0, 0, 0, 0, 7, 0] + frame)),
        ("Geneve version 1", outer.geneve(frame, first: 0x40)),
        ("options that are not there", outer.geneve(frame, first: 0x3F)),
        (
            "options that do not fill their length",
            outer.geneve(frame, options: [1, 2, 3, 1, 0, 0, 0, 0, 0, 0, 0, 1])
        ),
        ("a Geneve type that is neither", outer.geneve(packet, type: 0x880B)),
    ]

    @Test(arguments: datagrams.indices)
    func `need more than a port`(index: Int) throws {
        let (name, frame) = Self.datagrams[index]
        let headers = try decoded(frame)
        #expect(!headers.hasOuter, "\(name)")
        #expect(headers.transport == .udp && headers.source == Self.outer.source, "\(name)")
        #expect(headers.datagramLength == frame.count - 14)
    }

    @Test func `are not found in random datagrams`() throws {
        var random = SeededGenerator(default: 4_789)
        for round in 0..<4_000 {
            let ports: [UInt16] = [4_789, 8_472, 6_081]
            let port = ports[round % 3]
            var bytes: [UInt8] = []
            // Half of them begin as tunnels do.
            if Bool.random(using: &random) {
                bytes = port == 6_081 ? [0, 0, 0x65, 0x58, 0, 0, 1, 0] : [8, 0, 0, 0, 0, 0, 1, 0]
            }
            for _ in 0..<Int.random(in: 0...200, using: &random) {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            let headers = try decoded(Self.outer.udp(50_000, port, payload: bytes))
            #expect(headers.destinationPort == port && !headers.hasOuter)
        }
    }

    @Test func `with inner ARP are not metered`() {
        let frame = Self.inner.linked(etherType: 0x0806, Self.arp)
        let tagged = Self.inner.with { $0.vlans = [3] }.linked(etherType: 0x0806, Self.arp)
        let outer = Self.outer
        let all = [
            outer.vxlan(frame), outer.vxlan(tagged), outer.geneve(frame, options: Self.options),
            outer.gre(frame, type: 0x6558),
        ]
        for frame in all { #expect(throws: DecodeError.notMetered) { try decoded(frame) } }
    }

    @Test func `with an inner protocol without flows are not metered`() {
        let frame = Self.inner.frame(50, Array(repeating: 1, count: 40))
        #expect(throws: DecodeError.notMetered) { try decoded(Self.outer.vxlan(frame)) }
    }

    /// PPTP, source routes, a reserved bit, keep-alives, ERSPAN.
    @Test(arguments: [(0x880B, 0x2001), (0x0800, 0x4000), (0x0800, 0x0008), (0, 0), (0x88BE, 0x1000)])
    func `of GRE that carry something else are not metered`(type: Int, flags: Int) {
        let frame = Self.outer.gre(Self.packet, type: UInt16(type), flags: UInt16(flags))
        #expect(throws: DecodeError.notMetered) { try decoded(frame) }
    }

    @Test func `of IP whose content is none are malformed`() {
        #expect(throws: DecodeError.malformed(layer: .ipv4, offset: 0)) {
            try decoded(Self.outer.frame(4, Self.packet6))
        }
        #expect(throws: DecodeError.malformed(layer: .ipv6, offset: 0)) {
            try decoded(Self.outer.frame(41, Self.packet + Self.packet))
        }
    }

    // MARK: - With other things

    @Test func `are opened in their first fragment`() throws {
        let whole = Self.inner.tcp(40_000, 80, payload: Array(repeating: 9, count: 1_400))
        let datagram = Array(Self.outer.vxlan(whole).dropFirst(34))
        let frames = Self.outer.fragments(17, datagram, cuts: [1_000])
        let first = try decoded(frames[0])
        #expect(first.source == Self.inner.source && !first.isFragment)
        #expect(first.datagramLength == 1_440)
        #expect(first.payloadLength == 1_400)
        #expect(first.capturedPayloadLength == 1_000 - 8 - 8 - 14 - 40)
        let later = try decoded(frames[1])
        #expect(later.isLaterFragment && !later.hasOuter)

        let inIP = Self.outer.fragments(4, Array(whole.dropFirst(14)), cuts: [800])
        #expect(try decoded(inIP[0]).datagramLength == 1_440)
        #expect(throws: DecodeError.notMetered) { try decoded(inIP[1]) }
    }

    @Test func `may carry fragments`() throws {
        let fragment = Self.inner.with { $0.fragmentOffset = 64 }.frame(17, [1, 2, 3])
        let headers = try decoded(Self.outer.vxlan(fragment))
        #expect(headers.isLaterFragment && headers.hasOuter)
        #expect(headers.fragment == IPFragment(identification: 77, offset: 64, length: 3))
    }

    @Test func `may carry errors about packets in them`() throws {
        let error = PacketBuilder("10.244.1.1", "10.244.0.7").icmpError(
            type: 3,
            code: 1,
            quoting: Self.packet
        )
        let headers = try decoded(Self.outer.geneve(error))
        #expect(headers.hasQuote && headers.quotedDestinationPort == 80)
        #expect(headers.quotedSource == Self.inner.source)
    }

    @Test func `know the interface their frame was on`() throws {
        let outer = Self.outer.with {
            $0.link = .cooked2
            $0.interfaceIndex = 12
            $0.packetType = 4
        }
        let headers = try decoded(outer.vxlan(Self.frame, port: 8_472), link: .cooked2)
        #expect(headers.interfaceIndex == 12 && headers.packetType == .outgoing)
        #expect(headers.source == Self.inner.source)
    }

    @Test func `that are damaged never point outside their frame`() {
        var random = SeededGenerator(default: 6_081)
        for round in 0..<40_000 {
            let frame = random.mutated(Self.cases[round % Self.cases.count].frame)
            guard let headers = try? decoded(frame) else { continue }
            let isInside =
                headers.payloadOffset >= 0 && headers.capturedPayloadLength >= 0
                && headers.payloadOffset + headers.capturedPayloadLength <= frame.count
            if !isInside { Issue.record("round \(round), seed \(random.seed)") }
        }
    }
}
