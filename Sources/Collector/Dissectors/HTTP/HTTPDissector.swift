// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Follows HTTP/1.x (RFC 9112) on one TCP connection and pairs requests with responses.
///
/// Responses come in the order of their requests, so a queue pairs them. Whatever could make
/// the queue slip (a gap in pipelined responses, a line that is too long) ends the dissection
/// instead: an opaque stream is better than a wrong pair.
struct HTTPDissector: StreamDissector {
    static let applicationProtocol = ApplicationProtocol.http
    static let ports: [UInt16] = [80, 8_080]

    /// A response whose head is complete and whose body is not.
    struct ResponseInProgress {
        var start: Timestamp
        var status: UInt16
        var isEventStream: Bool
        var grpcStatus: UInt16?
        /// It answers no request that was seen.
        var isUnmatched: Bool
        /// It began before its request ended.
        var isEarly: Bool
        /// Header fields that were asked for.
        var fields: [HeaderField]?
    }

    let patience: Int64
    var originator: HTTPStream
    var responder: HTTPStream
    /// The side that sends requests.
    let client: FlowDirection
    var pending = PendingRequests()
    var response: ResponseInProgress?
    /// The body of the last request goes on after its response ended.
    var requestIsDetached = false
    /// A request was sent before the response to the one before it.
    var isPipelined = false
    /// Requests may have been lost after the last one in line.
    var mayLackRequests = false
    var clientClosed = false
    /// Nothing more can be told: a tunnel, another protocol, or given up.
    var isFinished = false
    /// The connection became a tunnel, which may carry anything.
    var isTunnel = false
    /// What both sides agreed to go on with.
    var upgrade: (to: HTTPUpgrade, request: PendingRequest)?
    let context: FlowContext
    var namedHost: String?

    init(_ setup: DissectorSetup) {
        patience = setup.patience.otherNanoseconds
        context = setup.context
        client = setup.client
        originator = HTTPStream(role: setup.client == .fromOriginator ? .requests : .responses)
        responder = HTTPStream(role: setup.client == .fromOriginator ? .responses : .requests)
    }

    init(_ setup: DissectorSetup, from rest: DissectorRest) {
        self.init(setup)
        originator.beginHead(at: 0)
        responder.beginHead(at: 0)
        isPipelined = rest.traits != 0
        namedHost = rest.serverName
    }

    var rest: DissectorRest? {
        guard pending.isEmpty, response == nil, upgrade == nil, !isFinished, !isTunnel, !clientClosed,
            !requestIsDetached, !mayLackRequests,
            inspect(.fromOriginator, { $0.isAtRest }), inspect(.fromResponder, { $0.isAtRest })
        else { return nil }
        return DissectorRest(client: client, traits: isPipelined ? 1 : 0, serverName: namedHost)
    }

    var successor: Successor {
        guard let upgrade else { return isTunnel ? .probe : .none }
        var patience = Patience()
        patience.otherNanoseconds = self.patience
        let setup = DissectorSetup(
            client: client,
            isAligned: Pair(true, true),
            isFromStart: true,
            previous: .http,
            patience: patience,
            context: context
        )
        switch upgrade.to {
        case .websocket: return .stream(DissectorBox(WebSocketDissector(setup)))
        case .http2:
            return .stream(DissectorBox(HTTP2Dissector(setup, upgradedFrom: upgrade.request)))
        case .other: return .none
        }
    }

    /// Requests without an outcome.
    var inFlight: Int { pending.undecided }
    var inFlightProtocol: ApplicationProtocol { pending.isEmpty ? .http : pending[0].applicationProtocol }

    /// Takes bytes of one direction, in order.
    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> Int {
        if direction == client { restartAfterRefusedExpectation(bytes) }
        let shared = context.shared
        var offset = 0
        while offset < bytes.byteCount, !isFinished {
            if let head = self[direction].wholeHead(bytes, from: offset, at: time, &shared.requests) {
                var fields: [HeaderField]?
                if let headers = shared.headers {
                    fields = self.fields(of: head, headers, direction, bytes, from: offset)
                }
                offset = head.end
                self[direction].reach(offset)
                take(head, fields, direction, at: time, shared: shared, into: &output)
                continue
            }
            let event: HTTPStream.Event
            switch direction {
            case .fromOriginator:
                (offset, event) = originator.next(bytes, from: offset, at: time, &shared.requests)
                originator.reach(offset)
            case .fromResponder:
                (offset, event) = responder.next(bytes, from: offset, at: time, &shared.requests)
                responder.reach(offset)
            }
            switch event {
            case .needsMore: break
            case .startLine(let line):
                if line.isRequest { startRequest(direction, line, shared: shared, into: &output) }
            case .head(let head):
                var fields: [HeaderField]?
                if let headers = shared.headers {
                    fields = self.fields(of: head, headers, direction, bytes, from: nil)
                }
                take(head, fields, direction, at: time, shared: shared, into: &output)
            case .messageEnd:
                messageEnd(direction, at: time, into: &output)
            case .lostSync:
                lostSync(direction, at: time, into: &output)
            case .tooLong:
                abandon(at: time, into: &output)
            }
        }
        self[direction].pass(bytes.byteCount)
        if max(originator.skipped, responder.skipped) > HTTPLimits.resynchronization {
            abandon(at: time, into: &output)
        }
        return offset
    }

    /// The stream of a direction, changed in place: it is large and holds references.
    subscript(direction: FlowDirection) -> HTTPStream {
        get { direction == .fromOriginator ? originator : responder }
        // Always inline: else each access takes memory for its coroutine.
        @inline(__always)
        _modify { if direction == .fromOriginator { yield &originator } else { yield &responder } }
    }

    /// What a look at the stream of a direction tells, without a copy of it.
    @inline(__always)
    func inspect<Value>(_ direction: FlowDirection, _ look: (borrowing HTTPStream) -> Value) -> Value {
        switch direction {
        case .fromOriginator: look(originator)
        case .fromResponder: look(responder)
        }
    }

    private mutating func take(
        _ head: HTTPHead,
        _ fields: [HeaderField]?,
        _ direction: FlowDirection,
        at time: Timestamp,
        shared: SharedDissectionState,
        into output: inout DissectionOutput
    ) {
        if head.isRequest {
            requestHead(head, fields, direction, at: time, shared: shared, into: &output)
        } else {
            responseHead(head, fields, direction, at: time, into: &output)
        }
    }

    private mutating func messageEnd(
        _ direction: FlowDirection,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        if direction == client {
            requestEnd(at: time, bytes: inspect(direction, { $0.messageBytes }))
        } else {
            finishResponse(end: time, at: time, into: &output)
        }
    }

    /// Tells that bytes of a direction were not captured.
    ///
    /// - Parameters:
    ///   - direction: The side that sent them.
    ///   - count: How many.
    ///   - time: When they were captured in part, or when they were given up.
    ///   - isTail: They belong to a segment that was captured in part, so the time of their
    ///     last one is known.
    ///   - output: Receives what comes of it.
    mutating func missing(
        _ direction: FlowDirection,
        _ count: Int,
        at time: Timestamp,
        isTail: Bool,
        into output: inout DissectionOutput
    ) {
        guard !isFinished else { return }
        let result = self[direction].skip(count)
        self[direction].pass(count)
        if isTail, result != .lostSync { self[direction].lastByte = time }
        switch result {
        case .insideBody: break
        case .endOfMessage:
            if direction == client {
                requestEnd(at: time, bytes: inspect(direction, { $0.messageBytes }))
            } else {
                finishResponse(end: isTail ? time : nil, at: time, into: &output)
            }
        case .lostSync:
            lostSync(direction, at: time, into: &output)
        }
    }
}
