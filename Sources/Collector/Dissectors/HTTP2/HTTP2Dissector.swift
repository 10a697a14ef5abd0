// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Follows HTTP/2 (RFC 9113) and gRPC over it on one TCP connection.
///
/// Streams say which response answers which request, so each has its own four instants however many
/// there are at once. Header tables are followed from where they were seen; what cannot be decoded
/// of a connection that had begun before is `{unknown}`.
struct HTTP2Dissector: StreamDissector {
    static let applicationProtocol = ApplicationProtocol.http2
    static let ports: [UInt16] = [50_051]

    /// One direction of the connection.
    struct Sender {
        var reader: HTTP2FrameReader
        var decoder: HPACKDecoder
        /// A header section of which not all frames have come.
        var section: Section?
        var block: [UInt8] = []
        /// The stream that ends with the frame at hand.
        var ending: UInt32 = 0
        var sawFrame = false
        var sawPreface = false
    }

    struct Section {
        let stream: UInt32
        let start: Timestamp
        let endsStream: Bool
        let isPush: Bool
    }

    let client: FlowDirection
    let patience: Int64
    let context: FlowContext
    var requests: Sender
    var responses: Sender
    var streams = HTTP2Streams()
    var head = HTTP2Head()
    /// The newest stream of the client.
    var newest: UInt32 = 0
    /// Requests of the connection are known to be calls of gRPC, or not to be.
    var carriesGRPC: Bool?
    var authority: [UInt8] = []
    var host: String?
    var namedHost: String?
    var clientClosed = false
    var isFinished = false

    init(_ setup: DissectorSetup) {
        client = setup.client
        patience = setup.patience.otherNanoseconds
        context = setup.context
        let headers = setup.context.shared.headers
        requests = Sender(
            reader: HTTP2FrameReader(isAligned: setup.isAligned[setup.client]),
            decoder: HPACKDecoder(headers: headers)
        )
        responses = Sender(
            reader: HTTP2FrameReader(isAligned: setup.isAligned[setup.client.opposite]),
            decoder: HPACKDecoder(headers: headers)
        )
    }

    /// What a connection that began as HTTP/1.1 goes on as: its request is the first stream
    /// (RFC 7540 section 3.2).
    init(_ setup: DissectorSetup, upgradedFrom request: PendingRequest) {
        self.init(setup)
        responses.decoder.start()
        newest = 1
        host = request.host
        var stream = HTTP2Stream(
            id: newest,
            start: request.start,
            applicationProtocol: .http2,
            operation: request.line.operation
        )
        stream.isStreaming = request.line.isStreaming
        stream.host = request.host
        stream.fields = request.fields
        stream.end = request.end
        streams.append(stream)
    }

    var inFlight: Int { streams.undecided }
    var inFlightProtocol: ApplicationProtocol { carriesGRPC == true ? .grpc : .http2 }

    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> Int {
        let side = side(of: direction)
        var offset = 0
        while !isFinished {
            switch step(side, bytes, &offset, at: time) {
            case .needsMore:
                let passed = side == .client ? requests.reader.passed : responses.reader.passed
                if passed > HTTP2Limits.resynchronization { giveUp(into: &output) }
                return bytes.byteCount
            case .preface:
                requests.sawPreface = true
                requests.decoder.start()
            case .frame: frameBegan(side, at: time, into: &output)
            case .payload(let range?):
                payload(side, bytes.clamped(range), isWhole: true, at: time, into: &output)
            case .payload(nil):
                let kept = side == .client ? requests.reader.buffer : responses.reader.buffer
                payload(side, kept.octetSpan, isWhole: true, at: time, into: &output)
            case .data(let range): data(side, bytes.clamped(range), at: time, into: &output)
            case .end: frameEnded(side, at: time, now: time, into: &output)
            case .lost: lostSync(side, at: time, into: &output)
            }
        }
        return offset
    }

    func side(of direction: FlowDirection) -> StreamSide { direction == client ? .client : .server }

    private mutating func step(
        _ side: StreamSide,
        _ bytes: RawSpan,
        _ offset: inout Int,
        at time: Timestamp
    ) -> HTTP2FrameReader.Step {
        switch side {
        case .client: requests.reader.next(bytes, from: &offset, at: time, streams: streams, newest: newest)
        case .server: responses.reader.next(bytes, from: &offset, at: time, streams: streams, newest: 0)
        }
    }

    mutating func missing(
        _ direction: FlowDirection,
        _ count: Int,
        at time: Timestamp,
        isTail: Bool,
        into output: inout DissectionOutput
    ) {
        guard !isFinished else { return }
        let side = side(of: direction)
        takeCutPayload(side, at: time, into: &output)
        guard !isFinished else { return }
        loseMessages(side)
        let skip = side == .client ? requests.reader.skip(count) : responses.reader.skip(count)
        switch skip {
        case .insideFrame: break
        case .endOfFrame: frameEnded(side, at: isTail ? time : nil, now: time, into: &output)
        case .lost: lostSync(side, at: time, into: &output)
        }
    }

    /// Takes a payload of which only a part will ever be seen.
    mutating func takeCutPayload(_ side: StreamSide, at time: Timestamp, into output: inout DissectionOutput)
    {
        let isCut = side == .client ? requests.reader.cutPayload() : responses.reader.cutPayload()
        guard isCut else { return }
        let kept = side == .client ? requests.reader.buffer : responses.reader.buffer
        payload(side, kept.octetSpan, isWhole: false, at: time, into: &output)
    }

    /// Messages of gRPC in the frame at hand can no longer be told apart.
    private mutating func loseMessages(_ side: StreamSide) {
        let frame = side == .client ? requests.reader.frame : responses.reader.frame
        guard frame.kind == .data, let position = streams.find(frame.stream) else { return }
        if side == .client { streams[position].sent.lose() } else { streams[position].received.lose() }
    }

    /// Bytes that cannot be framed were lost or made no sense.
    private mutating func lostSync(
        _ side: StreamSide,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        switch side {
        case .client:
            requests.decoder.forget()
            requests.section = nil
            requests.ending = 0
            for position in 0..<streams.count {
                streams[position].sent.lose()
                // Where the request ended is unknown; where its response begins will tell enough.
                if streams[position].end == nil { streams[position].end = streams[position].lastByte }
            }
        case .server:
            responses.decoder.forget()
            responses.section = nil
            responses.ending = 0
            for position in 0..<streams.count {
                streams[position].received.lose()
                streams[position].isResponseLost = true
            }
        }
    }

    /// Ends the dissection: an opaque stream is better than a wrong operation.
    mutating func giveUp(into output: inout DissectionOutput) {
        output.losses.append(.abandonedStreams)
        for id in streams.ordered { if let position = streams.find(id) { drop(position, into: &output) } }
        isFinished = true
    }
}
