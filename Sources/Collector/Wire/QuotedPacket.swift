// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The packet that an ICMP error quotes, as far as eight bytes behind its IP header tell.
struct QuotedPacket: BitwiseCopyable {
    let source: IPAddress
    let destination: IPAddress
    let transport: TransportProtocol
    private(set) var sourcePort: UInt16 = 0
    private(set) var destinationPort: UInt16 = 0
    /// TCP only.
    private(set) var sequence: UInt32 = 0

    /// Reads a quote; `nil` where it is too short, is no IP, or names no flow.
    init?(_ bytes: RawSpan, isV6: Bool) {
        do throws(DecodeError) {
            let number: UInt8
            let offset: Int
            if isV6 {
                let packet = try IPv6Packet(bytes)
                let chain = try IPv6Extensions(
                    bytes,
                    at: IPv6Packet.headerLength,
                    protocolNumber: packet.nextHeader
                )
                guard !chain.isLaterFragment else { return nil }
                (source, destination) = (packet.source, packet.destination)
                (number, offset) = (chain.protocolNumber, chain.offset)
            } else {
                let packet = try IPv4Packet(bytes)
                guard packet.fragmentOffset == 0 else { return nil }
                (source, destination) = (packet.source, packet.destination)
                (number, offset) = (packet.protocolNumber, packet.headerLength)
            }
            guard let transport = TransportProtocol(rawValue: number) else { return nil }
            self.transport = transport
            if transport == .icmp || transport == .icmpv6 { return }
            guard bytes.byteCount >= offset + 8 else { return nil }
            sourcePort = bytes.bigEndian(UInt16.self, at: offset)
            destinationPort = bytes.bigEndian(UInt16.self, at: offset + 2)
            if transport == .tcp { sequence = bytes.bigEndian(UInt32.self, at: offset + 4) }
        } catch {
            // The error message itself is sound; that its quote is not makes it an error about
            // nothing we know.
            return nil
        }
    }
}
