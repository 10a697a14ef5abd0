// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias LDAPDissector = FramedDissector<LDAPFormat>

/// LDAP version 3 (RFC 4511), until it turns to TLS.
struct LDAPFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.ldap
    static let ports: [UInt16] = [389, 3_268]
    static let headLimit = LDAPLimits.head
    static let isOrdered = false

    private let client: FlowDirection
    /// The message that asked for TLS.
    private var startTLS: UInt32?
    private(set) var isFinished = false
    var successor: Successor { .probe }

    init(_ setup: DissectorSetup) {
        client = setup.client
    }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        guard bytes.octet(at: 0) == 0x30 else { return .invalid }
        guard let length = LDAPMessage.totalLength(bytes) else {
            return bytes.byteCount < 6 ? .needsMore(bytes.byteCount + 1) : .invalid
        }
        guard length >= 7, length <= LDAPLimits.message else { return .invalid }
        return .message(length: length, head: LDAPLimits.head)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        guard let message = LDAPMessage(bytes) else { return false }
        switch side {
        case .client: return LDAPTag.request(message.tag) != nil
        case .server:
            if [LDAPTag.searchEntry, LDAPTag.searchReference].contains(message.tag) { return true }
            return LDAPTag.isResult(message.tag) && bytes.octetPair(at: message.content) == 0x0A01
        }
    }

    mutating func message(
        _ head: RawSpan,
        _ frame: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard let message = LDAPMessage(head) else { return false }
        switch side {
        case .client: return request(message, head, frame, &ledger, into: &output)
        case .server: return response(message, head, frame, &ledger, into: &output)
        }
    }

    private mutating func request(
        _ message: LDAPMessage,
        _ head: RawSpan,
        _ frame: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard let name = LDAPTag.request(message.tag) else { return false }
        switch message.tag {
        // These two are not answered (RFC 4511 sections 4.3 and 4.11).
        case LDAPTag.unbind: return true
        case LDAPTag.abandon:
            abandon(message, head, frame, &ledger, into: &output)
            return true
        case LDAPTag.extended:
            let isTLS = Self.asksForTLS(head.clamped(message.content, head.byteCount))
            if isTLS { startTLS = message.id }
            ledger.begin(
                isTLS ? "startTLS" : name,
                key: UInt64(message.id),
                at: frame.start,
                isTLS ? .session : [],
                into: &output
            )
        default:
            ledger.begin(name, key: UInt64(message.id), at: frame.start, into: &output)
        }
        return true
    }

    private mutating func response(
        _ message: LDAPMessage,
        _ head: RawSpan,
        _ frame: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        // Id 0 is a notice that nobody asked for (RFC 4511 section 4.4).
        guard message.id != 0 else {
            output.messages.append(.init(applicationProtocol: .ldap, direction: client.opposite))
            return true
        }
        guard let position = ledger.position(of: UInt64(message.id)) else {
            if LDAPTag.isResult(message.tag) { output.losses.append(.unmatchedResponses) }
            return true
        }
        guard ledger.answer(position, at: frame.start, into: &output) else { return true }
        guard LDAPTag.isResult(message.tag) else { return true }
        let code = head.octet(at: message.content + 2)
        let (outcome, status) = LDAPResult.verdict(code)
        ledger.concludeAtEnd(position, outcome, status: status)
        if startTLS == message.id, code == LDAPResult.success { isFinished = true }
        return true
    }

    /// Its content is the id of the request that is given up.
    private func abandon(
        _ message: LDAPMessage,
        _ head: RawSpan,
        _ frame: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        var id: UInt64 = 0
        for offset in message.content..<min(message.content + 4, head.byteCount) {
            id = id << 8 | UInt64(head.octet(at: offset))
        }
        if let position = ledger.position(of: id) {
            ledger.fail(position, .clientGaveUp, at: frame.now, into: &output)
        }
    }

    /// The name of the operation is that of StartTLS (RFC 4511 section 4.14).
    private static func asksForTLS(_ content: RawSpan) -> Bool {
        content.octet(at: 0) == 0x80
            && content.clamped(2, 2 + Int(content.octet(at: 1))).equals("1.3.6.1.4.1.1466.20037")
    }

    // MARK: - Recognition

    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        guard bytes.octet(at: 0) == 0x30 else { return .no }
        let wanted = min(16, LDAPMessage.totalLength(bytes) ?? 16)
        guard bytes.byteCount >= wanted else { return isPlausible(bytes) ? .undecided : .no }
        guard let message = LDAPMessage(bytes), let length = LDAPMessage.totalLength(bytes),
            message.id > 0, length <= LDAPLimits.message
        else { return .no }
        switch message.tag {
        case LDAPTag.bind:
            // The version, as an INTEGER of one byte.
            return bytes.octetPair(at: message.content) == 0x0201
                && (2...3).contains(bytes.octet(at: message.content + 2))
                ? .fromClient : .no
        case LDAPTag.search: return bytes.octet(at: message.content) == 0x04 ? .fromClient : .no
        default: break
        }
        guard evidence.isExpected else { return .no }
        if LDAPTag.request(message.tag) != nil { return .fromClient }
        if LDAPTag.isResult(message.tag), bytes.octetPair(at: message.content) == 0x0A01 {
            return .fromServer
        }
        return .no
    }

    /// The beginning of a message of which not enough is there.
    private static func isPlausible(_ bytes: RawSpan) -> Bool {
        var offset = 1
        guard LDAPMessage.length(bytes, at: &offset) != nil else { return bytes.byteCount < 6 }
        guard offset < bytes.byteCount else { return true }
        return bytes.octet(at: offset) == 0x02
    }
}
