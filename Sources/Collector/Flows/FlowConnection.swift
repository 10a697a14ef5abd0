// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// One connection (or datagram flow): all points that sight its packets, on all its legs.
struct FlowConnection: BitwiseCopyable {
    /// What a connection is waiting for; each has its own patience and its own list.
    ///
    /// A TCP connection only moves on, never back.
    enum Stage: UInt8, BitwiseCopyable, CaseIterable, Comparable {
        case attempting = 0
        case failed = 1
        /// TCP whose originator has sent once, or was never answered: a scan, a flood of SYNs that
        /// a server answers, segments out of nowhere.
        case unproven = 2
        case established = 3
        case closed = 4
        /// Datagrams one way.
        case datagrams = 5
        /// Datagrams both ways.
        case exchange = 6

        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }

        /// Whether nobody has answered so far as to make it a conversation.
        ///
        /// Anyone who can send packets can make any number of these.
        var isOneWay: Bool {
            switch self {
            case .attempting, .failed, .unproven, .datagrams: true
            case .established, .closed, .exchange: false
            }
        }

        /// How long a connection of this stage may be silent.
        var patienceNanoseconds: Int64 {
            switch self {
            // The verdict "unanswered" is 3 s after the last SYN.
            case .attempting: 3_000_000_000
            // Longer than the longest pause between SYNs (64 s on Linux), so that the next one
            // is not taken for another attempt.
            case .failed: 75_000_000_000
            case .unproven, .established: 600_000_000_000
            // Repeated FINs and late segments still belong to it, as in TIME-WAIT. When room is
            // needed these go first.
            case .closed: 120_000_000_000
            case .datagrams, .exchange: 60_000_000_000
            }
        }
    }

    let transport: TransportProtocol
    /// The first of its points, or -1 where the slot is free.
    @SlotNumber var firstPoint: Int = -1
    /// Order of creation.
    var serial: UInt32

    var stage: Stage
    /// When it was last heard of; in stage `attempting`, its last SYN.
    var lastActivity: Timestamp
    /// When it came to its place in the list of its stage.
    var placedAt: Timestamp
    @SlotNumber var previous: Int = -1
    @SlotNumber var next: Int = -1

    /// The client's side in the connection's own directions.
    var client: FlowDirection?
    var orientation = Orientation.undecided
    /// The point that times and judgements come from, once that is settled; else -1.
    @SlotNumber var vantage: Int = -1
    /// A packet was first sighted at one of its points.
    ///
    /// One with further sightings only, not yet joined, is an echo of another that is counted.
    var isCounted = false
    /// It was counted under the address that was dialled, in the first window it had packets in.
    var isDialledCounted = false
    /// It was counted as folded into an aggregate.
    var isFoldCounted = false
    /// Its four-tuple was taken by another connection.
    var hasEnded = false

    init(
        transport: TransportProtocol,
        serial: UInt32,
        stage: Stage,
        lastActivity: Timestamp
    ) {
        self.transport = transport
        self.serial = serial
        self.stage = stage
        self.lastActivity = lastActivity
        placedAt = lastActivity
    }

    /// The direction taken for the client's.
    var clientDirection: FlowDirection { client ?? .fromOriginator }
}
