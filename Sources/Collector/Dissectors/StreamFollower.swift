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
package final class StreamFollower {
    /// - Parameters:
    ///   - transport: TCP or UDP; others are never dissected.
    ///   - originatorPort: A hint for the order in which protocols are tried, no more.
    ///   - responderPort: As `originatorPort`.
    package init(
        transport: TransportProtocol,
        originatorPort: UInt16,
        responderPort: UInt16,
        patience: Patience
    ) {
    }

    /// The side a dissector found to be the client; `nil` while none has decided.
    package var clientDirection: FlowDirection? { nil }

    /// Requests without an outcome, by protocol: a gauge.
    package var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64)? { nil }

    /// Offers one TCP segment, retransmissions and reordered ones included.
    ///
    /// - Parameters:
    ///   - payload: The captured payload; may be shorter than `payloadLength`, or empty.
    ///   - payloadLength: Payload bytes on the wire.
    package func segment(
        _ direction: FlowDirection,
        sequence: UInt32,
        flags: TCPFlags,
        payload: RawSpan,
        payloadLength: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
    }

    /// Offers one UDP datagram.
    package func datagram(
        _ direction: FlowDirection,
        payload: RawSpan,
        payloadLength: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
    }

    /// Tells that packet time has reached an instant, so that patience can end.
    package func advance(to time: Timestamp, into output: inout DissectionOutput) {
    }

    /// Tells that the flow is over for another reason than its own FIN or RST (idle, evicted,
    /// its four-tuple reused): what is undecided ends as `serverClosed` or `timedOut`.
    package func close(at time: Timestamp, into output: inout DissectionOutput) {
    }
}
