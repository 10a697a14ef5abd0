// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Puts the values of the server together to replies.
struct RedisReply {
    /// Values that are still missing in each open aggregate, the outermost first.
    private var open: [Int] = []
    /// What the value at hand is.
    private enum Role { case answer, message, aside, undecided }
    private var role = Role.answer
    private var start = Timestamp(nanoseconds: 0)
    /// The reply is one value, so its kind is that of the reply.
    private var isOneValue = true
    /// Messages of channels may come in between.
    private var isSubscribed = false
    private var isPush = false
    private let sender: FlowDirection

    init(sender: FlowDirection) { self.sender = sender }

    /// Whether the next reply begins as the first one does.
    var isAtRest: Bool { open.isEmpty && !isSubscribed }

    /// Forgets the reply at hand.
    mutating func forget() { open.removeAll(keepingCapacity: true) }

    /// Takes the next line, with the string behind it.
    ///
    /// - Returns: `false` where it nests too deep.
    mutating func take(
        _ token: RedisToken,
        _ line: RawSpan,
        _ text: RawSpan,
        at time: Timestamp,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        if open.isEmpty {
            start = time
            if !isSubscribed, ledger.count > 0, ledger[0].note > 0 { isSubscribed = true }
            isOneValue = token.count == 0 || token.kind == .string || token.kind == .bulkError
            isPush = token.kind == .push
            switch token.kind {
            case .attribute: role = .aside
            case .push: role = token.count > 0 ? .undecided : .message
            // In a connection that is subscribed, messages look like replies.
            case .aggregate where token.count > 0 && mayBeMessage(ledger): role = .undecided
            default: role = .answer
            }
            if role == .answer, !ledger.answer(at: start, into: &output) { role = .aside }
        } else if role == .undecided {
            role = decide(text, &ledger, into: &output)
        }
        guard pass(token) else { return false }
        guard open.isEmpty else { return true }
        if role == .message { output.messages.append(.init(applicationProtocol: .redis, direction: sender)) }
        if role == .answer { conclude(token, line, text, &ledger) }
        return true
    }

    /// Counts a value; `false` where it nests too deep.
    private mutating func pass(_ token: RedisToken) -> Bool {
        if let last = open.indices.last { open[last] -= 1 }
        switch token.kind {
        case .aggregate, .push, .attribute:
            if token.count > 0 {
                guard open.count < RedisLimits.depth else { return false }
                open.append(token.count)
            }
            // What an attribute is about has its own place in the aggregate.
            if token.kind == .attribute, open.count > 1 { open[open.count - 2] += 1 }
        default: break
        }
        while open.last == 0 { open.removeLast() }
        return true
    }

    private func conclude(
        _ token: RedisToken,
        _ line: RawSpan,
        _ text: RawSpan,
        _ ledger: inout CallLedger
    ) {
        // A subscription is confirmed once for each channel.
        if ledger[0].note > 1 {
            ledger[0].note -= 1
            return
        }
        guard isOneValue else { return ledger.concludeAtEnd() }
        switch token.kind {
        case .error: fail(line.clamped(1, token.lineLength), &ledger)
        case .bulkError: fail(text, &ledger)
        default: ledger.concludeAtEnd()
        }
    }

    private func fail(_ message: RawSpan, _ ledger: inout CallLedger) {
        var end = 0
        while end < message.byteCount, message.octet(at: end) > 0x20 { end += 1 }
        let kind = RedisCommand.name(message.clamped(0, end)) ?? "ERR"
        switch kind {
        // Cluster redirects, and scripts that a client sends only when they are not known yet.
        case "MOVED", "ASK", "NOSCRIPT": ledger.concludeAtEnd(0, .ok, status: kind)
        default: ledger.concludeAtEnd(0, .serverError, status: kind)
        }
    }

    // MARK: - Publish and subscribe

    private func mayBeMessage(_ ledger: CallLedger) -> Bool { isSubscribed || ledger.count == 0 }

    private func decide(
        _ text: RawSpan,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Role {
        if text.hasSuffix("subscribe") {
            // RESP3 confirms a subscription with a push.
            guard ledger.count > 0, ledger[0].note > 0 else { return .aside }
        } else if isPush || text.equals("message") || text.equals("pmessage") || text.equals("smessage") {
            return .message
        }
        return ledger.answer(at: start, into: &output) ? .answer : .aside
    }
}
