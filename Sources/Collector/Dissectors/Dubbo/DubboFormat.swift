// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias DubboDissector = FramedDissector<DubboFormat>

/// Dubbo 2 over TCP.
struct DubboFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.dubbo
    static let ports: [UInt16] = [20_880]
    static let headLimit = DubboLimits.head
    static let isOrdered = false

    /// The names of the last call, as they were sent, and its operation.
    private var lastNames = ""
    private var lastOperation = ""

    init(_ setup: DissectorSetup) {}

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        guard bytes.byteCount >= DubboHeader.length else {
            return bytes.octet(at: 0) == 0xDA ? .needsMore(DubboHeader.length) : .invalid
        }
        guard let header = DubboHeader(bytes) else { return .invalid }
        return .message(length: DubboHeader.length + header.bodyLength, head: DubboLimits.head)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool { DubboHeader(bytes) != nil }

    mutating func message(
        _ head: RawSpan,
        _ frame: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard let header = DubboHeader(head) else { return false }
        // Both sides send heartbeats; those of the server are its own affair.
        guard header.isRequest == (side == .client) else { return header.isEvent }
        switch side {
        case .client:
            let name = header.isEvent ? "heartbeat" : operation(header, head)
            ledger.begin(name, key: header.id, at: frame.start, header.isEvent ? .session : [], into: &output)
            if !header.isTwoWay { ledger.concludeUnanswered(ledger.count - 1, at: frame.now, into: &output) }
        case .server:
            guard let position = ledger.position(of: header.id) else {
                output.losses.append(.unmatchedResponses)
                return true
            }
            guard ledger.answer(position, at: frame.start, into: &output) else { return true }
            if let error = header.error {
                ledger.concludeAtEnd(position, error.outcome, status: error.status)
            } else if header.isHessian, Self.isException(head.octet(at: DubboHeader.length)) {
                ledger.concludeAtEnd(position, .serverError, status: "exception")
            } else {
                ledger.concludeAtEnd(position)
            }
        }
        return true
    }

    /// The first integer of a body: an exception, without or with attachments.
    private static func isException(_ tag: UInt8) -> Bool { tag == 0x90 || tag == 0x93 }

    /// Service and method: the second and the fourth string of a body.
    private mutating func operation(_ header: DubboHeader, _ head: RawSpan) -> String {
        var offset = DubboHeader.length
        guard header.isHessian, DubboHeader.string(head, at: &offset) != nil else { return "{call}" }
        let start = offset
        guard let service = DubboHeader.string(head, at: &offset),
            DubboHeader.string(head, at: &offset) != nil,
            let method = DubboHeader.string(head, at: &offset)
        else { return "{call}" }
        let names = head.clamped(start, offset)
        if names.isSame(as: lastNames) { return lastOperation }
        let serviceName = head.clamped(service).nameText(limit: DubboLimits.name) ?? "{service}"
        let methodName = head.clamped(method).nameText(limit: DubboLimits.name) ?? "{method}"
        lastNames = names.text
        lastOperation = "\(serviceName)/\(methodName)"
        return lastOperation
    }

    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        guard bytes.octet(at: 0) == 0xDA, bytes.byteCount < 2 || bytes.octet(at: 1) == 0xBB else {
            return .no
        }
        guard bytes.byteCount >= DubboHeader.length else { return .undecided }
        guard let header = DubboHeader(bytes) else { return .no }
        return header.isRequest ? .fromClient : .fromServer
    }
}
