// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Recognizes DNS by its content and follows it on one flow, over UDP or TCP.
struct DNSFollower {
    private var dissector: DNSDissector
    private var originator = DNSStream()
    private var responder = DNSStream()
    /// On port 53 a sound header and question suffice; elsewhere the whole message must be sound.
    private let isExpected: Bool
    private var rejected = 0
    private var clientClosed = false
    private(set) var isConfirmed = false
    /// It is not DNS, or can no longer be followed.
    private(set) var isFinished = false

    /// The port of DNS itself.
    static let port: UInt16 = 53
    /// NetBIOS names, multicast DNS and LLMNR share the message format but are no
    /// transactions on one flow: questions go to a group, and anyone may answer.
    static let foreignPorts: Set<UInt16> = [137, 5_353, 5_355]

    init(patience: Int64, isExpected: Bool) {
        dissector = DNSDissector(patience: patience)
        self.isExpected = isExpected
    }

    var client: FlowDirection? { isConfirmed ? dissector.client : nil }
    var inFlight: Int { dissector.inFlight }
    var deadline: Timestamp? { dissector.deadline }

    /// Takes a datagram.
    mutating func datagram(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        context: FlowContext,
        into output: inout DissectionOutput
    ) {
        guard let message = DNSMessage(bytes, isWhole: isWhole),
            isConfirmed || isExpected || message.isStrictlyValid
        else {
            if !isConfirmed { reject(limit: DNSLimits.foreignDatagrams) }
            return
        }
        isConfirmed = true
        accept(message, direction, start: time, end: time, context, into: &output)
    }

    /// Takes bytes of a TCP direction, in order; each call begins with a segment.
    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        context: FlowContext,
        into output: inout DissectionOutput
    ) {
        if !isConfirmed, !stream(direction).isInsideMessage, !Self.isPlausibleStart(bytes) {
            return reject(limit: DNSLimits.segmentsSearched)
        }
        var offset = 0
        while offset < bytes.byteCount, !isFinished {
            let event: DNSStream.Event
            switch direction {
            case .fromOriginator: (offset, event) = originator.next(bytes, from: offset, at: time)
            case .fromResponder: (offset, event) = responder.next(bytes, from: offset, at: time)
            }
            guard take(event, direction, at: time, context: context, into: &output) else { return }
        }
        if !isConfirmed, !stream(direction).isPlausible { refuse(direction) }
    }

    /// Tells that bytes of a TCP direction were not captured.
    mutating func missing(
        _ direction: FlowDirection,
        _ count: Int,
        at time: Timestamp,
        context: FlowContext,
        into output: inout DissectionOutput
    ) {
        guard isConfirmed else { return refuse(direction) }
        let event: DNSStream.Event?
        switch direction {
        case .fromOriginator: event = originator.skip(count)
        case .fromResponder: event = responder.skip(count)
        }
        guard let event else { return abandon(at: time, into: &output) }
        _ = take(event, direction, at: time, context: context, into: &output)
    }

    /// A direction closed in order, or one side reset the connection.
    mutating func end(
        _ direction: FlowDirection,
        isReset: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard isConfirmed else { return }
        if direction == client {
            clientClosed = true
            if !isReset { return }
        }
        dissector.drop(clientClosed ? .clientGaveUp : .serverClosed, at: time, into: &output)
    }

    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {
        dissector.advance(to: time, into: &output)
    }

    mutating func settle(at time: Timestamp, into output: inout DissectionOutput) {
        dissector.settle(at: time, isFinal: true, into: &output)
    }

    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        dissector.drop(clientClosed ? .clientGaveUp : .timedOut, at: time, into: &output)
        dissector.settle(at: time, isFinal: true, into: &output)
        isFinished = true
    }

    /// Handles what a stream found; `false` where the rest of the bytes is of no use.
    private mutating func take(
        _ event: DNSStream.Event,
        _ direction: FlowDirection,
        at time: Timestamp,
        context: FlowContext,
        into output: inout DissectionOutput
    ) -> Bool {
        switch event {
        case .needsMore:
            return true
        case .message(let message, let start):
            if !isConfirmed {
                guard isExpected || message.isStrictlyValid else {
                    refuse(direction)
                    return false
                }
                isConfirmed = true
            }
            accept(message, direction, start: start, end: time, context, into: &output)
            return true
        case .unreadable:
            if isConfirmed { abandon(at: time, into: &output) } else { refuse(direction) }
            return false
        }
    }

    private mutating func accept(
        _ message: DNSMessage,
        _ direction: FlowDirection,
        start: Timestamp,
        end: Timestamp,
        _ context: FlowContext,
        into output: inout DissectionOutput
    ) {
        let asks = message.isResponse ? direction.opposite : direction
        dissector.accept(
            message,
            direction,
            start: start,
            end: end,
            clientAddress: context.address(asks),
            shared: context.shared,
            into: &output
        )
    }

    private mutating func abandon(at time: Timestamp, into output: inout DissectionOutput) {
        output.losses.append(.abandonedStreams)
        dissector.forget(into: &output)
        dissector.settle(at: time, isFinal: true, into: &output)
        isFinished = true
    }

    /// The bytes of a direction were no DNS; its next segment may be.
    private mutating func refuse(_ direction: FlowDirection) {
        switch direction {
        case .fromOriginator: originator.reset()
        case .fromResponder: responder.reset()
        }
        reject(limit: DNSLimits.segmentsSearched)
    }

    private mutating func reject(limit: Int) {
        rejected += 1
        if rejected >= limit { isFinished = true }
    }

    private func stream(_ direction: FlowDirection) -> DNSStream {
        direction == .fromOriginator ? originator : responder
    }

    /// A length prefix and a header that can be, as far as they are there.
    private static func isPlausibleStart(_ bytes: RawSpan) -> Bool {
        let limit = DNSLimits.unconfirmedMessage
        guard bytes.byteCount >= 2 else { return Int(bytes.octet(at: 0)) << 8 <= limit }
        let length = Int(bytes.octetPair(at: 0))
        guard length > DNSMessage.headerLength, length <= limit else { return false }
        return bytes.byteCount < DNSMessage.headerLength + 2 || DNSMessage.isPlausibleHeader(bytes, at: 2)
    }
}
