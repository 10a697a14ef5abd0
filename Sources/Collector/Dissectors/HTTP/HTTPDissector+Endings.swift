// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension HTTPDissector {
    /// A direction closed in order.
    mutating func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        guard !isFinished else { return }
        if direction == client {
            // Half-closed: the response may still come.
            clientClosed = true
            return
        }
        cutResponse(at: time, isOrderly: true, into: &output)
        failPending(clientClosed ? .clientGaveUp : .serverClosed, at: time, into: &output)
        isFinished = true
    }

    /// One side reset the connection.
    mutating func reset(
        by direction: FlowDirection,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard !isFinished else { return }
        cutResponse(at: time, isOrderly: false, into: &output)
        failPending(
            clientClosed || direction == client ? .clientGaveUp : .serverClosed,
            at: time,
            into: &output
        )
        isFinished = true
    }

    /// The flow is over without a FIN or RST of the server.
    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        guard !isFinished else { return }
        cutResponse(at: time, isOrderly: false, into: &output)
        failPending(clientClosed ? .clientGaveUp : .timedOut, at: time, into: &output)
        isFinished = true
    }

    /// Ends the patience with requests that have waited too long.
    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {
        guard let deadline, deadline <= time else { return }
        for position in 0..<pending.count {
            guard let end = waitingSince(position, client: client) else { continue }
            let deadline = end + patience
            guard deadline <= time else { continue }
            pending[position].isDecided = true
            unanswered(pending[position], .timedOut, at: deadline, into: &output)
        }
    }

    /// When patience ends next.
    var deadline: Timestamp? {
        guard !isFinished, response == nil else { return nil }
        var earliest: Timestamp?
        for position in 0..<pending.count {
            guard let end = waitingSince(position, client: client) else { continue }
            let deadline = end + patience
            if earliest.map({ deadline < $0 }) ?? true { earliest = deadline }
        }
        return earliest
    }

    /// Since when nothing but the response is missing, or the client has sent nothing more.
    private func waitingSince(_ position: Int, client: FlowDirection) -> Timestamp? {
        let request = pending[position]
        // Operations that wait by design outlast any patience.
        guard !request.isDecided, !request.line.isStreaming else { return nil }
        // It was answered; only we do not know how.
        if request.isResponseLost { return nil }
        // A response has begun, though its head is not complete.
        if position == 0, inspect(client.opposite, { $0.isInsideHead }) { return nil }
        return request.end ?? inspect(client, { $0.lastByte })
    }

    /// Gives up on the stream.
    mutating func abandon(at time: Timestamp, into output: inout DissectionOutput) {
        guard !isFinished else { return }
        output.losses.append(.abandonedStreams)
        finishResponse(end: nil, at: time, into: &output)
        becomeOpaque(into: &output)
    }

    /// What follows is another protocol.
    mutating func becomeOpaque(into output: inout DissectionOutput) {
        dropPending(into: &output)
        isFinished = true
    }

    /// Bytes that cannot be framed were lost or made no sense.
    mutating func lostSync(
        _ direction: FlowDirection,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        if isPipelined, pending.undecided > 1 { return abandon(at: time, into: &output) }
        if direction == client {
            // Where the request ended is unknown; where its response begins will tell enough.
            requestEnd(at: inspect(direction, { $0.lastByte }), bytes: nil)
            mayLackRequests = true
        } else if response != nil {
            finishResponse(end: nil, at: time, into: &output)
        } else if inspect(direction, { $0.isInsideHead }) {
            partialResponse(.serverClosed, at: time, isLost: true, into: &output)
        }
        if inspect(direction, { $0.phase }) != .searching { self[direction].search() }
        self[direction].searchedBefore = true
    }

    /// Ends the response in progress as its direction ends.
    private mutating func cutResponse(
        at time: Timestamp,
        isOrderly: Bool,
        into output: inout DissectionOutput
    ) {
        let stream = self[client.opposite]
        if response != nil {
            let isComplete = isOrderly && stream.phase == .bodyUntilClose
            finishResponse(end: isComplete ? stream.lastByte : nil, at: time, into: &output)
        } else if stream.isInsideHead {
            partialResponse(
                clientClosed ? .clientGaveUp : .serverClosed,
                at: time,
                isLost: false,
                into: &output
            )
        }
    }

    /// A response of which only a part of the head was seen.
    private mutating func partialResponse(
        _ cause: Outcome,
        at time: Timestamp,
        isLost: Bool,
        into output: inout DissectionOutput
    ) {
        guard !pending.isEmpty else { return }
        let stream = self[client.opposite]
        guard case .status(let status)? = stream.startLine, status >= 200 else {
            // Without a status there is no telling what it was.
            if isLost { pending[0].isResponseLost = true }
            return
        }
        let start = stream.messageStart
        guard pending[0].start <= start else { return output.losses.append(.unmatchedResponses) }
        response = ResponseInProgress(
            start: start,
            status: status,
            isEventStream: false,
            grpcStatus: nil,
            isUnmatched: false,
            isEarly: pending[0].end.map { $0 > start } ?? true
        )
        finishResponse(end: nil, at: time, into: &output)
    }

    private mutating func failPending(
        _ cause: Outcome,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        while let request = pending.popFirst() {
            // One whose patience ended has had its outcome.
            if request.isDecided { continue }
            if request.isResponseLost {
                output.losses.append(.unmatchedRequests)
            } else {
                unanswered(request, cause, at: time, into: &output)
            }
        }
    }

    private func unanswered(
        _ request: PendingRequest,
        _ cause: Outcome,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        var transaction = Transaction(
            applicationProtocol: request.applicationProtocol,
            operation: request.operation,
            outcome: cause,
            status: nil,
            requestStart: request.start,
            requestEnd: request.end ?? lastRequestByte,
            responseStart: nil,
            responseEnd: nil,
            endedAt: time,
            fields: request.fields
        )
        transaction.isStreaming = request.line.isStreaming
        transaction.requestBytes = request.bytes
        transaction.serverName = request.host
        output.finished.append(transaction)
    }
}
