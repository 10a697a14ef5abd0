// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Follows a protocol of messages on one TCP connection.
struct FramedDissector<Format: FramedProtocol>: StreamDissector {
    static var applicationProtocol: ApplicationProtocol { Format.applicationProtocol }
    static var ports: [UInt16] { Format.ports }
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition { Format.probe(evidence) }

    private let client: FlowDirection
    private var format: Format
    private var ledger: CallLedger
    private var requests: MessageCutter
    private var responses: MessageCutter
    private var isGivenUp = false

    init(_ setup: DissectorSetup) {
        client = setup.client
        format = Format(setup)
        ledger = CallLedger(
            Format.applicationProtocol,
            isOrdered: Format.isOrdered,
            patience: setup.patience.otherNanoseconds
        )
        requests = MessageCutter(isAligned: setup.isAligned[setup.client])
        responses = MessageCutter(isAligned: setup.isAligned[setup.client.opposite])
    }

    init(_ setup: DissectorSetup, from rest: DissectorRest) {
        self.init(setup)
        ledger.isPipelined = rest.traits != 0
    }

    var rest: DissectorRest? {
        guard !isFinished, ledger.isAtRest, requests.isAtBoundary, responses.isAtBoundary, format.isAtRest
        else { return nil }
        return DissectorRest(client: client, traits: ledger.isPipelined ? 1 : 0)
    }

    var inFlight: Int { ledger.inFlight }
    var deadline: Timestamp? { isFinished ? nil : ledger.deadline }
    var isFinished: Bool { isGivenUp || format.isFinished }
    var successor: Successor { isGivenUp ? .none : format.successor }

    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> Int {
        let side = side(of: direction)
        var offset = 0
        while !isFinished {
            if isAtBoundary(side) {
                takeWhole(bytes, from: &offset, side, at: time, into: &output)
                guard !isFinished else { break }
            }
            switch step(bytes, from: &offset, at: time, side) {
            case .needsMore:
                if passed(side) > FramingLimits.resynchronization { giveUp(into: &output) }
                return bytes.byteCount
            case .head(let count, let start):
                take(bytes, count: count, from: start, side, at: time, into: &output)
            case .end:
                ledger.messageEnded(side, at: time, now: time, into: &output)
            case .lost:
                lostSync(side, at: time, into: &output)
            }
        }
        return offset
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
        takeCutHead(side, at: time, into: &output)
        guard !isFinished else { return }
        let skip =
            switch side {
            case .client: requests.skip(count)
            case .server: responses.skip(count)
            }
        switch skip {
        case .insideMessage: break
        case .endOfMessage:
            ledger.messageEnded(side, at: isTail ? time : nil, now: time, into: &output)
        case .lost: lostSync(side, at: time, into: &output)
        }
    }

    mutating func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        takeCutHead(side(of: direction), at: time, into: &output)
        ledger.end(side(of: direction), at: time, into: &output)
        if direction != client { isGivenUp = true }
    }

    mutating func reset(by direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput)
    {
        takeCutHead(.server, at: time, into: &output)
        ledger.reset(by: side(of: direction), at: time, into: &output)
        isGivenUp = true
    }

    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        takeCutHead(.server, at: time, into: &output)
        ledger.close(at: time, into: &output)
        isGivenUp = true
    }

    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {
        ledger.advance(to: time, into: &output)
    }

    /// Takes a head of which only a part will ever be seen.
    private mutating func takeCutHead(
        _ side: StreamSide,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard !isFinished else { return }
        let count = side == .client ? requests.cutHead() : responses.cutHead()
        if let count { take(RawSpan(), count: count, from: nil, side, at: time, into: &output) }
    }

    private func side(of direction: FlowDirection) -> StreamSide {
        direction == client ? .client : .server
    }

    private func passed(_ side: StreamSide) -> Int {
        side == .client ? requests.passed : responses.passed
    }

    private mutating func step(
        _ bytes: RawSpan,
        from offset: inout Int,
        at time: Timestamp,
        _ side: StreamSide
    ) -> MessageCutter.Step {
        switch side {
        case .client: requests.next(bytes, from: &offset, at: time, format: &format, side: side)
        case .server: responses.next(bytes, from: &offset, at: time, format: &format, side: side)
        }
    }

    private mutating func take(
        _ bytes: RawSpan,
        count: Int,
        from start: Int?,
        _ side: StreamSide,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let (length, began) =
            side == .client ? (requests.length, requests.start) : (responses.length, responses.start)
        let message = FramedMessage(length: length, start: began, now: time)
        if side == .client, missesResponses { ledger.missedResponses() }
        let isSound: Bool
        if let start {
            let head = bytes.clamped(start, start + count)
            isSound = format.message(head, message, from: side, ledger: &ledger, into: &output)
        } else {
            let kept = side == .client ? requests.buffer : responses.buffer
            let head = kept.octetSpan.clamped(0, count)
            isSound = format.message(head, message, from: side, ledger: &ledger, into: &output)
        }
        check(isSound, at: time, into: &output)
    }

    /// Takes messages that lie in the chunk as a whole, as most do, without a stop at their ends.
    @inline(__always)
    private mutating func takeWhole(
        _ bytes: RawSpan,
        from offset: inout Int,
        _ side: StreamSide,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let mayLackResponses = side == .client && missesResponses
        while offset < bytes.byteCount {
            let rest = bytes.clamped(offset, bytes.byteCount)
            if !mayLackResponses {
                let taken = format.takeAtOnce(rest, from: side, at: time, ledger: &ledger, into: &output)
                if taken > 0 {
                    check(true, at: time, into: &output)
                    guard !isFinished else { return }
                    offset += taken
                    continue
                }
            }
            guard case .message(let length, let wanted) = format.measure(rest, from: side),
                length > 0, length <= rest.byteCount
            else { return }
            let shown = min(wanted, length, Format.headLimit)
            let message = FramedMessage(length: length, start: time, now: time)
            let head = rest.clamped(0, shown)
            if mayLackResponses { ledger.missedResponses() }
            let isSound = format.message(head, message, from: side, ledger: &ledger, into: &output)
            offset += shown
            check(isSound, at: time, into: &output)
            guard !isFinished else { return }
            offset += length - shown
            ledger.messageEnded(side, at: time, now: time, into: &output)
        }
    }

    private func isAtBoundary(_ side: StreamSide) -> Bool {
        switch side {
        case .client: requests.isAtBoundary
        case .server: responses.isAtBoundary
        }
    }

    /// A server that is not in sync yet may have answered what was asked before.
    private var missesResponses: Bool { responses.isSearching && responses.passed > 0 }

    /// Draws the conclusions from a message that was shown.
    @inline(__always)
    private mutating func check(_ isSound: Bool, at time: Timestamp, into output: inout DissectionOutput) {
        if !isSound || ledger.isBroken { return giveUp(into: &output) }
        // What has become another protocol ends its last message here: nothing else will.
        if format.isFinished { becomeAnother(at: time, into: &output) }
    }

    private mutating func becomeAnother(at time: Timestamp, into output: inout DissectionOutput) {
        ledger.messageEnded(.client, at: time, now: time, into: &output)
        ledger.messageEnded(.server, at: time, now: time, into: &output)
        ledger.dropAll(into: &output)
    }

    private mutating func lostSync(
        _ side: StreamSide,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        ledger.lostSync(side, at: time, into: &output)
        format.lostSync(side)
        if ledger.isBroken { giveUp(into: &output) }
    }

    /// Ends the dissection: an opaque stream is better than a wrong pair.
    private mutating func giveUp(into output: inout DissectionOutput) {
        output.losses.append(.abandonedStreams)
        ledger.dropAll(into: &output)
        isGivenUp = true
    }
}
