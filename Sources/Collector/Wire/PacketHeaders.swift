// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// TCP flags as on the wire, FIN lowest (RFC 9293 section 3.1).
package struct TCPFlags: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let fin = TCPFlags(rawValue: 0x01)
    package static let syn = TCPFlags(rawValue: 0x02)
    package static let rst = TCPFlags(rawValue: 0x04)
    package static let psh = TCPFlags(rawValue: 0x08)
    package static let ack = TCPFlags(rawValue: 0x10)
    package static let urg = TCPFlags(rawValue: 0x20)
}

/// Which way a frame passed the capturing interface, as Linux cooked captures record it.
package enum PacketType: UInt8, Sendable, BitwiseCopyable {
    case incoming = 0
    case broadcast = 1
    case multicast = 2
    case otherHost = 3
    case outgoing = 4
    /// The link type does not say.
    case unknown = 255
}

/// Everything the flow engine needs of one packet's headers: a value that outlives the bytes.
///
/// Offsets are into the captured bytes; they and the captured lengths are checked, so
/// `payloadOffset + capturedPayloadLength` never exceeds the captured length.
///
/// One is made and copied for each frame. So fields are in an order that leaves few gaps, with those
/// last that few packets have, and all but two begin as zeros.
package struct PacketHeaders: Sendable, BitwiseCopyable {
    // Ends
    package var source = IPAddress.none
    package var timeToLive: UInt8 = 0
    /// 0 for ICMP, and for later fragments.
    package var sourcePort: UInt16 = 0
    package var sequence: UInt32 = 0
    package var destination = IPAddress.none
    package var tcpFlags: TCPFlags = []
    package var destinationPort: UInt16 = 0
    package var acknowledgment: UInt32 = 0
    /// 48 bits; 0 where the link type has none.
    package var sourceMAC: UInt64 = 0
    /// 48 bits; 0 where the link type has none (cooked captures).
    package var destinationMAC: UInt64 = 0

    // Lengths
    /// The length of the whole IP datagram as its header gives it; the captured length where
    /// the header says 0 (segmentation offload).
    package var datagramLength = 0
    package var payloadOffset = 0
    /// Payload bytes that were captured.
    package var capturedPayloadLength = 0
    /// Payload bytes that were on the wire.
    package var payloadLength = 0

    // Link, network and transport
    package var tcpTimestamp: UInt32 = 0
    package var tcpTimestampEcho: UInt32 = 0
    /// The kernel's number of the interface (SLL2); 0 where the link type has none.
    package var interfaceIndex: UInt32 = 0
    package var receiveWindow: UInt16 = 0
    /// IPv4 identification; 0 for IPv6.
    package var identification: UInt16 = 0
    package var packetType = PacketType.unknown
    package var transport = TransportProtocol.tcp
    /// Whether a timestamps option (RFC 7323) was there.
    package var hasTCPTimestamps = false
    /// A fragment other than the first: it has no transport header.
    package var isLaterFragment = false
    /// Any fragment, the first included.
    package var isFragment = false
    /// How many tunnels the packet was in; its network and transport headers are the inner ones,
    /// its link header is that of the frame.
    package var tunnelCount: UInt8 = 0
    package var icmpType: UInt8 = 0
    package var icmpCode: UInt8 = 0
    /// Of an echo request or reply: tells pings apart, since their payloads may be equal.
    package var echoIdentifier: UInt16 = 0
    package var echoSequence: UInt16 = 0

    // What few packets have
    /// The place of a fragment in the datagram; meaningless unless `isFragment`.
    package var fragment = IPFragment()
    /// An ICMP error quotes the packet that caused it: its five-tuple, as that packet had it.
    package var hasQuote = false
    package var quotedTransport = TransportProtocol.tcp
    package var quotedSourcePort: UInt16 = 0
    package var quotedDestinationPort: UInt16 = 0
    /// The quoted TCP sequence number; 0 for other transports.
    package var quotedSequence: UInt32 = 0
    package var quotedSource = IPAddress.none
    package var quotedDestination = IPAddress.none
    /// The ends of the outermost tunnel, which are usually two nodes: nothing reads them yet.
    package var outerSource = IPAddress.none
    package var outerDestination = IPAddress.none

    package init() {}

    /// Whether the packet was in a tunnel.
    package var hasOuter: Bool { tunnelCount > 0 }

    /// The directed identity of the packet.
    package var fiveTuple: FiveTuple {
        FiveTuple(
            source: source,
            destination: destination,
            sourcePort: sourcePort,
            destinationPort: destinationPort,
            transport: transport
        )
    }
}

extension IPAddress {
    /// Stands where no address was read: all zeros, which cost least to write.
    fileprivate static var none: IPAddress {
        @inline(__always) get { IPAddress(version: .v4, high: 0, low: 0) }
    }
}
