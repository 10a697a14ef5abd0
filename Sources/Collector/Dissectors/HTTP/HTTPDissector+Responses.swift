// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension HTTPDissector {
    mutating func responseHead(
        _ head: HTTPHead,
        _ fields: [HeaderField]?,
        _ direction: FlowDirection,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        if head.status < 200, head.status != 101 {
            // Interim responses are no responses (RFC 9110 section 15.2).
            return nextMessage(direction)
        }
        // Search is over: whatever was lost before belongs to earlier requests.
        if inspect(direction, { $0.searchedBefore }) {
            if isPipelined, pending.undecided > 1 { return abandon(at: time, into: &output) }
            settleAfterSearch(into: &output)
        }
        let start = inspect(direction, { $0.messageStart })
        // Bytes held behind a hole are read late: what began before a request is no answer to it.
        let isMatched = !pending.isEmpty && pending[0].start <= start
        if !isMatched { output.losses.append(.unmatchedResponses) }
        response = ResponseInProgress(
            start: start,
            status: head.status,
            isEventStream: head.content == .eventStream,
            grpcStatus: head.grpcStatus,
            isUnmatched: !isMatched,
            isEarly: isMatched && (pending[0].end.map { $0 > start } ?? true),
            fields: fields
        )
        let isTunnel = isMatched && pending[0].line.isCONNECT && (200..<300).contains(head.status)
        if head.status == 101 || isTunnel {
            if head.status == 101, isMatched { upgrade = (head.upgrade, pending[0]) }
            finishResponse(end: time, at: time, into: &output)
            self.isTunnel = isTunnel
            return becomeOpaque(into: &output)
        }
        self[direction].searchedBefore = false
        expectCall(head, direction, isMatched: isMatched)
        let hasNoBody = head.status == 204 || head.status == 304 || (isMatched && pending[0].line.isHEAD)
        switch head.framing {
        case _ where hasNoBody, .length(0):
            nextMessage(direction)
            finishResponse(end: time, at: time, into: &output)
        case .length(let length): self[direction].beginBody(.fixedBody(remaining: length))
        case .chunked: self[direction].beginBody(.chunkSize)
        case .unspecified, .undelimited, .invalid: self[direction].beginBody(.bodyUntilClose)
        }
    }

    /// Ends the response in progress.
    ///
    /// - Parameters:
    ///   - end: When its last byte was seen; `nil` where it was cut short.
    ///   - time: When it ended or was cut.
    ///   - output: Receives the transaction.
    mutating func finishResponse(end: Timestamp?, at time: Timestamp, into output: inout DissectionOutput) {
        guard let response else { return }
        self.response = nil
        guard !response.isUnmatched, !pending.isEmpty else { return }
        if pending[0].end == nil { requestIsDetached = true }
        if !pending[0].isDecided { emit(response, end: end, at: time, into: &output) }
        pending.removeFirst()
    }

    /// Tells what became of the oldest request.
    private mutating func emit(
        _ response: ResponseInProgress,
        end: Timestamp?,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let call = pending[0].isCall ? callStatus(response) : nil
        let outcome = call.map(GRPCStatus.outcome) ?? HTTPStatus.outcome(response.status)
        var transaction = Transaction(
            applicationProtocol: pending[0].applicationProtocol,
            operation: pending[0].operation,
            outcome: outcome,
            status: call.map(GRPCStatus.name) ?? HTTPStatus.text(response.status),
            requestStart: pending[0].start,
            requestEnd: pending[0].end ?? lastRequestByte,
            responseStart: response.start,
            responseEnd: end,
            endedAt: time,
            fields: HeaderField.joined(pending[0].fields, response.fields)
        )
        transaction.isIncomplete = end == nil
        transaction.isEarlyResponse = response.isEarly
        transaction.isStreaming = pending[0].line.isStreaming || response.isEventStream
        transaction.requestBytes = pending[0].bytes
        // A response that was cut short has no size: how long it was is not known.
        if end != nil { transaction.responseBytes = inspect(client.opposite, { $0.messageBytes }) }
        transaction.serverName = pending[0].host
        if pending[0].isCall { tellMessages(&transaction, into: &output) }
        output.finished.append(transaction)
        if case .ok = outcome { nameServer(pending[0].host, into: &output) }
    }

    var lastRequestByte: Timestamp {
        inspect(client, { $0.lastByte })
    }

    /// A host that answers for a name may be called by it, where nothing better is known.
    private mutating func nameServer(_ host: String?, into output: inout DissectionOutput) {
        guard let host, host != namedHost,
            let address = client == .fromOriginator ? context.responderAddress : context.originatorAddress
        else { return }
        namedHost = host
        output.names.append(.init(address: address, name: host, source: .httpHost))
    }

    /// After a gap the response found belongs to the last request, if the client waits for
    /// each response before it asks again and no request was lost as well.
    private mutating func settleAfterSearch(into output: inout DissectionOutput) {
        while let first = pending.first, pending.count > 1 || first.isResponseLost || mayLackRequests {
            _ = pending.popFirst()
            if !first.isDecided { output.losses.append(.unmatchedRequests) }
        }
    }
}
