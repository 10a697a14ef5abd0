// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Transport headers` {
    static let v4 = PacketBuilder("10.0.0.1", "10.0.0.2")
    static let v6 = PacketBuilder("2001:db8::1", "2001:db8::2")

    @Test func `of TCP give all that flows need`() throws {
        let frame = Self.v4.tcp(
            40_000,
            443,
            flags: [.psh, .ack],
            sequence: 0xFFFF_FFF0,
            acknowledgment: 0x1234_5678,
            window: 501,
            payload: Array("hello".utf8)
        )
        let headers = try decoded(frame)
        #expect(headers.sequence == 0xFFFF_FFF0)
        #expect(headers.acknowledgment == 0x1234_5678)
        #expect(headers.tcpFlags == [.psh, .ack])
        #expect(headers.receiveWindow == 501)
        #expect(!headers.hasTCPTimestamps)
        #expect(payload(of: headers, in: frame) == Array("hello".utf8))
        #expect(
            headers.fiveTuple
                == FiveTuple(
                    source: IPAddress(v4: 0x0A00_0001),
                    destination: IPAddress(v4: 0x0A00_0002),
                    sourcePort: 40_000,
                    destinationPort: 443,
                    transport: .tcp
                )
        )
    }

    @Test func `of TCP give timestamps behind other options`() throws {
        // MSS, SACK permitted, timestamps 7 and 9, no operation, window scale.
        let options: [UInt8] = [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 3, 3, 7]
        let headers = try decoded(Self.v4.tcp(1, 2, flags: .syn, options: options))
        #expect(headers.hasTCPTimestamps)
        #expect(headers.tcpTimestamp == 7)
        #expect(headers.tcpTimestampEcho == 9)
    }

    @Test func `of TCP give timestamps where they usually are`() throws {
        let options: [UInt8] = [1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9]
        let frame = Self.v4.tcp(1, 2, options: options, payload: [5])
        let headers = try decoded(frame)
        #expect(headers.hasTCPTimestamps)
        #expect(headers.tcpTimestamp == 7)
        #expect(headers.tcpTimestampEcho == 9)
        #expect(payload(of: headers, in: frame) == [5])
        // Cut within the option, at the end of the capture.
        #expect(try !decoded(Array(frame.dropLast(2))).hasTCPTimestamps)
    }

    /// A length of 0, of 1, beyond the header; a lone kind at the end; timestamps of a wrong
    /// length; timestamps behind the end of options.
    @Test(
        arguments: [
            [8, 0, 1, 1], [8, 1, 1, 1], [2, 200, 0, 0], [1, 1, 1, 2], [8, 6, 0, 0, 0, 7, 1, 1],
            [0, 8, 10, 0, 0, 0, 7, 0, 0, 0, 9],
        ] as [[UInt8]]
    )
    func `of TCP survive broken options`(options: [UInt8]) throws {
        let frame = Self.v4.tcp(1, 2, options: options, payload: [5])
        let headers = try decoded(frame)
        #expect(!headers.hasTCPTimestamps)
        #expect(payload(of: headers, in: frame) == [5])
    }

    @Test func `of TCP are read even if their options were not captured`() throws {
        let options: [UInt8] = [8, 10, 0, 0, 0, 7, 0, 0, 0, 9, 1, 1]
        let whole = Self.v4.tcp(1, 2, flags: .syn, options: options, payload: [1, 2, 3])
        let headers = try decoded(Array(whole.prefix(14 + 20 + 20 + 5)))
        #expect(headers.tcpFlags == .syn)
        #expect(!headers.hasTCPTimestamps)
        #expect(headers.payloadLength == 3)
        #expect(headers.capturedPayloadLength == 0)
        #expect(headers.payloadOffset == 59)
    }

    @Test(arguments: [UInt8(0x00), 0x40, 0x60, 0xF0])
    func `of TCP with an impossible data offset are malformed`(dataOffset: UInt8) {
        var frame = Self.v4.tcp(1, 2, payload: [1, 2, 3])
        frame[14 + 20 + 12] = dataOffset
        #expect(throws: DecodeError.malformed(layer: .tcp, offset: 12)) { try decoded(frame) }
    }

    // MARK: - UDP and SCTP

    /// 0 and values below the header or beyond the datagram give way to the IP length.
    @Test(arguments: [(UInt16(0), 6), (3, 6), (8, 0), (10, 2), (14, 6), (15, 6), (65_535, 6)])
    func `of UDP are clamped to the datagram`(claimed: UInt16, expected: Int) throws {
        let frame = Self.v4.udp(53, 5_000, payload: [1, 2, 3, 4, 5, 6], claimedLength: claimed)
        let headers = try decoded(frame)
        #expect(headers.sourcePort == 53)
        #expect(headers.payloadLength == expected)
        #expect(headers.capturedPayloadLength == expected)
    }

    @Test func `of SCTP give ports`() throws {
        let frame = Self.v6.sctp(3_000, 9_899, chunks: [0, 3, 0, 4])
        let headers = try decoded(frame)
        #expect(headers.transport == .sctp)
        #expect(headers.destinationPort == 9_899)
        #expect(payload(of: headers, in: frame) == [0, 3, 0, 4])
    }

    // MARK: - ICMP

    @Test func `of ICMP echoes are flows without ports`() throws {
        for (builder, transport) in [(Self.v4, TransportProtocol.icmp), (Self.v6, .icmpv6)] {
            for isReply in [false, true] {
                let frame = builder.echo(isReply: isReply, identifier: 77, sequence: 3, payload: [1, 2])
                let headers = try decoded(frame)
                #expect(headers.transport == transport)
                #expect(headers.sourcePort == 0 && headers.destinationPort == 0)
                #expect(headers.echoIdentifier == 77)
                #expect(headers.echoSequence == 3)
                #expect(!headers.hasQuote)
                #expect(payload(of: headers, in: frame) == [1, 2])
            }
        }
    }

    /// Unreachable, time exceeded, parameter problem; too big in IPv6.
    @Test(arguments: [UInt8(3), 11, 12, 1, 2, 4])
    func `of ICMP errors quote a segment by its first eight bytes`(type: UInt8) throws {
        let isV6 = type == 1 || type == 2 || type == 4
        let builder = isV6 ? Self.v6 : Self.v4
        let segment = builder.with { $0.link = .raw }
            .tcp(40_000, 80, flags: .syn, sequence: 0xCAFE_0001, payload: Array(repeating: 0, count: 50))
        let frame = builder.reversed.icmpError(
            type: type,
            code: 1,
            quoting: segment,
            quotedLength: (isV6 ? 40 : 20) + 8
        )
        let headers = try decoded(frame)
        #expect(headers.icmpType == type)
        #expect(headers.icmpCode == 1)
        #expect(headers.hasQuote)
        #expect(headers.quotedSource == builder.source)
        #expect(headers.quotedDestination == builder.destination)
        #expect(headers.quotedSourcePort == 40_000)
        #expect(headers.quotedDestinationPort == 80)
        #expect(headers.quotedTransport == .tcp)
        #expect(headers.quotedSequence == 0xCAFE_0001)
    }

    @Test func `of ICMP errors quote a datagram behind extension headers`() throws {
        let quoted = Self.v6.with {
            $0.link = .raw
            $0.extensionHeaders = [(60, [0, 0, 0, 0, 0, 0, 0, 0])]
        }.udp(5_000, 53)
        let headers = try decoded(
            Self.v6.reversed.icmpError(type: 1, code: 4, quoting: quoted, quotedLength: 56)
        )
        #expect(headers.quotedTransport == .udp)
        #expect(headers.quotedDestinationPort == 53)
        #expect(headers.quotedSequence == 0)
    }

    @Test func `of ICMP errors with a useless quote are read without it`() throws {
        let segment = Self.v4.with { $0.link = .raw }.tcp(1, 2)
        for length in 0..<28 {
            let headers = try decoded(
                Self.v4.icmpError(type: 3, code: 1, quoting: segment, quotedLength: length)
            )
            #expect(!headers.hasQuote)
            #expect(headers.transport == .icmp)
        }
        let later = Self.v4.with {
            $0.link = .raw
            $0.fragmentOffset = 8
        }.udp(1, 2)
        #expect(try !decoded(Self.v4.icmpError(type: 3, code: 1, quoting: later)).hasQuote)
        let tunnel = Self.v4.with { $0.link = .raw }.frame(47, Array(repeating: 0, count: 20))
        #expect(try !decoded(Self.v4.icmpError(type: 3, code: 1, quoting: tunnel)).hasQuote)
    }

    /// Redirect, router advertisement and solicitation.
    @Test(arguments: [UInt8(5), 9, 10])
    func `of ICMP housekeeping are not metered`(type: UInt8) {
        #expect(throws: DecodeError.notMetered) { try decoded(Self.v4.icmp(type: type)) }
    }

    /// Multicast listeners, router and neighbor discovery, redirect, MLDv2.
    @Test(arguments: [UInt8(130), 131, 132, 133, 134, 135, 136, 137, 143])
    func `of ICMPv6 housekeeping are not metered`(type: UInt8) {
        #expect(throws: DecodeError.notMetered) { try decoded(Self.v6.icmp(type: type)) }
    }
}
