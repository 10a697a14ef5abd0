// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The requests of one connection that wait for their responses.
///
/// A dissector says what messages mean; the ledger keeps the four instants, pairs, ends patience,
/// and yields transactions. Responses are paired in order (`0` is the oldest request) or by key.
struct CallLedger {
    let applicationProtocol: ApplicationProtocol
    let isOrdered: Bool
    let patience: Int64
    private var calls: [Call] = []
    private var head = 0
    private var undecided = 0
    /// A request was sent before the response to the one before it.
    var isPipelined = false
    /// Messages of the server were lost since the last response.
    private var lacksResponses = false
    /// The newest call goes on with the client's message at hand.
    private var isRequestOpen = false
    /// The call that ends with the server's message at hand, from the oldest.
    private var concluding = -1
    /// The call without a response that ends with the client's message at hand, from the oldest.
    private var sent = -1
    private(set) var clientClosed = false
    /// More went wrong than can be told apart: the stream is to be given up.
    private(set) var isBroken = false

    init(_ applicationProtocol: ApplicationProtocol, isOrdered: Bool, patience: Int64) {
        self.applicationProtocol = applicationProtocol
        self.isOrdered = isOrdered
        self.patience = patience
    }

    /// Calls in line, those whose patience ended included.
    var count: Int { calls.count - head }
    /// Whether nothing is known but whether requests are pipelined.
    var isAtRest: Bool {
        count == 0 && !lacksResponses && !isRequestOpen && concluding < 0 && sent < 0 && !clientClosed
            && !isBroken
    }
    /// Requests without an outcome, set-up excluded.
    var inFlight: Int { undecided }

    /// A call in line, 0 being the oldest.
    subscript(position: Int) -> Call {
        @inline(__always)
        _read { yield calls[head + position] }
        @inline(__always)
        _modify { yield &calls[head + position] }
    }

    /// The oldest call with a key.
    func position(of key: UInt64) -> Int? {
        var index = head
        while index < calls.count {
            if calls[index].key == key { return index - head }
            index += 1
        }
        return nil
    }

    // MARK: - Requests

    /// A request has begun with the client's message at hand.
    ///
    /// - Parameters:
    ///   - operation: Low-cardinality, without literals.
    ///   - key: What its response refers to.
    ///   - start: When its first byte was seen.
    ///   - traits: What kind it is.
    ///   - output: Receives its start.
    mutating func begin(
        _ operation: String,
        key: UInt64 = 0,
        at start: Timestamp,
        _ traits: CallTraits = [],
        into output: inout DissectionOutput
    ) {
        if isOrdered, count > 0 {
            // While responses are out of sync, a client that does not pipeline shows by its next
            // request that it has got the response before.
            if lacksResponses, !isPipelined {
                dropAll(into: &output)
            } else if undecided > 0 {
                isPipelined = true
            }
        }
        lacksResponses = false
        guard count < FramingLimits.pendingCalls else {
            isBroken = true
            return
        }
        if !traits.contains(.session) {
            output.started.append(.init(applicationProtocol: applicationProtocol, at: start))
            undecided += 1
        }
        calls.append(Call(key: key, operation: operation, start: start, traits: traits))
        isRequestOpen = true
    }

    /// The newest request is of a further kind.
    mutating func markNewest(_ traits: CallTraits) {
        if count > 0 { self[count - 1].traits.formUnion(traits) }
    }

    /// Notes something about the newest request.
    mutating func markNewest(note: UInt32) {
        if count > 0 { self[count - 1].note = note }
    }

    /// The client's message at hand belongs to the newest request.
    mutating func extendRequest() { if count > 0 { isRequestOpen = true } }

    // MARK: - Responses

    /// The response to a call has begun with the server's message at hand.
    ///
    /// - Returns: `false` where that began before the request, so that it is no answer to it.
    mutating func answer(
        _ position: Int = 0,
        at start: Timestamp,
        into output: inout DissectionOutput
    ) -> Bool {
        guard position < count, self[position].start <= start else {
            output.losses.append(.unmatchedResponses)
            return false
        }
        if self[position].responseStart == nil { self[position].responseStart = start }
        return true
    }

    /// The call has its outcome and ends with the last byte of the server's message at hand.
    mutating func concludeAtEnd(_ position: Int = 0, _ outcome: Outcome = .ok, status: String? = nil) {
        guard position < count else { return }
        self[position].outcome = outcome
        if let status { self[position].status = status }
        concluding = position
    }

    /// A call that has no response, by design, ends with the client's message at hand.
    mutating func concludeUnanswered(_ position: Int, at end: Timestamp, into output: inout DissectionOutput)
    {
        guard position < count else { return }
        // What is left of the message is of no call that stays.
        if position == count - 1 { isRequestOpen = false }
        self[position].end = end
        finish(position, responseEnd: nil, at: end, isComplete: true, into: &output)
    }

    /// As `concludeUnanswered`, once the last byte of the client's message at hand was seen.
    mutating func concludeAtRequestEnd(_ position: Int) { if position < count { sent = position } }

    /// Ends a call at once: one message answers several.
    mutating func conclude(
        _ position: Int,
        _ outcome: Outcome = .ok,
        status: String? = nil,
        at end: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard position < count else { return }
        self[position].outcome = outcome
        if let status { self[position].status = status }
        finish(position, responseEnd: end, at: end, isComplete: true, into: &output)
    }

    /// A request whose response was passed over has no outcome.
    mutating func drop(_ position: Int, into output: inout DissectionOutput) {
        guard position < count else { return }
        let call = remove(position)
        if !call.isDecided, !call.isSession { output.losses.append(.unmatchedRequests) }
    }

    /// A message ended.
    ///
    /// - Parameters:
    ///   - side: Who sent it.
    ///   - end: When its last byte was seen; `nil` where that was lost.
    ///   - now: The time of what is at hand.
    ///   - output: Receives the transaction that ended with it.
    mutating func messageEnded(
        _ side: StreamSide,
        at end: Timestamp?,
        now: Timestamp,
        into output: inout DissectionOutput
    ) {
        switch side {
        case .client:
            if isRequestOpen, count > 0 { self[count - 1].end = end ?? now }
            isRequestOpen = false
            if sent >= 0, sent < count { concludeUnanswered(sent, at: end ?? now, into: &output) }
            sent = -1
        case .server:
            if concluding >= 0, concluding < count {
                finish(concluding, responseEnd: end, at: now, isComplete: end != nil, into: &output)
            }
            concluding = -1
        }
    }

    /// Messages of a side were lost, and more may be missing than can be counted.
    mutating func lostSync(
        _ side: StreamSide,
        at now: Timestamp,
        into output: inout DissectionOutput
    ) {
        messageEnded(side, at: nil, now: now, into: &output)
        if isOrdered, isPipelined, undecided > 1 { isBroken = true }
        guard side == .server else { return }
        if isOrdered {
            lacksResponses = true
            if count > 0 { self[0].isResponseLost = true }
        } else {
            for position in 0..<count { self[position].isResponseLost = true }
        }
    }

    /// Messages of the server have been passed over since the last one that could be read.
    mutating func missedResponses() { lacksResponses = true }

    // MARK: - Endings

    /// A direction closed in order.
    mutating func end(_ side: StreamSide, at now: Timestamp, into output: inout DissectionOutput) {
        if side == .client {
            // Half-closed: the response may still come.
            clientClosed = true
        } else {
            failAll(clientClosed ? .clientGaveUp : .serverClosed, at: now, into: &output)
        }
    }

    /// One side reset the connection.
    mutating func reset(by side: StreamSide, at now: Timestamp, into output: inout DissectionOutput) {
        failAll(clientClosed || side == .client ? .clientGaveUp : .serverClosed, at: now, into: &output)
    }

    /// The flow is over for another reason.
    mutating func close(at now: Timestamp, into output: inout DissectionOutput) {
        failAll(clientClosed ? .clientGaveUp : .timedOut, at: now, into: &output)
    }

    /// A call ends without a response: cancelled, or refused by other means.
    mutating func fail(
        _ position: Int,
        _ cause: Outcome,
        at now: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard position < count else { return }
        let call = remove(position)
        if !call.isDecided { yield(call, unanswered: cause, at: now, into: &output) }
    }

    /// Requests whose responses can no longer be told apart have no outcome.
    mutating func dropAll(into output: inout DissectionOutput) {
        for index in head..<calls.count where !calls[index].isDecided && !calls[index].isSession {
            output.losses.append(.unmatchedRequests)
        }
        calls.removeAll(keepingCapacity: true)
        head = 0
        undecided = 0
        concluding = -1
        sent = -1
    }

    // MARK: - Patience

    /// When patience ends next.
    var deadline: Timestamp? {
        for index in head..<calls.count where calls[index].waits {
            return (calls[index].end ?? calls[index].start) + patience
        }
        return nil
    }

    mutating func advance(to now: Timestamp, into output: inout DissectionOutput) {
        guard let deadline, deadline <= now else { return }
        var index = head
        while index < calls.count {
            let deadline = (calls[index].end ?? calls[index].start) + patience
            if calls[index].waits, deadline <= now {
                calls[index].isDecided = true
                if !calls[index].isSession { undecided -= 1 }
                if calls[index].isResponseLost {
                    if !calls[index].isSession { output.losses.append(.unmatchedRequests) }
                } else {
                    yield(calls[index], unanswered: .timedOut, at: deadline, into: &output)
                }
            }
            index += 1
        }
    }

    // MARK: - Outcomes

    private mutating func finish(
        _ position: Int,
        responseEnd: Timestamp?,
        at now: Timestamp,
        isComplete: Bool,
        into output: inout DissectionOutput
    ) {
        let call = remove(position)
        if call.isDecided { return }
        yield(call, responseEnd: responseEnd, isComplete: isComplete, at: now, into: &output)
    }

    private mutating func failAll(_ cause: Outcome, at now: Timestamp, into output: inout DissectionOutput) {
        while count > 0 {
            let call = remove(0)
            if call.isDecided { continue }
            if call.responseStart != nil {
                yield(call, responseEnd: nil, isComplete: false, at: now, into: &output)
            } else if call.isResponseLost {
                if !call.isSession { output.losses.append(.unmatchedRequests) }
            } else {
                yield(call, unanswered: cause, at: now, into: &output)
            }
        }
    }

    private mutating func remove(_ position: Int) -> Call {
        let isOnly = position == 0 && calls.count == 1
        // The only one is moved out, not copied.
        let call = isOnly ? calls.removeLast() : calls[head + position]
        if !call.isDecided, !call.isSession { undecided -= 1 }
        if isOnly {
            head = 0
        } else if position == 0 {
            head += 1
            if head == calls.count {
                calls.removeAll(keepingCapacity: true)
                head = 0
            } else if head >= 32 {
                // Moves the rest down now and then, so that this is constant on average.
                calls.removeFirst(head)
                head = 0
            }
        } else {
            calls.remove(at: head + position)
        }
        if concluding == position { concluding = -1 } else if concluding > position { concluding -= 1 }
        if sent == position { sent = -1 } else if sent > position { sent -= 1 }
        return call
    }

    private func yield(
        _ call: Call,
        responseEnd: Timestamp?,
        isComplete: Bool,
        at now: Timestamp,
        into output: inout DissectionOutput
    ) {
        output.finished.append(
            Transaction(
                call,
                of: applicationProtocol,
                call.outcome,
                status: call.status,
                responseStart: call.responseStart,
                responseEnd: responseEnd,
                at: responseEnd ?? now,
                isComplete: isComplete
            )
        )
    }

    private func yield(
        _ call: Call,
        unanswered cause: Outcome,
        at now: Timestamp,
        into output: inout DissectionOutput
    ) {
        output.finished.append(
            Transaction(
                call,
                of: applicationProtocol,
                cause,
                status: nil,
                responseStart: nil,
                responseEnd: nil,
                at: now,
                isComplete: true
            )
        )
    }
}
