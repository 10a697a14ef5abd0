// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias NATSDissector = FramedDissector<NATSFormat>

/// NATS: published messages, subscriptions, and requests that name an inbox for their reply.
struct NATSFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.nats
    static let ports: [UInt16] = [4_222]
    static let headLimit = NATSLimits.line
    static let isOrdered = false

    private enum Key {
        static let none: UInt64 = 0
        static let ping: UInt64 = 1
        /// Commands that wait for `+OK` have numbers from here on; replies have hashes below.
        static let confirmation: UInt64 = 1 << 63
    }

    private var operations = NamedOperations()
    /// Inboxes that the client has subscribed to, up to a wildcard.
    private var inboxes: [[UInt8]] = []
    /// The server confirms each command.
    private var isVerbose = false
    /// Commands in line for their `+OK`; 0 where it answers nothing that is counted.
    private var confirmations: [UInt64] = []
    private var lastNumber: UInt64 = 0
    private(set) var isFinished = false
    private let server: FlowDirection

    init(_ setup: DissectorSetup) { server = setup.client.opposite }

    /// TLS, when the server asks for it.
    var successor: Successor { .probe }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        switch NATSLine.read(bytes, from: side) {
        case .needsMore: .needsMore(bytes.byteCount + 1)
        case .invalid: .invalid
        case .line(let line):
            .message(
                length: line.length + line.payload,
                head: line.length + min(line.headers, NATSLimits.headers)
            )
        }
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard case .line(let line) = NATSLine.read(head, from: side) else { return true }
        switch side {
        case .client: command(line, head, message, &ledger, into: &output)
        case .server: answer(line, head, message, &ledger, into: &output)
        }
        return confirmations.count <= NATSLimits.confirmations
    }

    mutating func lostSync(_ side: StreamSide) {
        // Which command the next confirmation is for is unknown.
        confirmations = []
        if side == .server { isVerbose = false }
    }

    // MARK: - Commands

    private mutating func command(
        _ line: NATSLine,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let subject = head.clamped(line.subject)
        switch line.verb {
        case .connect:
            let text = head.clamped(0, line.length)
            isVerbose = text.contains("\"verbose\":true") || text.contains("\"verbose\": true")
            begin("CONNECT", .session, message, &ledger, into: &output)
        case .ping: ledger.begin("PING", key: Key.ping, at: message.start, .session, into: &output)
        case .pub, .hpub:
            let operation =
                isInbox(subject)
                ? "PUB _INBOX.{id}" : operations.operation("PUB", kind: 0, subject, separator: 0x2E)
            let reply = head.clamped(line.reply)
            guard isOwnInbox(reply), !subject.hasPrefix("$JS.API.CONSUMER.MSG.NEXT.") else {
                return begin(operation, [], message, &ledger, into: &output)
            }
            if isVerbose { confirmations.append(Key.none) }
            ledger.begin(operation, key: Self.key(reply), at: message.start, into: &output)
        case .sub:
            if isInbox(subject) {
                subscribe(subject)
                begin("SUB _INBOX.{id}", [], message, &ledger, into: &output)
            } else {
                let operation = operations.operation("SUB", kind: 1, subject, separator: 0x2E)
                begin(operation, [], message, &ledger, into: &output)
            }
        case .unsub: begin("UNSUB", [], message, &ledger, into: &output)
        case .info, .msg, .hmsg, .pong, .ok, .error: break
        }
    }

    /// A command that nothing answers, or `+OK`.
    private mutating func begin(
        _ operation: String,
        _ traits: CallTraits,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        var key = Key.none
        if isVerbose {
            lastNumber &+= 1
            key = Key.confirmation | lastNumber
            confirmations.append(key)
        }
        ledger.begin(operation, key: key, at: message.start, traits, into: &output)
        if !isVerbose { ledger.concludeAtRequestEnd(ledger.count - 1) }
    }

    private func isInbox(_ subject: RawSpan) -> Bool { subject.hasPrefix("_INBOX.") }

    /// Remembers where replies of this client go.
    private mutating func subscribe(_ subject: RawSpan) {
        var end = 0
        while end < subject.byteCount, subject.octet(at: end) != 0x2A, subject.octet(at: end) != 0x3E {
            end += 1
        }
        // The oldest ones belong to requests that are over.
        if inboxes.count >= NATSLimits.inboxes { inboxes.removeFirst() }
        inboxes.append(subject.clamped(0, end).octets)
    }

    private func isOwnInbox(_ reply: RawSpan) -> Bool {
        guard !reply.isEmpty else { return false }
        return inboxes.contains { inbox in
            reply.clamped(0, inbox.count).hasSameBytes(as: inbox.octetSpan)
        }
    }

    private static func key(_ reply: RawSpan) -> UInt64 {
        var hash = PacketHash()
        hash.combine(bytes: reply)
        return hash.value & (Key.confirmation - 1) | 2
    }

    // MARK: - Answers

    private mutating func answer(
        _ line: NATSLine,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        switch line.verb {
        case .info:
            let text = head.clamped(0, line.length)
            isFinished = text.contains("\"tls_required\":true") || text.contains("\"tls_required\": true")
        case .msg, .hmsg:
            let subject = head.clamped(line.subject)
            if isOwnInbox(subject), let position = ledger.position(of: Self.key(subject)),
                ledger.answer(position, at: message.start, into: &output)
            {
                let (outcome, status) = NATSStatus.read(head.clamped(line.length, head.byteCount))
                ledger.concludeAtEnd(position, outcome, status: status)
            } else {
                output.messages.append(.init(applicationProtocol: .nats, direction: server))
            }
        case .pong:
            guard let position = ledger.position(of: Key.ping) else { return }
            if ledger.answer(position, at: message.start, into: &output) { ledger.concludeAtEnd(position) }
        case .ok:
            guard !confirmations.isEmpty else { return }
            let key = confirmations.removeFirst()
            guard key != Key.none, let position = ledger.position(of: key) else { return }
            if ledger.answer(position, at: message.start, into: &output) { ledger.concludeAtEnd(position) }
        case .error: refuse(head.clamped(0, line.length), message, &ledger, into: &output)
        case .connect, .pub, .hpub, .sub, .unsub, .ping: break
        }
    }

    private mutating func refuse(
        _ line: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let (outcome, status) = NATSStatus.error(line)
        if isVerbose, !confirmations.isEmpty {
            let key = confirmations.removeFirst()
            if key != Key.none, let position = ledger.position(of: key), !ledger[position].isSession,
                ledger.answer(position, at: message.start, into: &output)
            {
                return ledger.concludeAtEnd(position, outcome, status: status)
            }
        }
        // What failed was not to be answered, and has ended before.
        ledger.begin("-ERR", key: Key.none, at: message.start, into: &output)
        ledger[ledger.count - 1].outcome = outcome
        ledger[ledger.count - 1].status = status
        ledger.concludeUnanswered(ledger.count - 1, at: message.now, into: &output)
    }
}

extension RawSpan {
    /// Whether the text stands anywhere.
    fileprivate func contains(_ text: StaticString) -> Bool {
        guard byteCount >= text.utf8CodeUnitCount else { return false }
        for start in 0...byteCount - text.utf8CodeUnitCount
        where octet(at: start) == 0x22 && matches(text, at: start, lowercasing: false) { return true }
        return false
    }
}
