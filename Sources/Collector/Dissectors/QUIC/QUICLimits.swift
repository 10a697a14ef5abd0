// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the QUIC dissector.
enum QUICLimits {
    /// The longest connection identifier (RFC 9000 section 17.2).
    static let connectionID = 20
    /// The shortest that a client chooses for the server before it knows one (section 7.2).
    static let firstConnectionID = 8
    /// The shortest datagram with a client's Initial packet (section 14.1).
    static let firstDatagram = 1_200
    /// The shortest packet with a short header: one byte, a packet number, and what header
    /// protection needs of the rest (RFC 9001 section 5.4.2).
    static let shortPacket = 21
    /// Packets looked at in one datagram; one for each kind of keys is usual.
    static let coalescedPackets = 8
    /// Initial packets decrypted on one flow, and how many of them may fail.
    static let initialPackets = 32
    static let failures = 4
    /// Datagrams of a flow without a client's Initial packet before it is left alone.
    static let strangers = 8
    /// Bytes of handshake messages of one side, and parts of them that came out of order.
    static let handshake = TLSLimits.hello + 4
    static let parts = 64
    /// Frames looked at in one packet; some clients scatter their ClientHello over dozens.
    static let frames = 512
}
