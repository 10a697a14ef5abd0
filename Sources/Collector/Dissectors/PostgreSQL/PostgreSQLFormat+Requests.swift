// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension PostgreSQLFormat {
    mutating func request(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        switch head.octet(at: 0) {
        case 0: startup(head, message, &ledger, into: &output)
        case 0x51:
            let operation = operation(of: PostgreSQLMessage.string(head, at: 5))
            begin(operation.text, operation.traits, Note.last, message, &ledger, into: &output)
            isBuilding = false
        case 0x50: parse(head, message, &ledger, into: &output)
        case 0x42: bind(head, message, &ledger, into: &output)
        case 0x45: execute(head, message, &ledger, into: &output)
        case 0x53: sync(message, &ledger, into: &output)
        case 0x46:
            begin("FUNCTION CALL", [], Note.last, message, &ledger, into: &output)
            isBuilding = false
        case 0x70: begin("password", .session, Note.step, message, &ledger, into: &output)
        case 0x43:
            close(head)
            expectAnswer(&ledger)
        case 0x44: expectAnswer(&ledger)
        case 0x48: flush(&ledger)
        // Data of COPY, and its end.
        case 0x64, 0x63, 0x66: extendCopy(&ledger)
        default: break
        }
    }

    private mutating func operation(of statement: RawSpan) -> SQLOperation {
        shared.statements.operation(of: statement, .postgresql)
    }

    private func begin(
        _ operation: String,
        _ traits: CallTraits,
        _ note: UInt32,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        ledger.begin(operation, at: message.start, traits, into: &output)
        ledger.markNewest(note: note)
    }

    private mutating func startup(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard case .message(let packet) = PostgreSQLMessage.read(head, from: .client) else { return }
        switch packet.startup {
        case .cancel:
            ledger.begin("cancel", at: message.start, .session, into: &output)
            // The server closes the connection without a word.
            ledger.concludeUnanswered(ledger.count - 1, at: message.now, into: &output)
        case .encryptTLS, .encryptGSS:
            begin("encrypt", .session, Note.encryption, message, &ledger, into: &output)
            awaitsEncryption = true
        case nil:
            begin("startup", .session, Note.step, message, &ledger, into: &output)
        }
    }

    // MARK: - Extended queries

    private mutating func parse(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let name = PostgreSQLMessage.string(head, at: 5)
        let operation = operation(of: PostgreSQLMessage.string(head, at: 6 + name.byteCount))
        statements[name.hashed] = operation
        // One behind another without an Execute between them is a request of its own.
        begin(operation.preparing, operation.traits, Note.answer, message, &ledger, into: &output)
        isBuilding = true
    }

    private mutating func bind(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let portal = PostgreSQLMessage.string(head, at: 5)
        let name = PostgreSQLMessage.string(head, at: 6 + portal.byteCount)
        let operation = statements[name.hashed] ?? .unknown
        portals[portal.hashed] = operation
        if isBuilding, ledger.count > 0 {
            expectAnswer(&ledger)
            return
        }
        begin(operation.text, operation.traits, Note.answer, message, &ledger, into: &output)
        isBuilding = true
    }

    private mutating func execute(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let operation = portals[PostgreSQLMessage.string(head, at: 5).hashed] ?? .unknown
        if isBuilding, ledger.count > 0 {
            ledger[ledger.count - 1].operation = operation.text
            ledger[ledger.count - 1].note |= Note.executes
            ledger.extendRequest()
        } else {
            begin(operation.text, operation.traits, Note.executes, message, &ledger, into: &output)
        }
        isBuilding = false
    }

    private mutating func sync(
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        isBuilding = false
        let closed = Note.last | Note.step | Note.encryption
        guard ledger.count > 0, ledger[ledger.count - 1].note & closed == 0 else {
            // Nothing to end: what was closed or described alone, or is over with its own answer.
            return begin("sync", .session, Note.last, message, &ledger, into: &output)
        }
        ledger[ledger.count - 1].note |= Note.last
        ledger.extendRequest()
    }

    /// The client's message at hand belongs to a request without Execute, and is answered by itself.
    private func expectAnswer(_ ledger: inout CallLedger) {
        guard isBuilding, ledger.count > 0 else { return }
        ledger[ledger.count - 1].note &+= Note.answer
        ledger.extendRequest()
    }

    private mutating func flush(_ ledger: inout CallLedger) {
        guard isBuilding, ledger.count > 0 else { return }
        isBuilding = false
        ledger[ledger.count - 1].note |= Note.flushed
        ledger.extendRequest()
    }

    private mutating func close(_ head: RawSpan) {
        let key = PostgreSQLMessage.string(head, at: 6).hashed
        if head.octet(at: 5) == 0x53 { statements[key] = nil } else { portals[key] = nil }
    }

    /// Data that was sent while the server still takes it belongs to the request.
    private func extendCopy(_ ledger: inout CallLedger) {
        guard ledger.count > 0, ledger[ledger.count - 1].responseStart == nil else { return }
        ledger.extendRequest()
    }
}
