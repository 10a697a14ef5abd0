// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Follows one application protocol on one TCP connection, from its recognition on.
///
/// A value that never reads a clock and never traps on what it is given. `DissectorSet` makes one
/// when `probe` recognizes its protocol, and feeds it the bytes of each direction in order.
protocol StreamDissector: SendableMetatype {
    static var applicationProtocol: ApplicationProtocol { get }

    /// Server ports on which the protocol is usually found: a hint for the order in which protocols
    /// are tried, and for how much evidence is enough.
    static var ports: [UInt16] { get }

    /// Whether these bytes are of the protocol.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition

    init(_ setup: DissectorSetup)

    /// What there is to keep of it between two messages; `nil` where it is not at rest, or has more
    /// to keep than that, as by default.
    var rest: DissectorRest? { get }
    /// Goes on from what was kept.
    init(_ setup: DissectorSetup, from rest: DissectorRest)

    /// What its requests count as; may differ from that of the type where protocols lie on one
    /// another.
    var inFlightProtocol: ApplicationProtocol { get }
    /// Requests without an outcome.
    var inFlight: Int { get }
    /// When `advance` will next yield something; `nil` where only bytes can.
    var deadline: Timestamp? { get }
    /// Nothing more can be told: given up, another protocol, or over.
    var isFinished: Bool { get }
    /// Once it has finished: what follows on the connection.
    var successor: Successor { get }

    /// Takes bytes of one direction, in order; each call begins with a segment.
    ///
    /// - Returns: How many bytes were of this protocol: all, unless it finished inside them.
    mutating func consume(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> Int

    /// Tells that bytes of a direction were not captured.
    ///
    /// - Parameters:
    ///   - direction: The side that sent them.
    ///   - count: How many.
    ///   - time: When they were captured in part, or when they were given up.
    ///   - isTail: They end a segment that was captured in part, so the time of their last one
    ///     is known.
    ///   - output: Receives what comes of it.
    mutating func missing(
        _ direction: FlowDirection,
        _ count: Int,
        at time: Timestamp,
        isTail: Bool,
        into output: inout DissectionOutput
    )

    /// A direction closed in order.
    mutating func end(_ direction: FlowDirection, at time: Timestamp, into output: inout DissectionOutput)
    /// One side reset the connection.
    mutating func reset(
        by direction: FlowDirection,
        at time: Timestamp,
        into output: inout DissectionOutput
    )
    /// The flow is over without a FIN or RST.
    mutating func close(at time: Timestamp, into output: inout DissectionOutput)
    /// Ends the patience with requests that have waited too long.
    mutating func advance(to time: Timestamp, into output: inout DissectionOutput)
    /// Input has ended: yields what was only held back.
    mutating func settle(at time: Timestamp, into output: inout DissectionOutput)
}

extension StreamDissector {
    var inFlightProtocol: ApplicationProtocol { Self.applicationProtocol }
    var successor: Successor { .none }
    var rest: DissectorRest? { nil }
    init(_ setup: DissectorSetup, from rest: DissectorRest) { self.init(setup) }
    mutating func settle(at time: Timestamp, into output: inout DissectionOutput) {}

    /// Takes bytes as `consume` does, and tells as well whether it finished.
    ///
    /// Asked from outside, where it is boxed, the dissector would be copied to answer.
    @inline(__always)
    mutating func take(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) -> (used: Int, isFinished: Bool) {
        let used = consume(direction, bytes, at: time, into: &output)
        return (used, isFinished)
    }
}

/// What follows on a connection when a dissector has finished with it.
enum Successor {
    /// Nothing of ours.
    case none
    /// Any protocol, from the first byte on that was not used: a tunnel, an agreed change.
    case probe
    /// A protocol that was agreed upon.
    case stream(any FollowedStream)
}

/// What a dissector is told when it is made.
struct DissectorSetup {
    /// Where nothing told it yet, the sender of the first bytes.
    let client: FlowDirection
    /// Directions whose first bytes begin a message; others may be in the middle of one.
    let isAligned: Pair<Bool>
    /// The connection was seen from its first byte, so that nothing was agreed upon before.
    let isFromStart: Bool
    /// What was spoken on the connection before it changed to this; `nil` if nothing of ours.
    let previous: ApplicationProtocol?
    let patience: Patience
    let context: FlowContext
}
