// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension HTTP2Dissector {
    // MARK: - Requests

    /// The client sent a header section, which is in `head`.
    mutating func requestHead(
        _ section: Section,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        // Another one of the same stream is its trailers; those of the server's are none of a client.
        guard section.stream & 1 == 1, section.stream > newest else { return }
        newest = section.stream
        guard head.hasMethod || head.hasUnknown else { return }
        if streams.count >= HTTP2Limits.streams { streams.removeDecided() }
        guard streams.count < HTTP2Limits.streams else { return giveUp(into: &output) }
        let head = head
        let entry = context.shared.http2Operations.entry(method: head.method, path: head.path)
        var stream = HTTP2Stream(
            id: section.stream,
            start: section.start,
            applicationProtocol: .http2,
            operation: entry.operation
        )
        let isGRPC = isGRPC
        if isGRPC == true {
            stream.applicationProtocol = .grpc
            stream.operation = entry.method
            stream.isStreaming = entry.isStreamingCall
        } else {
            stream.isStreaming = entry.isStreaming
            if isGRPC == nil { stream.alternative = entry.method }
        }
        stream.isCONNECT = head.method.equals("CONNECT")
        stream.sent.isText = head.content == .grpcWebText
        stream.host = hostName()
        if streams.count < HeaderLimits.waiting { stream.fields = head.sampled?.found }
        if isGRPC != nil { tell(&stream, into: &output) }
        streams.append(stream)
    }

    /// Whether the request in `head` is a call of gRPC; `nil` where that cannot be told yet.
    private var isGRPC: Bool? {
        if let content = head.content { return content.isGRPC }
        if head.hasGRPCField { return true }
        // Calls are POST, and say their content type; it may be among what is not known.
        if !head.hasUnknown || head.hasMethod && !head.method.equals("POST") { return false }
        return carriesGRPC
    }

    /// The name in `head` by which the client called the server.
    private mutating func hostName() -> String? {
        let head = head
        guard head.hasAuthority else { return nil }
        if !head.authority.hasSameBytes(as: authority.octetSpan) {
            authority.removeAll(keepingCapacity: true)
            authority.append(copying: head.authority)
            host = HTTPHost.name(head.authority)
        }
        return host
    }

    /// Tells that a request has started.
    func tell(_ stream: inout HTTP2Stream, into output: inout DissectionOutput) {
        guard !stream.isTold else { return }
        stream.isTold = true
        stream.alternative = nil
        output.started.append(.init(applicationProtocol: stream.applicationProtocol, at: stream.start))
    }

    // MARK: - Responses

    /// The server sent a header section, which is in `head`.
    mutating func responseHead(
        _ section: Section,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        // Interim responses are no responses (RFC 9110 section 15.2).
        if (100..<200).contains(head.status) { return }
        guard let position = streams.find(section.stream), streams[position].start <= section.start else {
            let isResponse = head.status != 0 && section.stream & 1 == 1
            if isResponse { output.losses.append(.unmatchedResponses) }
            return
        }
        if let fields = head.sampled?.found, streams.count <= HeaderLimits.waiting {
            streams[position].keep(fields)
        }
        if head.hasUnknown { streams[position].hasUnknown = true }
        if let status = head.grpcStatus { streams[position].grpcStatus = status }
        // Trailers; or the head was lost, and they are all that is left of the response.
        if streams[position].responseStart != nil { return settleProtocol(position, into: &output) }
        if streams[position].isResponseLost, head.status == 0 { return }
        streams[position].responseStart = section.start
        streams[position].isResponseLost = false
        streams[position].status = head.status
        streams[position].content = head.content ?? .other
        streams[position].received.isText = head.content == .grpcWebText
        if head.content == .eventStream { streams[position].isStreaming = true }
        settleProtocol(position, into: &output)
        let isTunnel = streams[position].isCONNECT && (200..<300).contains(head.status)
        if isTunnel {
            if streams[position].end == nil { streams[position].end = streams[position].lastByte }
            responseEnded(position, at: time, now: time, into: &output)
        }
    }

    /// A response says what its request is, where that could not be told.
    private mutating func settleProtocol(_ position: Int, into output: inout DissectionOutput) {
        let isGRPC = head.content?.isGRPC == true || head.grpcStatus != nil || head.hasGRPCField
        if !streams[position].isTold {
            // What is not known of the head may be in the trailers.
            guard isGRPC || head.content != nil || !head.hasUnknown else { return }
            if isGRPC {
                streams[position].applicationProtocol = .grpc
                if let method = streams[position].alternative { streams[position].operation = method }
            }
            tell(&streams[position], into: &output)
        }
        if streams[position].applicationProtocol == .grpc {
            carriesGRPC = true
        } else if carriesGRPC == nil, head.content != nil {
            carriesGRPC = false
        }
    }

    /// The last byte of a response was seen, or lost.
    mutating func responseEnded(
        _ position: Int,
        at end: Timestamp?,
        now: Timestamp,
        into output: inout DissectionOutput
    ) {
        // Without its head there is no telling what it was.
        guard streams[position].responseStart != nil else { return drop(position, into: &output) }
        finish(position, responseEnd: end, at: now, into: &output)
    }

    // MARK: - Outcomes

    /// Ends a stream whose response has begun.
    ///
    /// - Parameters:
    ///   - position: Where it is.
    ///   - end: When the last byte of the response was seen; `nil` where it was cut.
    ///   - now: When it ended or was cut.
    ///   - override: What came of it, where the protocol's own status does not tell.
    ///   - isServerGone: The server ended the connection within it.
    ///   - output: Receives the transaction.
    mutating func finish(
        _ position: Int,
        responseEnd end: Timestamp?,
        at now: Timestamp,
        override: (Outcome, String?)? = nil,
        isServerGone: Bool = false,
        into output: inout DissectionOutput
    ) {
        var stream = streams.remove(position)
        guard !stream.isDecided else { return }
        tell(&stream, into: &output)
        if stream.grpcStatus == nil { stream.grpcStatus = stream.received.webStatus }
        let isWhole = end != nil
        let own = stream.verdict(isWhole: isWhole, isServerGone: isServerGone)
        let isOpen = stream.applicationProtocol == .grpc && stream.grpcStatus == nil
        let (outcome, status) = isOpen ? override ?? own : own
        var transaction = Transaction(
            applicationProtocol: stream.applicationProtocol,
            operation: stream.operation,
            outcome: outcome,
            status: status,
            requestStart: stream.start,
            requestEnd: stream.end ?? stream.lastByte,
            responseStart: stream.responseStart,
            responseEnd: end,
            endedAt: end ?? now
        )
        transaction.isIncomplete = !isWhole
        if let first = stream.responseStart {
            transaction.isEarlyResponse = stream.end.map { $0 > first } ?? true
        }
        transaction.isStreaming = stream.isStreaming
        transaction.requestBytes = stream.requestBytes
        transaction.responseBytes = stream.responseBytes
        transaction.serverName = stream.host
        transaction.fields = stream.fields
        output.finished.append(transaction)
        if outcome == .ok { nameServer(stream, into: &output) }
    }

    /// A host that answers for a name may be called by it, where nothing better is known.
    private mutating func nameServer(_ stream: HTTP2Stream, into output: inout DissectionOutput) {
        guard let host = stream.host, host != namedHost,
            let address = client == .fromOriginator ? context.responderAddress : context.originatorAddress
        else { return }
        namedHost = host
        output.names.append(.init(address: address, name: host, source: .httpHost))
    }

    /// Ends a stream without a response.
    mutating func fail(
        _ position: Int,
        _ cause: Outcome,
        status: String? = nil,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        var stream = streams.remove(position)
        guard !stream.isDecided else { return }
        tell(&stream, into: &output)
        output.finished.append(Self.unanswered(stream, cause, status: status, at: time))
    }

    static func unanswered(
        _ stream: HTTP2Stream,
        _ cause: Outcome,
        status: String?,
        at time: Timestamp
    ) -> Transaction {
        var transaction = Transaction(
            applicationProtocol: stream.applicationProtocol,
            operation: stream.operation,
            outcome: cause,
            status: status,
            requestStart: stream.start,
            requestEnd: stream.end ?? stream.lastByte,
            responseStart: nil,
            responseEnd: nil,
            endedAt: max(time, stream.start)
        )
        transaction.isStreaming = stream.isStreaming
        transaction.requestBytes = stream.requestBytes
        transaction.serverName = stream.host
        transaction.fields = stream.fields
        return transaction
    }

    /// Ends a stream of which there is no telling what came.
    mutating func drop(_ position: Int, into output: inout DissectionOutput) {
        var stream = streams.remove(position)
        guard !stream.isDecided else { return }
        tell(&stream, into: &output)
        output.losses.append(.unmatchedRequests)
    }
}
