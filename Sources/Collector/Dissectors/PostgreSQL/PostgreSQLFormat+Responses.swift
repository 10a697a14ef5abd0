// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension PostgreSQLFormat {
    mutating func response(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        switch head.octet(at: 0) {
        // What comes unasked: notices, settings, notifications.
        case 0x4E, 0x53, 0x4B, 0x76: break
        case 0x41: output.messages.append(.init(applicationProtocol: .postgresql, direction: sender))
        case 0x52: authentication(head, message, &ledger, into: &output)
        // The go-ahead for COPY FROM is as little an answer as a 100 is in HTTP.
        case 0x47: break
        case 0x57: if answer(message, &ledger, into: &output) { ledger[0].traits.insert(.streaming) }
        case 0x45: failure(head, message, &ledger, into: &output)
        case 0x5A: ready(message, &ledger, into: &output)
        // CommandComplete, EmptyQueryResponse, PortalSuspended.
        case 0x43, 0x49, 0x73:
            guard answer(message, &ledger, into: &output) else { return }
            let isOver = ledger[0].note & (Note.executes | Note.last) == Note.executes
            if isOver { ledger.concludeAtEnd(0, ledger[0].outcome) }
        // ParseComplete, BindComplete, CloseComplete, RowDescription, NoData.
        case 0x31, 0x32, 0x33, 0x54, 0x6E:
            guard answer(message, &ledger, into: &output) else { return }
            countAnswer(&ledger)
        default: _ = answer(message, &ledger, into: &output)
        }
    }

    private func answer(
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        // What closes or describes something behind the last request is no answer to the next.
        guard ledger.count > 0 else { return false }
        return ledger.answer(at: message.start, into: &output)
    }

    /// One of the answers before an Execute has come; the last that was asked for ends a request that
    /// has none.
    private func countAnswer(_ ledger: inout CallLedger) {
        guard ledger[0].note >= Note.answer else { return }
        ledger[0].note &-= Note.answer
        if ledger[0].note == Note.flushed { ledger.concludeAtEnd() }
    }

    private func authentication(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard ledger.count > 0, ledger[0].note == Note.step else { return }
        guard ledger.answer(at: message.start, into: &output) else { return }
        let code = head.byteCount >= 9 ? head.bigEndian(UInt32.self, at: 5) : 0
        // Accepted, or the last word of SASL before it: ReadyForQuery is still to come.
        if code != 0, code != 12 { ledger.concludeAtEnd() }
    }

    private mutating func failure(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard !isSkipping, answer(message, &ledger, into: &output) else { return }
        let code = Self.code(head)
        ledger[0].outcome = .serverError
        ledger[0].status = code
        if ledger[0].note & Note.last == 0 {
            // What follows up to the next Sync is passed over.
            isSkipping = ledger[0].note & (Note.step | Note.encryption) == 0
            ledger.concludeAtEnd(0, .serverError, status: code)
        }
    }

    private mutating func ready(
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let wasSkipping = isSkipping
        isSkipping = false
        // What the server passed over after an error has no other answer than this.
        while ledger.count > 1, ledger[0].note & (Note.last | Note.step) == 0 {
            ledger.fail(0, .serverError, at: message.now, into: &output)
        }
        guard ledger.answer(at: message.start, into: &output) else { return }
        let isPassedOver = wasSkipping && !ledger[0].traits.contains(.session)
        ledger.concludeAtEnd(0, isPassedOver ? .serverError : ledger[0].outcome)
    }

    /// The five letters of SQLSTATE in the fields of an error.
    static func code(_ head: RawSpan) -> String? {
        var offset = 5
        while offset < head.byteCount, head.octet(at: offset) != 0 {
            let field = head.octet(at: offset)
            let value = PostgreSQLMessage.string(head, at: offset + 1)
            if field == 0x43, value.byteCount == 5 {
                for index in 0..<5
                where !SQLTokenizer.isWord(value.octet(at: index)) || value.octet(at: index) > 0x5A {
                    return nil
                }
                return value.text
            }
            offset += value.byteCount + 2
        }
        return nil
    }
}
