// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// QUIC versions 1 and 2 (RFC 9000, RFC 9369): the handshake up to its verdict.
///
/// The keys of Initial packets follow from the first of them, so ClientHello and ServerHello can be
/// read; everything after them is secret. A client sends packets with a short header once it has
/// verified the server, which completes the handshake. A failure can be seen only if it is told in
/// an Initial packet.
struct QUICDissector: DatagramDissector {
    static let applicationProtocol = ApplicationProtocol.quic
    static let ports: [UInt16] = [443]

    private let context: FlowContext
    /// The side whose Initial packet was opened with keys that follow from itself.
    private var client: FlowDirection?
    /// The server's first connection identifier, which the client chose: the root of all keys.
    private var origin: [UInt8] = []
    /// The server sent something that is not a Retry packet.
    private var hasAnswered = false
    private var keys: (version: QUICVersion, client: QUICInitialKeys, server: QUICInitialKeys)?
    private var clientStream = QUICHandshakeStream()
    private var serverStream = QUICHandshakeStream()
    private var handshake = TLSHandshake()
    private var opened = 0
    private var failures = 0
    private var strangers = 0
    private(set) var isFinished = false

    let inFlight = 0
    let deadline: Timestamp? = nil

    init(_ setup: DissectorSetup) {
        context = setup.context
    }

    mutating func datagram(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        var offset = 0
        for _ in 0..<QUICLimits.coalescedPackets {
            guard !isFinished, let header = QUICHeader(bytes, at: offset) else { break }
            packet(header, direction, bytes, at: time, into: &output)
            offset = header.end
        }
        guard client == nil else { return }
        strangers += 1
        if strangers >= QUICLimits.strangers { isFinished = true }
    }

    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        handshake.abandon(at: time, into: &output)
        isFinished = true
    }

    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {}
    mutating func settle(at time: Timestamp, into output: inout DissectionOutput) {}

    private mutating func packet(
        _ header: QUICHeader,
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let isFromServer = direction.opposite == client
        switch header.kind {
        case .initial:
            hasAnswered = hasAnswered || isFromServer
            initial(header, direction, bytes, at: time, into: &output)
        case .handshake:
            hasAnswered = hasAnswered || isFromServer
        case .short:
            // Which identifier it has is not known: the server may have sent others, encrypted.
            guard direction == client, hasAnswered, header.end - header.start >= QUICLimits.shortPacket
            else { return }
            let isResumed = handshake.server?.hasSharedKey ?? false
            handshake.complete(end: time, at: time, isResumed: isResumed, into: &output)
            isFinished = true
        case .retry, .versionNegotiation, .zeroRTT, .foreign: break
        }
    }

    // MARK: - Initial packets

    private mutating func initial(
        _ header: QUICHeader,
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard let version = header.version, opened < QUICLimits.initialPackets,
            failures < QUICLimits.failures
        else { return }
        let isFromClient = direction.opposite != client
        guard let payload = open(header, version, bytes, isFromClient: isFromClient) else {
            failures += 1
            return
        }
        opened += 1
        if isFromClient {
            client = direction
            handshake.begin(at: time)
        }
        var frames = QUICFrames(payload.octetSpan)
        while let frame = frames.next() {
            switch frame {
            case .crypto(let offset, let range):
                let part = frames.body(range)
                if isFromClient {
                    clientStream.add(part, at: offset)
                } else {
                    serverStream.add(part, at: offset)
                }
            case .close(let code):
                // Errors of TLS are 0x100 and the alert (RFC 9001 section 4.8).
                let alert = UInt8(truncatingIfNeeded: code)
                if code >> 8 == 1, !TLSAlert.isClosure(alert) {
                    handshake.fail(alert: TLSAlert.name(alert), at: time, into: &output)
                } else {
                    handshake.abandon(at: time, into: &output)
                }
                isFinished = true
                return
            }
        }
        readMessages(into: &output)
    }

    /// Opens a packet with the keys at hand; a client's also with those that follow from itself, as
    /// its first one needs, and the first after a Retry packet.
    private mutating func open(
        _ header: QUICHeader,
        _ version: QUICVersion,
        _ bytes: RawSpan,
        isFromClient: Bool
    ) -> [UInt8]? {
        if client != nil {
            // Sides may change to another version; the root of the keys remains.
            if keys?.version != version { derive(version) }
            let own = isFromClient ? keys?.client : keys?.server
            if let payload = own?.open(bytes, header) { return payload }
        }
        // The identifier in a Retry packet may be shorter than one that a client chooses.
        let shortest = client == nil ? QUICLimits.firstConnectionID : 1
        guard isFromClient, header.destination.count >= shortest else { return nil }
        let destination = bytes.clamped(header.destination)
        guard !destination.hasSameBytes(as: origin.octetSpan) else { return nil }
        let fresh = QUICInitialKeys(connectionID: destination.octets, version: version, isClient: true)
        guard let payload = fresh.open(bytes, header) else { return nil }
        origin = destination.octets
        derive(version)
        (clientStream, serverStream) = (QUICHandshakeStream(), QUICHandshakeStream())
        return payload
    }

    private mutating func derive(_ version: QUICVersion) {
        keys = (
            version, QUICInitialKeys(connectionID: origin, version: version, isClient: true),
            QUICInitialKeys(connectionID: origin, version: version, isClient: false)
        )
    }

    private mutating func readMessages(into output: inout DissectionOutput) {
        while let (type, range) = clientStream.next() {
            guard type == TLSMessageReader.clientHello, let client,
                let hello = TLSClientHello(clientStream.body(range).octetSpan)
            else { continue }
            handshake.offer(hello, to: context.address(client.opposite), into: &output)
        }
        while let (type, range) = serverStream.next() {
            guard type == TLSMessageReader.serverHello,
                let hello = TLSServerHello(serverStream.body(range).octetSpan)
            else { continue }
            handshake.agree(hello)
        }
    }
}
