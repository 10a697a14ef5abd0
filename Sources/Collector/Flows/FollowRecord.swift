// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// One thing that happened to the stream of a point, for whoever follows it.
///
/// A small plain value, so that it can wait in a ring; the payload lies elsewhere.
struct FollowRecord: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        /// An end of a point that is opened next: its address in the place of times, its port in
        /// that of the length.
        case end
        case openStream
        case openDatagrams
        case segment
        case datagram
        /// The flow is over for a reason of ours.
        case close
        /// Nobody wants to know any more.
        case release
        /// Packet time has come to an instant, for all points.
        case advance
        case endOfInput
        /// What was found so far is to be handed back.
        case report
        /// The same, and what is in flight.
        case reportWithGauges
        case stop
    }

    let kind: Kind
    var direction = FlowDirection.fromOriginator
    /// Of a segment; 1 for an end whose address is IPv6.
    var flags: UInt8 = 0
    /// Of the packet that the point is opened with: its place on its way.
    var rank: UInt8 = 0
    var point: Int32
    var serial: UInt32
    var sequence: UInt32 = 0
    var acknowledgment: UInt32 = 0
    var payloadLength: UInt32 = 0
    /// Where the payload lies, and how many bytes of it.
    var address: UInt = 0
    var byteCount: UInt32 = 0
    var time: Timestamp
    /// Packet time when it happened, which may be later.
    var now: Timestamp

    init(_ kind: Kind, point: Int = -1, serial: UInt32 = 0, at time: Timestamp, now: Timestamp) {
        self.kind = kind
        self.point = Int32(truncatingIfNeeded: point)
        self.serial = serial
        self.time = time
        self.now = now
    }

    /// An end of a point that is opened next.
    init(_ direction: FlowDirection, _ end: PointKey.End, point: Int) {
        self.init(
            .end,
            point: point,
            at: Timestamp(nanoseconds: Int64(bitPattern: end.address.high)),
            now: Timestamp(nanoseconds: Int64(bitPattern: end.address.low))
        )
        self.direction = direction
        flags = end.address.isV4 ? 0 : 1
        payloadLength = UInt32(end.port)
    }

    /// What the other initialiser was given.
    var end: PointKey.End {
        let address = IPAddress(
            version: flags == 0 ? .v4 : .v6,
            high: UInt64(bitPattern: time.nanoseconds),
            low: UInt64(bitPattern: now.nanoseconds)
        )
        return PointKey.End(address: address, port: UInt16(truncatingIfNeeded: payloadLength))
    }
}

/// What the engine must know of a stream as soon as it can be known.
struct FollowNotice: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        /// A dissector knows who asks.
        case client
        /// Nothing will ever come of it.
        case opaque
    }

    let kind: Kind
    let direction: FlowDirection
    let point: Int32
    let serial: UInt32
}

/// What was found in the streams of all points since the last time.
struct FollowBatch: Sendable {
    /// Up to where in the output things were found at a point.
    struct Mark {
        let point: Int32
        let serial: UInt32
        let now: Timestamp
        let counts: DissectionOutput.Counts
    }

    /// Requests without an outcome at a point.
    struct InFlight {
        let point: Int32
        let applicationProtocol: ApplicationProtocol
        let count: UInt64
    }

    var output = DissectionOutput()
    /// In the order things were found in.
    var marks: [Mark] = []
    /// In the order of points.
    var inFlight: [InFlight] = []
}
