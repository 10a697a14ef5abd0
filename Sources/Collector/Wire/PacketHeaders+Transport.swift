// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension PacketHeaders {
    /// Reads the transport header, or opens the tunnel that is in its place.
    ///
    /// - Parameters:
    ///   - number: The IP protocol.
    ///   - datagram: The frame up to the end of the datagram, or of what was captured of it.
    ///   - offset: Where the transport header begins.
    ///   - length: Bytes from there to the end of the datagram as it was on the wire.
    /// - Throws: `DecodeError`, `notMetered` for protocols without flows.
    @inline(__always)
    mutating func decodeTransport(
        _ number: UInt8,
        _ datagram: RawSpan,
        at offset: Int,
        length: Int
    ) throws(DecodeError) {
        guard let transport = TransportProtocol(rawValue: number) else {
            return try openTunnel(number, datagram, at: offset, length: length)
        }
        self.transport = transport
        let bytes = datagram.extracting(droppingFirst: offset)
        guard !isLaterFragment else {
            setPayload(at: offset, headerLength: 0, length: length, captured: bytes.byteCount)
            return
        }
        switch transport {
        case .tcp:
            try decodeTCP(bytes, at: offset, length: length)
        case .udp:
            let packet = try UDPDatagram(bytes, length: length)
            sourcePort = packet.sourcePort
            destinationPort = packet.destinationPort
            setPayload(
                at: offset,
                headerLength: UDPDatagram.headerLength,
                length: packet.length,
                captured: bytes.byteCount
            )
            if UDPTunnel.isPort(destinationPort) {
                try openUDPTunnel(
                    datagram,
                    at: offset + UDPDatagram.headerLength,
                    // The length that a tunnel's end wrote is not always right.
                    end: offset + length
                )
            }
        case .sctp:
            let packet = try SCTPPacket(bytes, length: length)
            sourcePort = packet.sourcePort
            destinationPort = packet.destinationPort
            setPayload(
                at: offset,
                headerLength: SCTPPacket.headerLength,
                length: length,
                captured: bytes.byteCount
            )
        case .icmp, .icmpv6:
            try decodeICMP(bytes, at: offset, length: length)
        }
    }

    @inline(__always)
    private mutating func decodeTCP(_ bytes: RawSpan, at offset: Int, length: Int) throws(DecodeError) {
        let segment = try TCPSegment(bytes, length: length)
        sourcePort = segment.sourcePort
        destinationPort = segment.destinationPort
        sequence = segment.sequence
        acknowledgment = segment.acknowledgment
        tcpFlags = segment.flags
        receiveWindow = segment.receiveWindow
        if let timestamps = segment.timestamps {
            hasTCPTimestamps = true
            tcpTimestamp = timestamps.value
            tcpTimestampEcho = timestamps.echo
        }
        setPayload(at: offset, headerLength: segment.headerLength, length: length, captured: bytes.byteCount)
    }

    private mutating func decodeICMP(_ bytes: RawSpan, at offset: Int, length: Int) throws(DecodeError) {
        // Each version has an ICMP of its own; the other's number is nothing.
        let isV6 = transport == .icmpv6
        guard isV6 == (source.version == .v6) else { throw .notMetered }
        let message = try ICMPMessage(bytes, length: length, isV6: isV6)
        icmpType = message.type
        icmpCode = message.code
        switch message.role {
        case .housekeeping:
            throw .notMetered
        case .echo:
            echoIdentifier = message.identifier
            echoSequence = message.sequence
        case .error:
            if let quote = QuotedPacket(message.quote, isV6: isV6) {
                hasQuote = true
                quotedSource = quote.source
                quotedDestination = quote.destination
                quotedSourcePort = quote.sourcePort
                quotedDestinationPort = quote.destinationPort
                quotedTransport = quote.transport
                quotedSequence = quote.sequence
            }
        case .other:
            break
        }
        setPayload(
            at: offset,
            headerLength: ICMPMessage.headerLength,
            length: length,
            captured: bytes.byteCount
        )
    }

    /// Sets the payload behind a header that the capture may have cut.
    @inline(__always)
    private mutating func setPayload(at offset: Int, headerLength: Int, length: Int, captured: Int) {
        let header = min(headerLength, captured)
        payloadOffset = offset + header
        payloadLength = length - headerLength
        capturedPayloadLength = min(captured - header, payloadLength)
    }
}
