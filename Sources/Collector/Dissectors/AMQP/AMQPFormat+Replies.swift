// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension AMQPFormat {
    mutating func reply(
        _ method: AMQPMethod,
        _ id: UInt32,
        _ channel: UInt16,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        switch method.kind {
        case .reply(let request):
            let key = AMQPKey.call(channel, AMQPMethod.id(UInt16(id >> 16), request))
            if answer(key, message, &ledger, into: &output) {
                ledger.concludeAtEnd(ledger.position(of: key) ?? ledger.count)
            }
            if id == AMQPMethod.id(20, 41) { channels[channel] = nil }
        case .content(let request):
            let key = AMQPKey.call(channel, AMQPMethod.id(UInt16(id >> 16), request))
            guard answer(key, message, &ledger, into: &output) else { return }
            channels[channel, default: AMQPChannel()].receiving = AMQPContent(key: key)
        case .confirm: confirm(id, channel, head, message, &ledger, into: &output)
        case .delivery:
            channels[channel]?.receiving = nil
            output.messages.append(.init(applicationProtocol: .amqp, direction: server))
        case .close: close(id, channel, head, message, &ledger, into: &output)
        case .service, .request, .publish, .notice: break
        }
    }

    private func answer(
        _ key: UInt64,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard let position = ledger.position(of: key) else {
            output.losses.append(.unmatchedResponses)
            return false
        }
        return ledger.answer(position, at: message.start, into: &output)
    }

    /// A header or a part of the body of a message that is published or got.
    mutating func content(
        _ channel: UInt16,
        _ side: StreamSide,
        begins size: UInt64?,
        by count: UInt64,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard var content = side == .client ? channels[channel]?.sending : channels[channel]?.receiving
        else { return }
        if let size { content.remaining = size }
        guard let remaining = content.remaining else { return }
        content.remaining = remaining > count ? remaining - count : 0
        let isWhole = content.remaining == 0
        switch side {
        case .client:
            channels[channel]?.sending = isWhole ? nil : content
            guard let position = ledger.position(of: content.key) else { return }
            if !AMQPKey.isTagged(content.key) {
                if isWhole { ledger.concludeAtRequestEnd(position) }
            } else if position == ledger.count - 1 {
                ledger.extendRequest()
            } else {
                ledger[position].end = message.now
            }
        case .server:
            channels[channel]?.receiving = isWhole ? nil : content
            guard isWhole, let position = ledger.position(of: content.key) else { return }
            ledger.concludeAtEnd(position)
        }
    }

    /// Messages have arrived at the broker, or are refused by it.
    private func confirm(
        _ id: UInt32,
        _ channel: UInt16,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let start = AMQPFrame.headerLength + 4
        guard head.byteCount > start + 8 else { return }
        let tag = head.bigEndian(UInt64.self, at: start)
        let isMultiple = head.octet(at: start + 8) & 1 != 0
        let isRefused = id & 0xFFFF == 120
        var position = 0
        while position < ledger.count {
            let key = ledger[position].key
            let isMeant =
                isMultiple
                ? AMQPKey.isConfirmed(key, on: channel, upTo: tag)
                : key == AMQPKey.publish(channel, tag: tag)
            guard isMeant, ledger.answer(position, at: message.start, into: &output) else {
                position += 1
                continue
            }
            ledger.conclude(
                position,
                isRefused ? .serverError : .ok,
                status: isRefused ? "NACK" : nil,
                at: message.now,
                into: &output
            )
            if !isMultiple { return }
        }
    }

    /// The broker ends the channel or the connection, and says over what.
    private mutating func close(
        _ id: UInt32,
        _ channel: UInt16,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let start = AMQPFrame.headerLength + 4
        guard head.byteCount >= start + 3 else { return }
        let code = head.octetPair(at: start)
        let text = start + 3 + Int(head.octet(at: start + 2))
        let isConnection = id == AMQPMethod.connectionClose
        if code != 200 {
            let culprit = text + 4 <= head.byteCount ? head.bigEndian(UInt32.self, at: text) : 0
            let status = String(code)
            let position = self.culprit(culprit, isConnection ? nil : channel, ledger)
            if let position, ledger.answer(position, at: message.start, into: &output) {
                ledger.conclude(position, .serverError, status: status, at: message.now, into: &output)
            } else {
                // What failed was not to be answered, and has ended before.
                let name = isConnection ? "Connection.Close" : "Channel.Close"
                ledger.begin(name, key: .max, at: message.start, into: &output)
                ledger[ledger.count - 1].outcome = .serverError
                ledger[ledger.count - 1].status = status
                ledger.concludeUnanswered(ledger.count - 1, at: message.now, into: &output)
            }
        }
        var position = 0
        while position < ledger.count {
            if isConnection || AMQPKey.channel(ledger[position].key) == channel {
                ledger.fail(position, .serverClosed, at: message.now, into: &output)
            } else {
                position += 1
            }
        }
        if isConnection { channels = [:] } else { channels[channel] = nil }
    }

    /// The request that a close is about.
    private func culprit(_ id: UInt32, _ channel: UInt16?, _ ledger: CallLedger) -> Int? {
        let isPublish = id == AMQPMethod.id(60, 40)
        for position in 0..<ledger.count where !ledger[position].isSession {
            let key = ledger[position].key
            if let channel, AMQPKey.channel(key) != channel { continue }
            if isPublish ? AMQPKey.isPublish(key) : key & 0xFFFF_FFFF_FFFF == UInt64(id) { return position }
        }
        return nil
    }
}
