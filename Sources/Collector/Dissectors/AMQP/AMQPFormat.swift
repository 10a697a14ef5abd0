// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias AMQPDissector = FramedDissector<AMQPFormat>

/// AMQP 0-9-1: methods on channels, each answered by its own reply.
struct AMQPFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.amqp
    static let ports: [UInt16] = [5_672]
    static let headLimit = AMQPLimits.methodHead
    static let isOrdered = false

    var channels: [UInt16: AMQPChannel] = [:]
    private var operations = NamedOperations()
    /// Which confirmations are meant is known only if all was seen.
    private var sawBeginning: Bool
    let server: FlowDirection

    init(_ setup: DissectorSetup) {
        server = setup.client.opposite
        sawBeginning = setup.isFromStart
    }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        if bytes.octet(at: 0) == 0x41 {
            guard bytes.byteCount >= 8 else { return .needsMore(8) }
            return bytes.hasPrefix("AMQP") ? .message(length: 8, head: 8) : .invalid
        }
        guard bytes.byteCount >= AMQPFrame.headerLength else { return .needsMore(AMQPFrame.headerLength) }
        guard let frame = AMQPFrame(bytes) else { return .invalid }
        let length = frame.size + AMQPFrame.overhead
        switch frame.kind {
        case .method: return .message(length: length, head: AMQPLimits.methodHead)
        case .header: return .message(length: length, head: AMQPFrame.headerLength + 12)
        case .body, .heartbeat: return .message(length: length, head: AMQPFrame.headerLength)
        }
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard let frame = AMQPFrame(head) else { return true }
        switch frame.kind {
        case .method:
            guard head.byteCount < message.length || head.octet(at: message.length - 1) == AMQPFrame.end
            else {
                return false
            }
            guard head.byteCount >= AMQPFrame.headerLength + 4 else { return true }
            let id = head.bigEndian(UInt32.self, at: AMQPFrame.headerLength)
            guard let method = AMQPMethod(id) else { return true }
            switch side {
            case .client: request(method, id, frame.channel, head, message, &ledger, into: &output)
            case .server: reply(method, id, frame.channel, head, message, &ledger, into: &output)
            }
        case .header:
            guard head.byteCount >= 19 else { return true }
            let size = head.bigEndian(UInt64.self, at: 11)
            content(frame.channel, side, begins: size, by: 0, message, &ledger, into: &output)
        case .body:
            content(frame.channel, side, begins: nil, by: UInt64(frame.size), message, &ledger, into: &output)
        case .heartbeat: break
        }
        return channels.count <= AMQPLimits.channels
    }

    mutating func lostSync(_ side: StreamSide) {
        for channel in channels.keys {
            switch side {
            case .client:
                channels[channel]?.sending = nil
                // How many were published is not known any more.
                channels[channel]?.nextTag = nil
            case .server: channels[channel]?.receiving = nil
            }
        }
        sawBeginning = false
    }

    // MARK: - Requests

    private mutating func request(
        _ method: AMQPMethod,
        _ id: UInt32,
        _ channel: UInt16,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        switch method.kind {
        case .request, .close:
            let key = AMQPKey.call(channel, id)
            // Its reply was passed over; the next one is for this request.
            if let old = ledger.position(of: key), ledger[old].isResponseLost {
                ledger.drop(old, into: &output)
            }
            let (operation, isAnswered) = described(method, id, head)
            ledger.begin(operation, key: key, at: message.start, method.traits, into: &output)
            if !isAnswered { ledger.concludeAtRequestEnd(ledger.count - 1) }
            if id == AMQPMethod.confirmSelect, sawBeginning {
                channels[channel, default: AMQPChannel()].nextTag = 1
            }
        case .publish:
            let tag = channels[channel]?.nextTag
            let key = AMQPKey.publish(channel, tag: tag)
            if let tag { channels[channel]?.nextTag = tag &+ 1 }
            ledger.begin(described(method, id, head).operation, key: key, at: message.start, into: &output)
            channels[channel, default: AMQPChannel()].sending = AMQPContent(key: key)
        case .notice, .confirm:
            // What a consumer says about deliveries.
            if id >> 16 == 60 {
                output.messages.append(.init(applicationProtocol: .amqp, direction: server.opposite))
            }
        case .reply(let method) where id >> 16 == 10 && method == 50 || id >> 16 == 20 && method == 40:
            channels[channel] = nil
        case .reply, .content, .delivery, .service: break
        }
    }

    /// The operation with the name it is about, and whether it asks for an answer.
    private mutating func described(
        _ method: AMQPMethod,
        _ id: UInt32,
        _ head: RawSpan
    ) -> (operation: String, isAnswered: Bool) {
        var offset = AMQPFrame.headerLength + 4
        if method.texts > 0 { offset += 2 }
        var name = 0..<0
        for index in 0..<method.texts {
            let start = offset + 1
            let end = start + Int(head.octet(at: offset))
            // The default exchange has no name, and passes on to the queue of the routing key.
            if index == 0 || index == 1 && method.kind == .publish && name.isEmpty { name = start..<end }
            offset = end
        }
        let isKnown = offset < head.byteCount
        let isAnswered = !isKnown || head.octet(at: offset) & method.noWait == 0
        guard name.upperBound <= head.byteCount, !name.isEmpty else {
            return ("\(method.name)", isAnswered)
        }
        let kind = UInt16(truncatingIfNeeded: id ^ id >> 8)
        let operation = operations.operation(method.name, kind: kind, head.clamped(name), separator: 0x2E)
        return (operation, isAnswered)
    }
}
