// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias MemcachedDissector = FramedDissector<MemcachedFormat>

/// Memcached over TCP: the text protocol with meta commands, and the binary one.
///
/// Quiet commands end with themselves: nobody can tell whether they will be answered. What comes in
/// answer to them is passed over where the protocol tells it apart.
struct MemcachedFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.memcached
    static let ports: [UInt16] = [11_211]
    static let headLimit = MemcachedLimits.line

    /// Quiet commands were sent, and the answers to them may still come.
    private var awaitsQuiet = false

    init(_ setup: DissectorSetup) {}

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        switch (side, bytes.octet(at: 0)) {
        case (.client, MemcachedHeader.request), (.server, MemcachedHeader.response):
            guard bytes.byteCount >= MemcachedHeader.length else { return .needsMore(MemcachedHeader.length) }
            guard let header = MemcachedHeader(bytes) else { return .invalid }
            return .message(length: MemcachedHeader.length + header.bodyLength, head: MemcachedHeader.length)
        default: return measureLine(bytes, side)
        }
    }

    private func measureLine(_ bytes: RawSpan, _ side: StreamSide) -> MessageMeasure {
        let end = bytes.lineFeed(from: 0)
        guard end < bytes.byteCount else {
            return Self.isText(bytes) ? .needsMore(bytes.byteCount + 1) : .invalid
        }
        let line = bytes.clamped(0, end).trimmed()
        let value: Int?
        switch side {
        case .client:
            guard let command = MemcachedCommand(line) else {
                return Self.isText(line) ? .message(length: end + 1, head: end + 1) : .invalid
            }
            value = command.valueLength
        case .server:
            guard let reply = MemcachedReply(line) else { return .invalid }
            value = reply.valueLength
        }
        // A value has a line end of its own.
        return .message(length: end + 1 + (value.map { $0 + 2 } ?? 0), head: end + 1)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        if let header = MemcachedHeader(bytes) { return header.isResponse == (side == .server) }
        let end = bytes.lineFeed(from: 0)
        guard end < bytes.byteCount else { return false }
        let line = bytes.clamped(0, end).trimmed()
        return side == .client ? MemcachedCommand(line) != nil : MemcachedReply(line) != nil
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        if let header = MemcachedHeader(head) {
            switch side {
            case .client: request(header, message, &ledger, into: &output)
            case .server: response(header, message, &ledger, into: &output)
            }
            return true
        }
        let line = head.clamped(0, head.lineFeed(from: 0)).trimmed()
        switch side {
        case .client: command(line, message, &ledger, into: &output)
        case .server:
            guard let reply = MemcachedReply(line) else { return false }
            answer(reply, message, &ledger, into: &output)
        }
        return true
    }

    mutating func lostSync(_ side: StreamSide) { awaitsQuiet = false }

    // MARK: - Text

    private mutating func command(
        _ line: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard !line.isEmpty, !line.equals("quit") else { return }
        guard let command = MemcachedCommand(line) else {
            ledger.begin("{command}", at: message.start, into: &output)
            return
        }
        begin(
            command.name,
            message,
            isQuiet: command.isQuiet,
            isSession: command.isSession,
            &ledger,
            into: &output
        )
    }

    private mutating func answer(
        _ reply: MemcachedReply,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let isForMeta = ledger.count > 0 && ledger[0].note == Self.noOperation
        if reply.kind == .noOperation {
            awaitsQuiet = false
        } else if awaitsQuiet, isForMeta || ledger.count == 0 {
            // The answer to a quiet command before.
            return
        }
        guard ledger.answer(at: message.start, into: &output) else { return }
        switch reply.kind {
        case .part: break
        case .last, .noOperation: ledger.concludeAtEnd()
        case .error(let outcome, let status): ledger.concludeAtEnd(0, outcome, status: "\(status)")
        }
    }

    // MARK: - Binary

    private mutating func request(
        _ header: MemcachedHeader,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard let (name, isQuiet) = MemcachedHeader.name(header.opcode) else { return }
        begin(name, message, isQuiet: isQuiet, isSession: header.isSession, &ledger, into: &output)
        if !isQuiet { ledger.markNewest(note: UInt32(header.opcode) | Self.isBinary) }
    }

    private mutating func response(
        _ header: MemcachedHeader,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        // Those of quiet operations have their opcode, and have no request in line.
        if MemcachedHeader.name(header.opcode)?.isQuiet == true { return }
        guard ledger.count == 0 || ledger[0].note == UInt32(header.opcode) | Self.isBinary else { return }
        guard ledger.answer(at: message.start, into: &output) else { return }
        // Statistics come one by one, and end with an empty one.
        if header.opcode == 0x10, header.status == 0, header.bodyLength > 0 { return }
        let (outcome, status) = header.verdict
        ledger.concludeAtEnd(0, outcome, status: status)
    }

    private static let noOperation: UInt32 = 1 << 16
    private static let isBinary: UInt32 = 1 << 17

    private mutating func begin(
        _ name: StaticString,
        _ message: FramedMessage,
        isQuiet: Bool,
        isSession: Bool,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        ledger.begin("\(name)", at: message.start, isSession ? .session : [], into: &output)
        if "\(name)" == "mn" { ledger.markNewest(note: Self.noOperation) }
        guard isQuiet else { return }
        awaitsQuiet = true
        ledger.concludeUnanswered(ledger.count - 1, at: message.now, into: &output)
    }

    // MARK: - Recognition

    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        switch bytes.octet(at: 0) {
        case MemcachedHeader.request, MemcachedHeader.response: return probeBinary(bytes)
        // A command begins with a small letter, a reply with a capital or a digit.
        case 0x61...0x76: return probeCommand(bytes, evidence.peer, isExpected: evidence.isExpected)
        case 0x30...0x39, 0x41...0x56:
            return probeReply(bytes, evidence.peer, isExpected: evidence.isExpected)
        default: return .no
        }
    }

    private static func probeBinary(_ bytes: RawSpan) -> Recognition {
        guard bytes.byteCount < 2 || MemcachedHeader.name(bytes.octet(at: 1)) != nil else { return .no }
        guard bytes.byteCount >= MemcachedHeader.length else { return .undecided }
        guard let header = MemcachedHeader(bytes) else { return .no }
        return header.isResponse ? .fromServer : .fromClient
    }

    private static func probeCommand(_ bytes: RawSpan, _ peer: RawSpan, isExpected: Bool) -> Recognition {
        let end = bytes.lineFeed(from: 0)
        guard end < bytes.byteCount else {
            return bytes.byteCount <= MemcachedLimits.line && mayBecomeCommand(bytes) ? .undecided : .no
        }
        guard let command = MemcachedCommand(bytes.clamped(0, end).trimmed()) else { return .no }
        if command.mark == .certain || isExpected { return .fromClient }
        // Others speak so too: what is answered will tell.
        switch firstReply(peer) {
        case .fromServer: return .fromClient
        case .undecided: return .undecided
        default: return .no
        }
    }

    private static func probeReply(_ bytes: RawSpan, _ peer: RawSpan, isExpected: Bool) -> Recognition {
        guard !peer.isEmpty, peer.lineFeed(from: 0) < peer.byteCount,
            MemcachedCommand(peer.clamped(0, peer.lineFeed(from: 0)).trimmed()) != nil
        else { return .no }
        return firstReply(bytes)
    }

    private static func firstReply(_ bytes: RawSpan) -> Recognition {
        guard !bytes.isEmpty else { return .undecided }
        let end = bytes.lineFeed(from: 0)
        guard end < bytes.byteCount else { return isText(bytes) && bytes.byteCount < 512 ? .undecided : .no }
        return MemcachedReply(bytes.clamped(0, end).trimmed()) == nil ? .no : .fromServer
    }

    /// A line of which the end has not come.
    private static func mayBecomeCommand(_ bytes: RawSpan) -> Bool {
        guard isText(bytes) else { return false }
        var length = 0
        while length < bytes.byteCount, bytes.octet(at: length) > 0x20 { length += 1 }
        guard length <= 9 else { return false }
        let names: [StaticString] = [
            "get", "gets", "gat", "gats", "set", "add", "replace", "append", "prepend", "cas", "delete",
            "incr",
            "decr", "touch", "mg", "ms", "md", "ma", "me", "mn", "version", "verbosity", "stats", "flush_all",
        ]
        let word = bytes.clamped(0, length)
        if length < bytes.byteCount { return names.contains { word.equals($0) } }
        return names.contains { isPrefix(word, of: $0) }
    }

    private static func isPrefix(_ word: RawSpan, of name: StaticString) -> Bool {
        guard word.byteCount <= name.utf8CodeUnitCount else { return false }
        var offset = 0
        for unit in "\(name)".utf8.prefix(word.byteCount) {
            guard word.octet(at: offset) == unit else { return false }
            offset += 1
        }
        return true
    }

    private static func isText(_ bytes: RawSpan) -> Bool {
        for offset in 0..<bytes.byteCount {
            let byte = bytes.octet(at: offset)
            guard byte >= 0x20 && byte != 0x7F || byte == 0x0D else { return false }
        }
        return true
    }
}
