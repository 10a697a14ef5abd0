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
    private var state: State

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
        let dissectors = DissectorSet(
            transport: transport,
            ports: (originatorPort, responderPort),
            patience: patience,
            context: FlowContext(
                shared: shared,
                originatorAddress: originatorAddress,
                responderAddress: responderAddress
            )
        )
        state = State(dissectors, shared: shared)
    }

    /// Follows what was set up elsewhere.
    init(_ dissectors: consuming DissectorSet, shared: SharedDissectionState) {
        state = State(dissectors, shared: shared)
    }

    /// Goes on from what was kept.
    init(_ rest: StreamRest, patience: Patience, shared: SharedDissectionState) {
        state = State(rest, patience: patience, shared: shared)
    }

    /// What there is to keep of it between two messages; `nil` where there is more.
    var rest: StreamRest? { state.rest }

    /// When its last packet came.
    var lastTime: Timestamp { state.lastTime }

    deinit {
        state.shared.heldOctets -= state.heldBytes
    }

    /// The side a dissector found to be the client; `nil` while none has decided.
    package var clientDirection: FlowDirection? { state.dissectors.client }

    /// Requests without an outcome, by protocol: a gauge.
    package var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64)? {
        state.dissectors.inFlight
    }

    /// The instant at which `advance` will next yield something; `nil` where only packets can.
    package var deadline: Timestamp? { state.dissectors.deadline }

    /// Whether nothing will ever come of this flow, so that it need not be fed.
    package var isOpaque: Bool { state.isOpaque }

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
        state.segment(
            direction,
            sequence: sequence,
            acknowledgment: acknowledgment,
            flags: flags,
            payload: payload,
            payloadLength: payloadLength,
            at: time,
            into: &output
        )
    }

    /// Offers one UDP datagram.
    package func datagram(
        _ direction: FlowDirection,
        payload: RawSpan,
        payloadLength: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        state.datagram(direction, payload: payload, payloadLength: payloadLength, at: time, into: &output)
    }

    /// Tells that packet time has reached an instant, so that patience can end.
    package func advance(to time: Timestamp, into output: inout DissectionOutput) {
        state.advance(to: time, into: &output)
    }

    /// Tells that input has ended: yields what was only held back.
    ///
    /// What waits for a response stays in flight.
    package func endOfInput(into output: inout DissectionOutput) {
        state.endOfInput(into: &output)
    }

    /// Tells that the flow is over for another reason than its own FIN or RST (idle, evicted,
    /// its four-tuple reused): what is undecided ends as `serverClosed` or `timedOut`.
    package func close(at time: Timestamp, into output: inout DissectionOutput) {
        state.close(at: time, into: &output)
    }
}
