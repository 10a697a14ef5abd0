// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A flow at one sighting point: one four-tuple on one interface.
struct FlowPoint: BitwiseCopyable {
    let key: PointKey
    /// Unique among points; slots are used again, serials are not (but for wrapping at 2^31).
    let serial: UInt32

    @SlotNumber var connection: Int
    /// The next point of the same connection, or -1.
    @SlotNumber var nextPoint: Int = -1
    /// Another point with which it shares one sighting, which is not enough.
    @SlotNumber var candidate: Int = -1
    var candidateSerial: UInt32 = 0
    /// The newest of its accumulators, or -1.
    @SlotNumber var accumulator: Int = -1
    /// The tracker of its segments, or -1.
    @SlotNumber var tracker: Int = -1

    /// Packets of the connection first sighted here, by direction here.
    var firsts = Pair<UInt32>(0, 0)
    /// The client's initial sequence number: what makes an attempt.
    var clientInitialSequence: UInt32?
    /// The server's, known where its SYN/ACK was seen.
    var serverInitialSequence: UInt32?

    /// Whether the smaller end of the key sent the first packet seen here.
    let originatorIsLow: Bool
    /// Whether the originator here is the responder of the connection.
    var isFlipped = false
    /// Whether the table still finds it by its key.
    var isIndexed = true
    /// It is not the vantage point of its connection: it counts sightings and no more.
    var isPassive = false
    /// Its streams are followed, or were until lately.
    var isFollowed = false
    /// A follower said that nothing will ever come of the stream, or it was closed.
    var isOpaque = false
    /// Its connection is over, and kept until what was found in its streams is known.
    var isOver = false
    /// The least number of points that had seen a packet before this one, by direction; `.max`
    /// where none was seen.
    var rank = Pair<UInt8>(.max, .max)

    init(key: PointKey, originatorIsLow: Bool, serial: UInt32, connection: Int) {
        self.key = key
        self.originatorIsLow = originatorIsLow
        self.serial = serial
        self.connection = connection
    }

    @inline(__always)
    var originator: PointKey.End { originatorIsLow ? key.low : key.high }
    @inline(__always)
    var responder: PointKey.End { originatorIsLow ? key.high : key.low }

    /// Whether packets of both directions were seen here.
    @inline(__always)
    var seesBoth: Bool { rank.forward != .max && rank.backward != .max }

    /// Whether the originator went on after it was answered, or at least sent more than once.
    ///
    /// One that sends from addresses that are not its own never does.
    var isConversation: Bool { seesBoth && firsts.forward > 1 }

    /// The direction of a packet, from its sender.
    @inline(__always)
    func direction(from source: PointKey.End) -> FlowDirection {
        source == originator ? .fromOriginator : .fromResponder
    }

    /// A direction here as one of the connection, and the reverse.
    @inline(__always)
    func translate(_ direction: FlowDirection) -> FlowDirection {
        isFlipped ? direction.opposite : direction
    }

    /// Packets first sighted here, in a direction of the connection.
    @inline(__always)
    func firsts(_ direction: FlowDirection) -> UInt32 { firsts[translate(direction)] }

    /// The place of this point on the way of a direction of the connection, 0 for the first.
    @inline(__always)
    func rank(_ direction: FlowDirection) -> UInt8 { rank[translate(direction)] }

    /// The sender of a direction of the connection, under the addresses used here.
    @inline(__always)
    func end(sending direction: FlowDirection) -> PointKey.End {
        translate(direction) == .fromOriginator ? originator : responder
    }
}

/// One value for each direction.
struct Pair<Value: BitwiseCopyable>: BitwiseCopyable {
    /// From the originator.
    var forward: Value
    var backward: Value

    init(_ forward: Value, _ backward: Value) {
        self.forward = forward
        self.backward = backward
    }

    subscript(direction: FlowDirection) -> Value {
        @inline(__always)
        get { direction == .fromOriginator ? forward : backward }
        @inline(__always)
        set { if direction == .fromOriginator { forward = newValue } else { backward = newValue } }
    }
}
