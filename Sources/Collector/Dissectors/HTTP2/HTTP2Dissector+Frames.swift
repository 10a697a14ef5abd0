// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension HTTP2Dissector {
    /// The header of a frame is complete.
    mutating func frameBegan(_ side: StreamSide, at time: Timestamp, into output: inout DissectionOutput) {
        switch side {
        case .client:
            requests.sawFrame = true
            if requests.section != nil, requests.reader.frame.kind != .continuation { giveUp(into: &output) }
        case .server:
            let frame = responses.reader.frame
            // Both sides begin with their settings, and tables are empty then.
            if !responses.sawFrame, requests.sawPreface, frame.kind == .settings, !frame.isAcknowledgment {
                responses.decoder.start()
            }
            responses.sawFrame = true
            if responses.section != nil, frame.kind != .continuation { giveUp(into: &output) }
        }
    }

    /// A frame's payload was seen, as far as it was captured.
    mutating func payload(
        _ side: StreamSide,
        _ payload: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let frame = side == .client ? requests.reader.frame : responses.reader.frame
        switch frame.kind {
        case .headers, .pushPromise:
            let start = side == .client ? requests.reader.start : responses.reader.start
            let padding = frame.isPadded ? Int(payload.octet(at: 0)) : 0
            let front =
                (frame.isPadded ? 1 : 0) + (frame.hasPriority ? 5 : 0) + (frame.kind == .pushPromise ? 4 : 0)
            guard front + padding <= frame.length else { return giveUp(into: &output) }
            let fragment = payload.clamped(front, min(payload.byteCount, frame.length - padding))
            let section = Section(
                stream: frame.stream,
                start: start,
                endsStream: frame.endsStream,
                isPush: frame.kind == .pushPromise
            )
            if frame.endsHeaders || !isWhole {
                return decode(side, section, fragment, isWhole: isWhole, at: time, into: &output)
            }
            keep(side, section, fragment)
        case .continuation: continuation(side, frame, payload, isWhole: isWhole, at: time, into: &output)
        case .resetStream where isWhole:
            reset(frame.stream, code: Self.word(payload, at: 0), by: side, at: time, into: &output)
        case .goAway where payload.byteCount >= 8 && side == .server:
            goAway(
                after: Self.word(payload, at: 0) & 0x7FFF_FFFF,
                code: Self.word(payload, at: 4),
                at: time,
                into: &output
            )
        default: break
        }
    }

    private static func word(_ bytes: RawSpan, at offset: Int) -> UInt32 {
        UInt32(bytes.octetPair(at: offset)) << 16 | UInt32(bytes.octetPair(at: offset + 2))
    }

    private mutating func keep(_ side: StreamSide, _ section: Section, _ fragment: RawSpan) {
        switch side {
        case .client:
            requests.section = section
            requests.block.removeAll(keepingCapacity: true)
            requests.block.append(copying: fragment)
        case .server:
            responses.section = section
            responses.block.removeAll(keepingCapacity: true)
            responses.block.append(copying: fragment)
        }
    }

    private mutating func continuation(
        _ side: StreamSide,
        _ frame: HTTP2FrameHeader,
        _ payload: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let section = side == .client ? requests.section : responses.section
        guard let section else {
            // What it continues was lost, and what both add to the table.
            return side == .client ? requests.decoder.forget() : responses.decoder.forget()
        }
        let length = side == .client ? requests.block.count : responses.block.count
        guard section.stream == frame.stream, length + payload.byteCount <= HTTP2Limits.headerBlock else {
            return giveUp(into: &output)
        }
        var block: [UInt8] = []
        if side == .client {
            requests.block.append(copying: payload)
            guard frame.endsHeaders || !isWhole else { return }
            requests.section = nil
            swap(&block, &requests.block)
        } else {
            responses.block.append(copying: payload)
            guard frame.endsHeaders || !isWhole else { return }
            responses.section = nil
            swap(&block, &responses.block)
        }
        decode(side, section, block.octetSpan, isWhole: isWhole, at: time, into: &output)
        if side == .client { swap(&block, &requests.block) } else { swap(&block, &responses.block) }
    }

    /// A header section is complete.
    private mutating func decode(
        _ side: StreamSide,
        _ section: Section,
        _ block: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        head.reset()
        if context.shared.headers != nil {
            head.sampled = SampledFields(side == .client ? .request : .response)
        }
        let isSound =
            switch side {
            case .client: requests.decoder.decode(block, isWhole: isWhole, into: &head)
            case .server: responses.decoder.decode(block, isWhole: isWhole, into: &head)
            }
        guard isSound else { return giveUp(into: &output) }
        guard !section.isPush else { return }
        switch side {
        case .client:
            requestHead(section, at: time, into: &output)
            if section.endsStream { requests.ending = section.stream }
        case .server:
            responseHead(section, at: time, into: &output)
            if section.endsStream { responses.ending = section.stream }
        }
    }

    /// A piece of a body was seen.
    mutating func data(
        _ side: StreamSide,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let id = side == .client ? requests.reader.frame.stream : responses.reader.frame.stream
        guard let position = streams.find(id) else { return }
        if side == .client { streams[position].lastByte = time }
        guard streams[position].applicationProtocol == .grpc else { return }
        let before = side == .client ? streams[position].sent.count : streams[position].received.count
        if side == .client {
            streams[position].sent.take(bytes)
        } else {
            streams[position].received.take(bytes)
        }
        let after = side == .client ? streams[position].sent.count : streams[position].received.count
        guard after != before else { return }
        let direction = side == .client ? client : client.opposite
        if streams[position].isStreaming {
            output.messages.append(
                .init(applicationProtocol: .grpc, direction: direction, count: UInt64(after &- before))
            )
        } else if after > 1 {
            // Calls with one message each way are no streams; a second one shows that this is.
            streams[position].isStreaming = true
            let sent = streams[position].sent.count
            let received = streams[position].received.count
            if sent > 0 {
                output.messages.append(
                    .init(applicationProtocol: .grpc, direction: client, count: UInt64(sent))
                )
            }
            if received > 0 {
                output.messages.append(
                    .init(applicationProtocol: .grpc, direction: client.opposite, count: UInt64(received))
                )
            }
        }
    }

    /// A frame ended.
    ///
    /// - Parameters:
    ///   - side: Who sent it.
    ///   - end: When its last byte was seen; `nil` where that was lost.
    ///   - now: The time of what is at hand.
    ///   - output: Receives the transaction that ended with it.
    mutating func frameEnded(
        _ side: StreamSide,
        at end: Timestamp?,
        now: Timestamp,
        into output: inout DissectionOutput
    ) {
        let frame = side == .client ? requests.reader.frame : responses.reader.frame
        let isContent = frame.kind == .data || frame.kind == .headers || frame.kind == .continuation
        guard isContent else { return }
        let position = streams.find(frame.stream)
        if let position {
            if side == .client {
                if let end { streams[position].lastByte = end }
                streams[position].requestBytes &+= UInt64(frame.length)
            } else {
                streams[position].responseBytes &+= UInt64(frame.length)
            }
        }
        var isLast = frame.kind == .data && frame.endsStream
        if frame.kind != .data, frame.endsHeaders {
            if side == .client {
                isLast = requests.ending == frame.stream
                requests.ending = 0
            } else {
                isLast = responses.ending == frame.stream
                responses.ending = 0
            }
        }
        guard isLast, let position else { return }
        switch side {
        case .client: if streams[position].end == nil { streams[position].end = end ?? now }
        case .server: responseEnded(position, at: end, now: now, into: &output)
        }
    }
}
