// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias RedisDissector = FramedDissector<RedisFormat>

/// Redis: RESP2 and RESP3, pipelined, with transactions and publish/subscribe.
///
/// A message is a line of the protocol with the string behind it, so that each is short to measure;
/// a command or a reply is as many of them as its aggregates say.
struct RedisFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.redis
    static let ports: [UInt16] = [6_379, 6_380, 26_379]
    static let headLimit = RedisLimits.line

    /// A command of which not all arguments have come.
    private var arguments = 0
    private var position = 0
    private var commandStart = Timestamp(nanoseconds: 0)
    private var container = ""
    private var mayBlock = false

    private var reply: RedisReply
    /// The line measured last of each side, which is the one shown next.
    private var requestToken: RedisToken?
    private var replyToken: RedisToken?
    private let shared: SharedDissectionState
    private(set) var isFinished = false

    init(_ setup: DissectorSetup) {
        reply = RedisReply(sender: setup.client.opposite)
        shared = setup.context.shared
    }

    mutating func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        switch RedisToken.read(bytes, from: side) {
        case .needsMore: return .needsMore(bytes.byteCount + 1)
        case .invalid: return .invalid
        case .token(let token):
            switch side {
            case .client: requestToken = token
            case .server: replyToken = token
            }
            let head = token.lineLength + min(token.count, RedisLimits.stringHead)
            return .message(length: token.length, head: head)
        }
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard let token = side == .client ? requestToken : replyToken else { return false }
        let text = head.clamped(token.lineLength, token.lineLength + token.count)
        switch side {
        case .client: return request(token, head, text, message, &ledger, into: &output)
        case .server:
            return reply.take(token, head, text, at: message.start, ledger: &ledger, into: &output)
        }
    }

    var isAtRest: Bool { arguments == 0 && reply.isAtRest }

    mutating func lostSync(_ side: StreamSide) {
        switch side {
        case .client: arguments = 0
        case .server: reply.forget()
        }
    }

    // MARK: - Commands

    /// Takes a command that is there as a whole, as most are, without a stop at each argument.
    mutating func takeAtOnce(
        _ bytes: RawSpan,
        from side: StreamSide,
        at time: Timestamp,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Int {
        guard side == .client, arguments == 0, let line = RedisToken.readCount(bytes),
            line.kind == .aggregate, line.count > 0,
            let name = RedisToken.readCount(bytes.clamped(line.lineLength, bytes.byteCount)),
            name.kind == .string, name.count <= RedisLimits.stringHead
        else { return 0 }
        var end = line.lineLength + name.length
        for _ in 1..<line.count {
            guard let argument = RedisToken.readCount(bytes.clamped(end, bytes.byteCount)),
                argument.kind == .string
            else { return 0 }
            end += argument.length
        }
        guard end <= bytes.byteCount else { return 0 }
        let start = line.lineLength + name.lineLength
        let command = shared.redisCommand(bytes.clamped(start, start + name.count))
        // What depends on its arguments is looked at argument by argument.
        guard !command.takesOver, !command.isContainer, !command.mayBlock else { return 0 }
        ledger.begin(command.operation, at: time, command.traits, into: &output)
        if command.isSubscription { ledger.markNewest(note: UInt32(clamping: max(1, line.count - 1))) }
        ledger.messageEnded(.client, at: time, now: time, into: &output)
        return end
    }

    private mutating func request(
        _ token: RedisToken,
        _ head: RawSpan,
        _ text: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        switch token.kind {
        case .aggregate where arguments == 0:
            arguments = token.count
            position = 0
            commandStart = message.start
            return true
        case .string where arguments > 0 && !token.isNull:
            argument(text, isWhole: text.byteCount == token.count, &ledger, into: &output)
            return true
        case .inline where arguments == 0:
            let line = head.trimmed()
            guard !line.isEmpty else { return true }
            var end = 0
            while end < line.byteCount, line.octet(at: end) > 0x20 { end += 1 }
            (arguments, position, commandStart) = (1, 0, message.start)
            argument(line.clamped(0, end), isWhole: true, &ledger, into: &output)
            return true
        default:
            return false
        }
    }

    private mutating func argument(
        _ text: RawSpan,
        isWhole: Bool,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        defer {
            arguments -= 1
            position += 1
        }
        switch position {
        case 0:
            let command = isWhole ? shared.redisCommand(text) : .unknown
            if command.takesOver {
                isFinished = true
                return
            }
            mayBlock = command.mayBlock
            if command.isContainer, arguments > 1 {
                container = command.operation
                return
            }
            container = ""
            ledger.begin(command.operation, at: commandStart, command.traits, into: &output)
            if command.isSubscription { ledger.markNewest(note: UInt32(clamping: max(1, arguments - 1))) }
        case 1 where !container.isEmpty:
            let name = isWhole ? RedisCommand.name(text) : nil
            ledger.begin("\(container) \(name ?? "{argument}")", at: commandStart, into: &output)
        default:
            if mayBlock, text.equalsLowercased("block") { ledger.markNewest(.streaming) }
            ledger.extendRequest()
        }
    }
}

extension SharedDissectionState {
    /// What the name of a command tells.
    fileprivate func redisCommand(_ name: RawSpan) -> RedisCommand {
        if let slot = redisCommands.find(name) { return redisCommands[slot] }
        let slot = redisCommands.insert(RedisCommand(name), for: name)
        return redisCommands[slot]
    }
}
