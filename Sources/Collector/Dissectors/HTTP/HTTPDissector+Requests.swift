// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension HTTPDissector {
    /// A request line is complete: the request has started and will have an outcome.
    mutating func startRequest(
        _ direction: FlowDirection,
        _ line: HTTPStartLine,
        shared: SharedDissectionState,
        into output: inout DissectionOutput
    ) {
        guard case .request(let method, let target) = line else { return }
        let bytes = inspect(direction, { $0.partial })
        let text = bytes.octetSpan
        guard let slot = shared.requests.slot(line: text, method: method, target: target) else { return }
        // The fields tell whether it is a call: then its start is told with them.
        guard shared.requests.line(slot).call.isEmpty else {
            self[direction].announcedStartLine = false
            return
        }
        let start = inspect(direction, { $0.messageStart })
        enqueue(PendingRequest(start: start, line: shared.requests.line(slot)), into: &output)
    }

    mutating func requestHead(
        _ head: HTTPHead,
        _ fields: [HeaderField]?,
        _ direction: FlowDirection,
        at time: Timestamp,
        shared: SharedDissectionState,
        into output: inout DissectionOutput
    ) {
        if !inspect(direction, { $0.announcedStartLine }) {
            let start = inspect(direction, { $0.messageStart })
            var request = PendingRequest(start: start, line: shared.requests.line(head.lineSlot))
            request.isCall = head.content.isGRPC && !request.line.call.isEmpty
            enqueue(request, into: &output)
            guard !isFinished else { return }
        }
        if !requestIsDetached, !pending.isEmpty {
            pending[pending.count - 1].host = shared.requests.host(head.hostSlot)
            if fields != nil, pending.count <= HeaderLimits.waiting {
                pending[pending.count - 1].fields = fields
            }
        }
        // RFC 9112 section 6.3: a request without a length has no body.
        switch head.framing {
        case .chunked: self[direction].beginBody(.chunkSize)
        case .length(let length) where length > 0 && !shared.requests.line(head.lineSlot).isCONNECT:
            self[direction].beginBody(.fixedBody(remaining: length))
        case .undelimited: self[direction].beginBody(.bodyUntilClose)
        default:
            nextMessage(direction)
            requestEnd(at: time, bytes: inspect(direction, { $0.messageBytes }))
        }
    }

    /// The last byte of the last request was seen.
    ///
    /// - Parameters:
    ///   - time: When.
    ///   - bytes: Its head and body; `nil` where its end is a guess.
    mutating func requestEnd(at time: Timestamp, bytes: UInt64?) {
        if requestIsDetached {
            requestIsDetached = false
        } else if !pending.isEmpty, pending[pending.count - 1].end == nil {
            pending[pending.count - 1].end = time
            pending[pending.count - 1].bytes = bytes
        }
    }

    /// Expects the next head after a message without a body.
    mutating func nextMessage(_ direction: FlowDirection) {
        // The head ended where scanning stopped; what follows is the next message.
        self[direction].beginHeadAfterHead()
    }

    /// A client that asked to continue and was refused may send its next request instead of
    /// the body (RFC 9110 section 10.1.1).
    mutating func restartAfterRefusedExpectation(_ bytes: RawSpan) {
        guard requestIsDetached else { return }
        let stream = self[client]
        guard stream.bodyBytes == 0, case .fixedBody = stream.phase else { return }
        var end = 0
        while end < bytes.byteCount, bytes.octet(at: end) != 0x0A { end += 1 }
        guard end < bytes.byteCount, HTTPStartLine(bytes.clamped(0, end))?.isRequest == true else { return }
        requestIsDetached = false
        self[client].beginHead(at: 0)
    }

    private mutating func enqueue(_ request: consuming PendingRequest, into output: inout DissectionOutput) {
        if requestIsDetached { requestIsDetached = false }
        if pending.isFull { return abandon(at: request.start, into: &output) }
        if !pending.isEmpty {
            // While the responses are out of sync, a client that does not pipeline shows by
            // its next request that it has got the response before.
            if inspect(client.opposite, { $0.searchedBefore }), !isPipelined {
                dropPending(into: &output)
            } else if pending.undecided > 0 {
                isPipelined = true
            }
        }
        mayLackRequests = false
        output.started.append(.init(applicationProtocol: request.applicationProtocol, at: request.start))
        pending.append(request)
    }

    /// Requests whose responses can no longer be told apart have no outcome.
    mutating func dropPending(into output: inout DissectionOutput) {
        while let request = pending.popFirst() {
            if !request.isDecided { output.losses.append(.unmatchedRequests) }
        }
    }
}
