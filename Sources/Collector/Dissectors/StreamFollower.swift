// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// How long a request may wait for its response before it counts as timed out.
package struct Patience: Sendable {
    package var dnsNanoseconds: Int64 = 5_000_000_000
    package var otherNanoseconds: Int64 = 60_000_000_000

    package init() {}
}

/// Follows the application protocol of one flow at one vantage point: puts TCP segments in
/// order, finds out which protocol they carry, and yields transactions.
///
/// The flow engine owns one per flow that it dissects and feeds it first sightings of packets
/// at that point, in the order of the capture. It never reads a clock.
///
/// Transactions may come late: a failed DNS answer waits up to a second for the next step of
/// its search list, patience ends when `advance` says so, and a hole in a stream delays what
/// follows it. `endedAt` is always the true instant, and `deadline` says when `advance` will
/// have something to say.
package final class StreamFollower {
    private var fromOriginator = StreamReassembler()
    private var fromResponder = StreamReassembler()
    private var dissectors: DissectorSet
    private let shared: SharedDissectionState
    private var lastTime = Timestamp(nanoseconds: 0)

    /// - Parameters:
    ///   - transport: TCP or UDP; others are never dissected.
    ///   - originatorPort: A hint for the order in which protocols are tried, no more.
    ///   - responderPort: As `originatorPort`.
    ///   - patience: How long requests may wait.
    ///   - originatorAddress: Whose lookups those of this flow belong to, if it asks.
    ///   - responderAddress: What a Host field may name, if it answers.
    ///   - shared: What the followers of one engine have in common.
    package init(
        transport: TransportProtocol,
        originatorPort: UInt16,
        responderPort: UInt16,
        patience: Patience,
        originatorAddress: IPAddress? = nil,
        responderAddress: IPAddress? = nil,
        shared: SharedDissectionState = SharedDissectionState()
    ) {
        self.shared = shared
        dissectors = DissectorSet(
            transport: transport,
            ports: (originatorPort, responderPort),
            patience: patience,
            context: FlowContext(
                shared: shared,
                originatorAddress: originatorAddress,
                responderAddress: responderAddress
            )
        )
    }

    deinit {
        shared.heldOctets -= fromOriginator.heldBytes + fromResponder.heldBytes
    }

    /// The side a dissector found to be the client; `nil` while none has decided.
    package var clientDirection: FlowDirection? { dissectors.client }

    /// Requests without an outcome, by protocol: a gauge.
    package var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64)? { dissectors.inFlight }

    /// The instant at which `advance` will next yield something; `nil` where only packets can.
    package var deadline: Timestamp? { dissectors.deadline }

    /// Whether nothing will ever come of this flow, so that it need not be fed.
    package var isOpaque: Bool { dissectors.recognition == .opaque }

    /// Offers one TCP segment, retransmissions and reordered ones included.
    ///
    /// - Parameters:
    ///   - direction: The side that sent it.
    ///   - sequence: Its sequence number.
    ///   - acknowledgment: Its acknowledgment number; without it, holes are found later.
    ///   - flags: Its flags.
    ///   - payload: The captured payload; may be shorter than `payloadLength`, or empty.
    ///   - payloadLength: Payload bytes on the wire.
    ///   - time: When it was captured.
    ///   - output: Receives what comes of it.
    package func segment(
        _ direction: FlowDirection,
        sequence: UInt32,
        acknowledgment: UInt32? = nil,
        flags: TCPFlags,
        payload: RawSpan,
        payloadLength: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard !isOpaque else { return }
        lastTime = max(lastTime, time)
        let length = min(max(payloadLength, payload.byteCount), ReassemblyLimits.segment)
        if let acknowledgment, flags.contains(.ack), !flags.contains(.rst) {
            acknowledge(direction.opposite, acknowledgment, hasData: length > 0, at: time, into: &output)
        }
        if flags.contains(.rst) {
            drain(.fromOriginator, at: time, isLast: true, into: &output)
            drain(.fromResponder, at: time, isLast: true, into: &output)
            dissectors.reset(by: direction, at: time, into: &output)
            return releaseIfOpaque()
        }
        var start = sequence
        if flags.contains(.syn) {
            withReassembler(direction) { $0.start(synSequence: sequence) }
            start = sequence &+ 1
        }
        if length > 0 {
            place(direction, start, payload.clamped(0, length), length: length, at: time, into: &output)
        }
        if flags.contains(.fin) {
            let end = start &+ UInt32(truncatingIfNeeded: length)
            withReassembler(direction) { $0.end(at: end) }
        }
        drain(direction, at: time, into: &output)
        releaseIfOpaque()
    }

    /// Offers one UDP datagram.
    package func datagram(
        _ direction: FlowDirection,
        payload: RawSpan,
        payloadLength: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard !isOpaque else { return }
        lastTime = max(lastTime, time)
        let isWhole = payload.byteCount >= payloadLength
        dissectors.datagram(direction, payload, isWhole: isWhole, at: time, into: &output)
    }

    /// Tells that packet time has reached an instant, so that patience can end.
    package func advance(to time: Timestamp, into output: inout DissectionOutput) {
        guard !isOpaque else { return }
        dissectors.advance(to: time, into: &output)
    }

    /// Tells that input has ended: yields what was only held back.
    ///
    /// What waits for a response stays in flight.
    package func endOfInput(into output: inout DissectionOutput) {
        guard !isOpaque else { return }
        drain(.fromOriginator, at: lastTime, isLast: true, into: &output)
        drain(.fromResponder, at: lastTime, isLast: true, into: &output)
        dissectors.settle(at: lastTime, into: &output)
        releaseIfOpaque()
    }

    /// Tells that the flow is over for another reason than its own FIN or RST (idle, evicted,
    /// its four-tuple reused): what is undecided ends as `serverClosed` or `timedOut`.
    package func close(at time: Timestamp, into output: inout DissectionOutput) {
        guard !isOpaque else { return }
        drain(.fromOriginator, at: time, isLast: true, into: &output)
        drain(.fromResponder, at: time, isLast: true, into: &output)
        dissectors.close(at: time, into: &output)
        releaseIfOpaque()
    }

    private func acknowledge(
        _ direction: FlowDirection,
        _ acknowledgment: UInt32,
        hasData: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        withReassembler(direction) { $0.acknowledge(acknowledgment) }
        drain(direction, at: time, isAcknowledgmentFinal: hasData, into: &output)
    }

    private func place(
        _ direction: FlowDirection,
        _ sequence: UInt32,
        _ captured: RawSpan,
        length: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let placement =
            switch direction {
            case .fromOriginator: fromOriginator.place(sequence: sequence, length: length, at: time)
            case .fromResponder: fromResponder.place(sequence: sequence, length: length, at: time)
            }
        switch placement {
        case .old: break
        case .inOrder(let skip):
            deliver(direction, captured, length: length, skip: skip, at: time, into: &output)
        case .ahead:
            guard shared.heldOctets + captured.byteCount <= ReassemblyLimits.bytesOfAllFlows else {
                output.losses.append(.reassemblyOverflow)
                return
            }
            let segment = HeldSegment(sequence: sequence, length: length, bytes: captured.octets, time: time)
            withReassembler(direction) { $0.hold(segment) }
        }
    }

    /// Delivers what has come in order.
    private func drain(
        _ direction: FlowDirection,
        at time: Timestamp,
        isAcknowledgmentFinal: Bool = false,
        isLast: Bool = false,
        into output: inout DissectionOutput
    ) {
        while !isOpaque {
            let step =
                switch direction {
                case .fromOriginator:
                    fromOriginator.next(
                        at: time,
                        isAcknowledgmentFinal: isAcknowledgmentFinal,
                        isLast: isLast
                    )
                case .fromResponder:
                    fromResponder.next(at: time, isAcknowledgmentFinal: isAcknowledgmentFinal, isLast: isLast)
                }
            switch step {
            case .wait: return
            case .deliver(let segment, let skip, let instant):
                shared.heldOctets -= segment.bytes.count
                let span = segment.bytes.octetSpan
                deliver(direction, span, length: segment.length, skip: skip, at: instant, into: &output)
            case .missing(let count, let instant):
                dissectors.missing(direction, count, at: instant, isTail: false, into: &output)
            case .end:
                dissectors.end(direction, at: time, into: &output)
            }
        }
    }

    private func deliver(
        _ direction: FlowDirection,
        _ captured: RawSpan,
        length: Int,
        skip: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let fresh = captured.clamped(skip, captured.byteCount)
        if !fresh.isEmpty {
            let isFromStart = fromOriginator.beganWithSYN || fromResponder.beganWithSYN
            dissectors.consume(direction, fresh, at: time, isFromStart: isFromStart, into: &output)
        }
        let missing = length - max(skip, captured.byteCount)
        if missing > 0, !isOpaque {
            dissectors.missing(direction, missing, at: time, isTail: true, into: &output)
        }
    }

    private func withReassembler(_ direction: FlowDirection, _ body: (inout StreamReassembler) -> Void) {
        let before = fromOriginator.heldBytes + fromResponder.heldBytes
        switch direction {
        case .fromOriginator: body(&fromOriginator)
        case .fromResponder: body(&fromResponder)
        }
        shared.heldOctets += fromOriginator.heldBytes + fromResponder.heldBytes - before
    }

    /// An opaque stream holds nothing.
    private func releaseIfOpaque() {
        guard isOpaque else { return }
        shared.heldOctets -= fromOriginator.heldBytes + fromResponder.heldBytes
        fromOriginator = StreamReassembler()
        fromResponder = StreamReassembler()
    }
}
