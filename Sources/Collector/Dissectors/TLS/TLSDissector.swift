// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// TLS 1.0 to 1.3 over TCP: the handshake up to its verdict, and nothing of what follows.
///
/// - Up to TLS 1.2 a handshake is complete when both sides have changed the cipher: the second
///   to do so has verified the first one's Finished.
/// - In TLS 1.3 it is complete when the client goes on after its Finished. That message is encrypted
///   and known by the length of its record.
///
/// A connection seen from its middle is recognized, and nothing of it is counted.
struct TLSDissector: StreamDissector {
    static let applicationProtocol = ApplicationProtocol.tls
    static let ports: [UInt16] = [443, 465, 636, 853, 993, 995, 5_671, 6_443, 8_443, 8_883, 10_250]

    /// One side of the connection.
    private struct Side {
        var records: TLSRecordReader
        var messages = TLSMessageReader()
        var alert: UInt16 = 0
        var alertCount = 0
        var hasChangedCipher = false
        var hasEnded = false
        /// Encrypted records since the ServerHello.
        var encrypted = 0

        init(isAligned: Bool) {
            records = TLSRecordReader(isAligned: isAligned)
        }
    }

    private let clientDirection: FlowDirection
    private let serverAddress: IPAddress?
    private var client: Side
    private var server: Side
    private var handshake = TLSHandshake()
    /// The server proved itself anew, so no session was resumed.
    private var hasKeyExchange = false
    /// The end of the client's last message: Finished, if `isFinishedSeen`.
    private var clientEnd = Timestamp(nanoseconds: 0)
    private var isFinishedSeen = false
    /// What the client sent first under encryption was an alert.
    private var endsWithAlert = false
    /// The server sent more than an alert after the client's first encrypted record.
    private var serverWentOn = false
    private(set) var isFinished = false

    let inFlight = 0
    let deadline: Timestamp? = nil

    init(_ setup: DissectorSetup) {
        clientDirection = setup.client
        // What is reached through an HTTP proxy is not the proxy.
        let isTunnel = setup.previous == .http
        serverAddress = isTunnel ? nil : setup.context.address(setup.client.opposite)
        client = Side(isAligned: setup.isAligned[setup.client])
        server = Side(isAligned: setup.isAligned[setup.client.opposite])
    }
}

// MARK: - What comes from the connection

extension TLSDissector {
    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> Int {
        let isClient = direction == clientDirection
        var offset = 0
        while !isFinished {
            let step =
                isClient
                ? client.records.next(bytes, from: &offset, at: time)
                : server.records.next(bytes, from: &offset, at: time)
            switch step {
            case .needsMore: return bytes.byteCount
            case .body(let range): take(bytes.clamped(range), fromClient: isClient, at: time, into: &output)
            case .end: endRecord(fromClient: isClient, at: time, into: &output)
            case .invalid:
                // Plain text, most often: the server does not speak TLS.
                if handshake.start != nil { output.losses.append(.abandonedStreams) }
                giveUp(at: time, into: &output)
            }
        }
        return bytes.byteCount
    }

    mutating func missing(
        _ direction: FlowDirection,
        _ count: Int,
        at time: Timestamp,
        isTail: Bool,
        into output: inout DissectionOutput
    ) {
        guard !isFinished else { return }
        skip(count, fromClient: direction == clientDirection, into: &output)
        // What was missing may have ended a record.
        _ = consume(direction, RawSpan(), at: time, into: &output)
    }

    private mutating func skip(_ count: Int, fromClient: Bool, into output: inout DissectionOutput) {
        guard let skipped = fromClient ? client.records.skip(count) : server.records.skip(count) else {
            if fromClient {
                client.messages = TLSMessageReader()
            } else {
                server.messages = TLSMessageReader()
            }
            return
        }
        let type = fromClient ? client.records.type : server.records.type
        guard type == TLSRecord.handshake, isPlain(fromClient: fromClient) else { return }
        let isEnd = fromClient ? client.messages.skip(skipped) : server.messages.skip(skipped)
        if isEnd { endMessage(fromClient: fromClient, into: &output) }
    }

    mutating func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        guard !isFinished else { return }
        if direction == clientDirection { client.hasEnded = true } else { server.hasEnded = true }
        // After one side closed, the other may still send an alert.
        if endsWithAlert || (client.hasEnded && server.hasEnded) { conclude(at: time, into: &output) }
    }

    mutating func reset(
        by direction: FlowDirection,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        conclude(at: time, into: &output)
    }

    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        giveUp(at: time, into: &output)
    }

    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {}

    /// The connection has ended.
    private mutating func conclude(at time: Timestamp, into output: inout DissectionOutput) {
        guard !isFinished else { return }
        if endsWithAlert { handshake.fail(alert: TLSAlert.encrypted, at: time, into: &output) }
        giveUp(at: time, into: &output)
    }

    private mutating func giveUp(at time: Timestamp, into output: inout DissectionOutput) {
        handshake.abandon(at: time, into: &output)
        isFinished = true
    }
}

// MARK: - Records

extension TLSDissector {
    /// Whether handshake messages of a side can be read still.
    private func isPlain(fromClient: Bool) -> Bool {
        !(fromClient ? client.hasChangedCipher : server.hasChangedCipher)
    }

    private mutating func take(
        _ bytes: RawSpan,
        fromClient: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let type = fromClient ? client.records.type : server.records.type
        if handshake.start == nil {
            // Anything but a ClientHello is the middle of a connection.
            let isHello = bytes.octet(at: 0) == TLSMessageReader.clientHello
            guard fromClient, type == TLSRecord.handshake, isHello else {
                isFinished = true
                return
            }
            handshake.begin(at: client.records.start)
        }
        switch type {
        case TLSRecord.alert:
            for offset in 0..<min(bytes.byteCount, 2) {
                if fromClient {
                    client.alert = client.alert << 8 | UInt16(bytes.octet(at: offset))
                    client.alertCount += 1
                } else {
                    server.alert = server.alert << 8 | UInt16(bytes.octet(at: offset))
                    server.alertCount += 1
                }
            }
        case TLSRecord.handshake where isPlain(fromClient: fromClient):
            var offset = 0
            while offset < bytes.byteCount, !isFinished {
                let isEnd =
                    fromClient
                    ? client.messages.next(bytes, from: &offset)
                    : server.messages.next(bytes, from: &offset)
                if isEnd { endMessage(fromClient: fromClient, into: &output) }
            }
        default: break
        }
    }

    private mutating func endRecord(
        fromClient: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let type = fromClient ? client.records.type : server.records.type
        let length = fromClient ? client.records.length : server.records.length
        if fromClient { client.messages.endRecord() } else { server.messages.endRecord() }
        switch type {
        case TLSRecord.changeCipherSpec: changeCipher(fromClient: fromClient, at: time, into: &output)
        case TLSRecord.alert:
            let (alert, count) =
                fromClient ? (client.alert, client.alertCount) : (server.alert, server.alertCount)
            if fromClient { client.alertCount = 0 } else { server.alertCount = 0 }
            if length == 2, count == 2 { take(alert: alert, at: time, into: &output) }
        case TLSRecord.applicationData:
            encrypted(length, fromClient: fromClient, at: time, into: &output)
        default: break
        }
        if handshake.isDecided { isFinished = true }
    }

    /// Takes a plain alert: an encrypted one is longer.
    private mutating func take(
        alert: UInt16,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let description = UInt8(truncatingIfNeeded: alert)
        let isFatal = alert >> 8 == 2 || handshake.server?.isVersion13 == true
        guard isFatal, !TLSAlert.isClosure(description) else { return }
        handshake.fail(alert: TLSAlert.name(description), at: time, into: &output)
    }

    /// Up to TLS 1.2; in TLS 1.3 the record has no meaning, and comes before the ServerHello, too.
    private mutating func changeCipher(
        fromClient: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard let hello = handshake.server, !hello.isVersion13 else { return }
        if fromClient { client.hasChangedCipher = true } else { server.hasChangedCipher = true }
        guard client.hasChangedCipher, server.hasChangedCipher else { return }
        handshake.complete(end: time, at: time, isResumed: !hasKeyExchange, into: &output)
    }

    private mutating func endMessage(fromClient: Bool, into output: inout DissectionOutput) {
        switch (fromClient ? client.messages.type : server.messages.type, fromClient) {
        case (TLSMessageReader.clientHello, true):
            guard let hello = TLSClientHello(client.messages.body.octetSpan) else { return }
            handshake.offer(hello, to: serverAddress, into: &output)
        case (TLSMessageReader.serverHello, false):
            guard let hello = TLSServerHello(server.messages.body.octetSpan) else { return }
            handshake.agree(hello)
        // Certificate, ServerKeyExchange, ServerHelloDone; ClientKeyExchange.
        case (11, false), (12, false), (14, false), (16, true): hasKeyExchange = true
        default: break
        }
    }

    // MARK: TLS 1.3

    private mutating func encrypted(
        _ length: Int,
        fromClient: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard let hello = handshake.server, hello.isVersion13 else { return }
        guard fromClient else {
            if client.encrypted > 0, length != hello.alertRecord { serverWentOn = true }
            return
        }
        let mayBeEarlyData = handshake.client?.offersEarlyData ?? true
        let isFirst = client.encrypted == 0
        client.encrypted += 1
        // With a certificate, one record may hold all messages and no length tells. But then the
        // server's next words and the client's after them do.
        if isFinishedSeen || (serverWentOn && !mayBeEarlyData) {
            let end = clientEnd
            handshake.complete(end: end, at: time, isResumed: hello.hasSharedKey, into: &output)
            return
        }
        endsWithAlert = isFirst && length == hello.alertRecord && !mayBeEarlyData
        isFinishedSeen = length == hello.finishedRecord
        clientEnd = time
    }
}
