// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Follows DNS on one flow, over UDP or TCP.
struct DNSFollower: StreamDissector, DatagramDissector {
    static let applicationProtocol = ApplicationProtocol.dns
    static let ports: [UInt16] = [53]

    private var dissector: DNSDissector
    private var originator = DNSStream()
    private var responder = DNSStream()
    private let context: FlowContext
    private let client: FlowDirection
    private var clientClosed = false
    /// It can no longer be followed.
    private(set) var isFinished = false

    init(_ setup: DissectorSetup) {
        dissector = DNSDissector(patience: setup.patience.dnsNanoseconds)
        context = setup.context
        client = setup.client
    }

    var inFlight: Int { dissector.inFlight }
    var deadline: Timestamp? { dissector.deadline }

    mutating func datagram(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard let message = DNSMessage(bytes, isWhole: isWhole) else { return }
        accept(message, direction, start: time, end: time, into: &output)
    }

    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> Int {
        var offset = 0
        while offset < bytes.byteCount, !isFinished {
            let event: DNSStream.Event
            switch direction {
            case .fromOriginator: (offset, event) = originator.next(bytes, from: offset, at: time)
            case .fromResponder: (offset, event) = responder.next(bytes, from: offset, at: time)
            }
            take(event, direction, at: time, into: &output)
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
        let event: DNSStream.Event?
        switch direction {
        case .fromOriginator: event = originator.skip(count)
        case .fromResponder: event = responder.skip(count)
        }
        guard let event else { return abandon(at: time, into: &output) }
        take(event, direction, at: time, into: &output)
    }

    mutating func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput) {
        if direction == client {
            // Half-closed: the answer may still come.
            clientClosed = true
        } else {
            drop(at: time, into: &output)
        }
    }

    mutating func reset(by direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput)
    {
        if direction == client { clientClosed = true }
        drop(at: time, into: &output)
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

    private mutating func drop(at time: Timestamp, into output: inout DissectionOutput) {
        dissector.drop(clientClosed ? .clientGaveUp : .serverClosed, at: time, into: &output)
    }

    private mutating func take(
        _ event: DNSStream.Event,
        _ direction: FlowDirection,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        switch event {
        case .needsMore: break
        case .message(let message, let start):
            accept(message, direction, start: start, end: time, into: &output)
        case .unreadable: abandon(at: time, into: &output)
        }
    }

    private mutating func accept(
        _ message: DNSMessage,
        _ direction: FlowDirection,
        start: Timestamp,
        end: Timestamp,
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
}
