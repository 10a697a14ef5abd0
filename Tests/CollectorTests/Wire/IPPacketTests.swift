// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `IP packets` {
    static let v4 = PacketBuilder("10.0.0.1", "10.0.0.2")
    static let v6 = PacketBuilder("2001:db8::1", "2001:db8::2")

    @Test func `give identification and time to live`() throws {
        let headers = try decoded(
            Self.v4.with {
                $0.identification = 0xBEEF
                $0.timeToLive = 63
            }.udp(1, 2)
        )
        #expect(headers.identification == 0xBEEF)
        #expect(headers.timeToLive == 63)
        #expect(headers.datagramLength == 28)
        #expect(try decoded(Self.v6.udp(1, 2)).datagramLength == 48)
    }

    @Test func `may have options`() throws {
        // Router alert, then padding.
        let frame = Self.v4.with { $0.ipOptions = [0x94, 4, 0, 0, 1] }.udp(1, 2, payload: [5])
        let headers = try decoded(frame)
        #expect(headers.destinationPort == 2)
        #expect(payload(of: headers, in: frame) == [5])
    }

    @Test func `do not count padding of the link as payload`() throws {
        for builder in [Self.v4, Self.v6] {
            let segment = builder.tcp(1, 2)
            let frame = segment + Array(repeating: 0xEE, count: 10)
            let headers = try decoded(frame)
            #expect(headers.payloadLength == 0)
            #expect(headers.capturedPayloadLength == 0)
        }
    }

    @Test func `know what was sent but not captured`() throws {
        let whole = Self.v4.tcp(1, 2, payload: Array(repeating: 7, count: 100))
        let headers = try decoded(Array(whole.dropLast(60)))
        #expect(headers.payloadLength == 100)
        #expect(headers.capturedPayloadLength == 40)
        #expect(headers.datagramLength == 140)
    }

    @Test func `with a length of zero end with the capture`() throws {
        for builder in [Self.v4, Self.v6] {
            let frame = builder.with { $0.claimedLength = 0 }.tcp(1, 2, payload: [1, 2, 3])
            let headers = try decoded(frame)
            #expect(headers.payloadLength == 3)
            #expect(headers.datagramLength == frame.count - 14)
        }
    }

    @Test func `with a total length inside their header are malformed`() {
        let frame = Self.v4.with { $0.claimedLength = 19 }.udp(1, 2)
        #expect(throws: DecodeError.malformed(layer: .ipv4, offset: 2)) { try decoded(frame) }
    }

    @Test func `with a header length below five words are malformed`() {
        var frame = Self.v4.udp(1, 2)
        frame[14] = 0x44
        #expect(throws: DecodeError.malformed(layer: .ipv4, offset: 0)) { try decoded(frame) }
    }

    @Test func `with no room for their transport are malformed`() {
        let v4 = Self.v4.with { $0.claimedLength = 27 }.udp(1, 2, payload: [1, 2, 3])
        #expect(throws: DecodeError.malformed(layer: .udp, offset: 7)) { try decoded(v4) }
        let v6 = Self.v6.with { $0.claimedLength = 19 }.tcp(1, 2, payload: [1, 2, 3])
        #expect(throws: DecodeError.malformed(layer: .tcp, offset: 19)) { try decoded(v6) }
    }

    // MARK: - Fragments

    @Test func `in fragments have ports in the first only`() throws {
        for builder in [Self.v4, Self.v6] {
            let first = try decoded(builder.with { $0.hasMoreFragments = true }.udp(7, 8, payload: [1, 2]))
            #expect(first.isFragment && !first.isLaterFragment)
            #expect(first.destinationPort == 8)

            let frame = builder.with { $0.fragmentOffset = 1_480 }.frame(17, [1, 2, 3, 4, 5])
            let later = try decoded(frame)
            #expect(later.isFragment && later.isLaterFragment)
            #expect(later.transport == .udp)
            #expect(later.sourcePort == 0 && later.destinationPort == 0)
            #expect(payload(of: later, in: frame) == [1, 2, 3, 4, 5])
            #expect(later.payloadLength == 5)
        }
    }

    @Test func `that are atomic fragments are whole`() throws {
        let builder = Self.v6.with { $0.extensionHeaders = [(44, [0, 0, 0, 0, 0, 0, 0, 1])] }
        let headers = try decoded(builder.udp(1, 2))
        #expect(!headers.isFragment && !headers.isLaterFragment)
        #expect(headers.destinationPort == 2)
    }

    @Test func `with a first UDP fragment clamp its length to the fragment`() throws {
        let frame = Self.v4.with { $0.hasMoreFragments = true }
            .udp(1, 2, payload: Array(repeating: 0, count: 16), claimedLength: 4_000)
        #expect(try decoded(frame).payloadLength == 16)
    }

    // MARK: - Extension headers

    /// Hop-by-hop, routing, destination options, fragment (first), mobility; AH last, as it is
    /// measured in other units.
    @Test func `may have every extension header`() throws {
        let builder = Self.v6.with {
            $0.extensionHeaders = [
                (0, [0, 0, 1, 4, 0, 0, 0, 0]),
                (43, [0, 2] + Array(repeating: 0, count: 22)),
                (60, [0, 1] + Array(repeating: 0, count: 14)),
                (44, [0, 0, 0, 1, 0, 0, 0, 9]),
                (135, [0, 0, 0, 0, 0, 0, 0, 0]),
                (51, [0, 4] + Array(repeating: 0, count: 22)),
            ]
        }
        let frame = builder.tcp(1, 2, flags: .syn, payload: [8, 9])
        let headers = try decoded(frame)
        #expect(headers.destinationPort == 2)
        #expect(headers.isFragment)
        #expect(payload(of: headers, in: frame) == [8, 9])
    }

    @Test func `with too many extension headers are malformed`() {
        let builder = Self.v6.with {
            $0.extensionHeaders = Array(repeating: (60, [0, 0, 0, 0, 0, 0, 0, 0]), count: 17)
        }
        #expect(throws: DecodeError.malformed(layer: .ipv6Extension, offset: 14 + 40 + 17 * 8)) {
            try decoded(builder.udp(1, 2))
        }
    }

    @Test func `may have an authentication header in IPv4 too`() throws {
        let segment: [UInt8] = [0, 7, 0, 8, 0, 8, 0, 0]
        let frame = Self.v4.frame(51, [17, 4] + Array(repeating: 0, count: 22) + segment)
        let headers = try decoded(frame)
        #expect(headers.destinationPort == 8)
        #expect(headers.transport == .udp)
    }

    @Test func `with a jumbo option have the length it says`() throws {
        // Jumbo payload of 70,000 bytes, of which almost nothing was captured.
        let builder = Self.v6.with {
            $0.claimedLength = 0
            $0.extensionHeaders = [(0, [0, 0, 0xC2, 4, 0, 1, 0x11, 0x70])]
        }
        let headers = try decoded(builder.tcp(1, 2, payload: [1]))
        #expect(headers.datagramLength == 40 + 70_000)
        #expect(headers.payloadLength == 70_000 - 8 - 20)
        #expect(headers.capturedPayloadLength == 1)
    }

    /// IGMP, GRE of nothing, ESP, OSPF, and ICMP of the other version.
    @Test(arguments: [UInt8(2), 47, 50, 89, 58, 255])
    func `of other protocols are not metered`(number: UInt8) {
        let frame = Self.v4.frame(number, Array(repeating: 0, count: 40))
        #expect(throws: DecodeError.notMetered) { try decoded(frame) }
    }

    /// ESP, no next header, ICMP of the other version.
    @Test(arguments: [UInt8(50), 59, 1])
    func `of IPv6 with other protocols are not metered`(number: UInt8) {
        let frame = Self.v6.frame(number, Array(repeating: 0, count: 40))
        #expect(throws: DecodeError.notMetered) { try decoded(frame) }
    }
}
