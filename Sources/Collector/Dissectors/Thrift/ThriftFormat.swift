// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias ThriftDissector = FramedDissector<ThriftFormat>

/// Thrift over the framed transport, in the strict binary or the compact protocol.
struct ThriftFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.thrift
    static let ports: [UInt16] = [9_090]
    static let headLimit = ThriftLimits.head
    static let isOrdered = false

    /// The operation of the last call, which is often that of the next.
    private var lastName = ""

    init(_ setup: DissectorSetup) {}

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        guard bytes.byteCount >= 5 else { return .needsMore(5) }
        let length = Int(bytes.octetQuad(at: 0))
        guard length >= 5, length <= ThriftLimits.frame, [0x80, 0x82].contains(bytes.octet(at: 4)) else {
            return .invalid
        }
        return .message(length: ThriftMessage.lengthSize + length, head: ThriftLimits.head)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        guard case .message(let message) = ThriftMessage.read(bytes) else { return false }
        let isCall = message.kind == .call || message.kind == .oneway
        return isCall == (side == .client)
            && bytes.clamped(message.name).nameText(limit: ThriftLimits.name) != nil
    }

    mutating func message(
        _ head: RawSpan,
        _ frame: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard case .message(let message) = ThriftMessage.read(head) else { return false }
        let key = UInt64(message.sequence)
        switch (side, message.kind) {
        case (.client, .call):
            ledger.begin(operation(head.clamped(message.name)), key: key, at: frame.start, into: &output)
        case (.client, .oneway):
            ledger.begin(operation(head.clamped(message.name)), key: key, at: frame.start, into: &output)
            ledger.concludeUnanswered(ledger.count - 1, at: frame.now, into: &output)
        case (.server, .reply), (.server, .exception):
            guard let position = ledger.position(of: key) else {
                output.losses.append(.unmatchedResponses)
                return true
            }
            guard ledger.answer(position, at: frame.start, into: &output) else { return true }
            if message.kind == .exception {
                ledger.concludeAtEnd(position, .serverError, status: "TApplicationException")
            } else if message.isDeclaredException(head) {
                ledger.concludeAtEnd(position, .serverError, status: "exception")
            } else {
                ledger.concludeAtEnd(position)
            }
        default: return false
        }
        return true
    }

    private mutating func operation(_ name: RawSpan) -> String {
        if !name.isSame(as: lastName) { lastName = name.nameText(limit: ThriftLimits.name) ?? "{method}" }
        return lastName
    }

    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        if bytes.byteCount >= 4 {
            guard (5...ThriftLimits.frame).contains(Int(bytes.octetQuad(at: 0))) else { return .no }
        }
        switch ThriftMessage.read(bytes) {
        case .invalid: return .no
        case .needsMore: return bytes.octet(at: 0) < 0x10 ? .undecided : .no
        case .message(let message):
            guard bytes.clamped(message.name).nameText(limit: ThriftLimits.name) != nil else { return .no }
            switch message.kind {
            case .call, .oneway: return .fromClient
            case .reply, .exception: return .fromServer
            }
        }
    }
}
