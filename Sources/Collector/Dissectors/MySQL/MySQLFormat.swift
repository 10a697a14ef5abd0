// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias MySQLDissector = FramedDissector<MySQLFormat>

/// MySQL and MariaDB: statements, prepared ones, several results, LOCAL INFILE, replication.
struct MySQLFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.mysql
    static let ports: [UInt16] = [3_306, 3_307]
    static let headLimit = MySQLLimits.head

    private enum Capability {
        static let compression: UInt32 = 0x20 | 1 << 26
        static let encryption: UInt32 = 0x800
        static let withoutEOF: UInt32 = 1 << 24
    }

    private let shared: SharedDissectionState
    private let sender: FlowDirection
    /// Statements by their number.
    private var statements = PreparedStatements()
    /// Statements whose numbers are to come, the oldest first.
    private var preparing: [SQLOperation] = []
    private var newest = SQLOperation.unknown
    private var reply = MySQLReply()
    /// What the server offers; all where its greeting was not seen.
    private var offered = UInt32.max
    private var isCompressing = false
    /// The next packet continues the one before.
    private var isRequestSplit = false
    private var isResponseSplit = false
    private(set) var isFinished = false
    private(set) var successor = Successor.none

    init(_ setup: DissectorSetup) {
        shared = setup.context.shared
        sender = setup.client.opposite
    }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        guard let packet = MySQLPacket(bytes) else { return .needsMore(4) }
        let length = 4 + packet.length
        guard side == .client else {
            return .message(
                length: length,
                head: packet.number == 0 ? MySQLLimits.greeting : MySQLLimits.short
            )
        }
        guard packet.number == 0, packet.length > 0, !isRequestSplit else {
            return .message(length: length, head: MySQLLimits.short)
        }
        guard bytes.byteCount > 4 else { return .needsMore(5) }
        guard let command = MySQLCommand(rawValue: bytes.octet(at: 4)) else { return .invalid }
        let isText = command == .query || command == .prepare
        return .message(length: length, head: isText ? MySQLLimits.head : MySQLLimits.short)
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard let packet = MySQLPacket(head) else { return false }
        let payload = head.clamped(4, head.byteCount)
        switch side {
        case .client:
            let continues = isRequestSplit
            isRequestSplit = packet.isFull
            if !continues, packet.number == 0, packet.length > 0 {
                request(payload, message, &ledger, into: &output)
            } else if !continues, ledger.count == 0, Self.isLogin(packet, payload) {
                login(packet, payload, message, &ledger, into: &output)
            } else if ledger.count > 0, ledger[ledger.count - 1].responseStart == nil {
                ledger.extendRequest()
            }
        case .server:
            let continues = isResponseSplit
            isResponseSplit = packet.isFull
            if !continues { response(packet, payload, message, &ledger, into: &output) }
        }
        return true
    }

    mutating func lostSync(_ side: StreamSide) {
        switch side {
        case .client: isRequestSplit = false
        case .server:
            isResponseSplit = false
            preparing.removeAll(keepingCapacity: true)
            reply.lose()
        }
    }

    // MARK: - Requests

    private mutating func login(
        _ packet: MySQLPacket,
        _ payload: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let wanted = payload.littleEndianWord(at: 0)
        if wanted & Capability.encryption != 0, packet.length == 32 {
            (isFinished, successor) = (true, .probe)
            return
        }
        isCompressing = wanted & offered & Capability.compression != 0
        reply.hasEOF = wanted & offered & Capability.withoutEOF == 0
        begin(MySQLCommand.login.name.operation, .session, .login, message, &ledger, into: &output)
    }

    private mutating func request(
        _ payload: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard let command = MySQLCommand(rawValue: payload.octet(at: 0)) else { return }
        let number = payload.littleEndianWord(at: 1)
        if command == .closeStatement { statements[UInt64(number)] = nil }
        guard !command.isUnanswered else { return }
        switch command {
        case .query:
            let operation = shared.statements.operation(of: Self.statement(payload), .mysql)
            begin(operation.text, operation.traits, command, message, &ledger, into: &output)
        case .prepare:
            newest = shared.statements.operation(of: Self.statement(payload), .mysql)
            if preparing.count < FramingLimits.pendingCalls { preparing.append(newest) }
            begin(newest.preparing, newest.traits, command, message, &ledger, into: &output)
        case .execute, .bulkExecute:
            // MariaDB's clients execute what they have just prepared before they know its number.
            let operation = number == .max ? newest : statements[UInt64(number)] ?? .unknown
            begin(operation.text, operation.traits, .execute, message, &ledger, into: &output)
        default:
            let name = command.name
            begin(name.operation, name.traits, command, message, &ledger, into: &output)
        }
    }

    private mutating func begin(
        _ operation: String,
        _ traits: CallTraits,
        _ command: MySQLCommand,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        ledger.begin(operation, at: message.start, traits, into: &output)
        ledger.markNewest(note: UInt32(command.rawValue))
        if ledger.count == 1 { reply.reset() }
    }

    /// The text behind the command, and behind the mark of a query without attributes.
    @_lifetime(copy payload)
    static func statement(_ payload: RawSpan) -> RawSpan {
        let hasMark = payload.octet(at: 1) == 0 && payload.octet(at: 2) == 1
        return payload.clamped(hasMark ? 3 : 1, payload.byteCount)
    }

    // MARK: - Responses

    private mutating func response(
        _ packet: MySQLPacket,
        _ payload: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        if packet.number == 0 { return greeting(payload) }
        guard ledger.count > 0 else {
            if packet.number == 1 { output.losses.append(.unmatchedResponses) }
            return
        }
        guard let command = MySQLCommand(rawValue: UInt8(truncatingIfNeeded: ledger[0].note)) else { return }
        let step = reply.take(packet, payload, command)
        guard step != .interim, ledger.answer(at: message.start, into: &output) else { return }
        if command == .prepare, let number = reply.preparedNumber, !preparing.isEmpty {
            statements[UInt64(number)] = preparing.removeFirst()
        }
        switch step {
        case .interim: return
        case .answer:
            if command == .binlogDump || command == .binlogDumpGTID {
                output.messages.append(.init(applicationProtocol: .mysql, direction: sender))
            }
            return
        case .end: ledger.concludeAtEnd()
        case .failure(let code):
            if command == .prepare, !preparing.isEmpty { preparing.removeFirst() }
            ledger.concludeAtEnd(0, .serverError, status: String(code))
        }
        reply.reset()
        if command == .login, isCompressing, step == .end {
            // What follows cannot be read.
            output.losses.append(.abandonedStreams)
            isFinished = true
        }
    }

    private mutating func greeting(_ payload: RawSpan) {
        guard payload.octet(at: 0) == 0x0A else { return }
        var end = 1
        while end < payload.byteCount, payload.octet(at: end) != 0 { end += 1 }
        // Number of the connection (4), salt (8), 0, capabilities (2), character set, status (2),
        // capabilities (2).
        guard end + 20 < payload.byteCount else { return }
        let low = UInt32(payload.littleEndianPair(at: end + 14))
        offered = low | UInt32(payload.littleEndianPair(at: end + 19)) << 16
    }

    /// Capabilities, size, character set, then nothing but zeros.
    static func isLogin(_ packet: MySQLPacket, _ payload: RawSpan) -> Bool {
        guard packet.number > 0, packet.length >= 32, payload.byteCount >= 32 else { return false }
        for offset in 9..<28 where payload.octet(at: offset) != 0 { return false }
        // Protocol 4.1, the only one for twenty years.
        return payload.littleEndianWord(at: 0) & 0x200 != 0
    }
}
