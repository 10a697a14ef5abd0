// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Follows one application protocol on one UDP flow, from its recognition on.
protocol DatagramDissector: SendableMetatype {
    static var applicationProtocol: ApplicationProtocol { get }

    /// Server ports on which the protocol is usually found; see `StreamDissector.ports`.
    static var ports: [UInt16] { get }

    /// Whether a datagram is of the protocol.
    static func probe(_ evidence: borrowing DatagramEvidence) -> Recognition

    init(_ setup: DissectorSetup)

    /// Requests without an outcome.
    var inFlight: Int { get }
    /// When `advance` will next yield something; `nil` where only datagrams can.
    var deadline: Timestamp? { get }
    /// Nothing more can be told.
    var isFinished: Bool { get }

    /// Takes a datagram, of which the end may not have been captured.
    mutating func datagram(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    )

    /// The flow is over.
    mutating func close(at time: Timestamp, into output: inout DissectionOutput)
    /// Ends the patience with requests that have waited too long.
    mutating func advance(to time: Timestamp, into output: inout DissectionOutput)
    /// Input has ended: yields what was only held back.
    mutating func settle(at time: Timestamp, into output: inout DissectionOutput)
}

/// A datagram dissector in a box.
protocol FollowedDatagrams: AnyObject {
    var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64) { get }
    var deadline: Timestamp? { get }
    var isFinished: Bool { get }

    func datagram(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    )
    func close(at time: Timestamp, into output: inout DissectionOutput)
    func advance(to time: Timestamp, into output: inout DissectionOutput)
    func settle(at time: Timestamp, into output: inout DissectionOutput)
}

/// The one box for all of them.
final class DatagramBox<Dissector: DatagramDissector>: FollowedDatagrams {
    private var dissector: Dissector

    init(_ dissector: Dissector) {
        self.dissector = dissector
    }

    var inFlight: (applicationProtocol: ApplicationProtocol, count: UInt64) {
        (Dissector.applicationProtocol, UInt64(clamping: dissector.inFlight))
    }
    var deadline: Timestamp? { dissector.deadline }
    var isFinished: Bool { dissector.isFinished }

    func datagram(
        _ direction: FlowDirection,
        _ bytes: RawSpan,
        isWhole: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        dissector.datagram(direction, bytes, isWhole: isWhole, at: time, into: &output)
    }

    func close(at time: Timestamp, into output: inout DissectionOutput) {
        dissector.close(at: time, into: &output)
    }

    func advance(to time: Timestamp, into output: inout DissectionOutput) {
        dissector.advance(to: time, into: &output)
    }

    func settle(at time: Timestamp, into output: inout DissectionOutput) {
        dissector.settle(at: time, into: &output)
    }
}
