// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What one point found in one window.
///
/// Packets, bytes and ICMP errors are counted once for the connection, so those of all its
/// points are added up; all else is taken from the vantage point only.
struct FlowAccumulator: BitwiseCopyable {
    var window: Int64
    /// The next older accumulator of the same point, or -1.
    @SlotNumber var next: Int
    /// The slot of the round trips behind the first ones, or -1.
    @SlotNumber var furtherRoundTrips: Int = -1

    // Directions are those of the point. These are summed over points:
    var packets = Pair<UInt32>(0, 0)
    var bytes = Pair<UInt64>(0, 0)
    var icmpErrors: UInt32 = 0
    /// Directions whose sender has been looked at for being local.
    var isLocalityNoted = Pair<Bool>(false, false)

    // These are of the vantage point:
    var retransmitted = Pair<UInt32>(0, 0)
    var outOfOrder = Pair<UInt32>(0, 0)
    var zeroWindow = Pair<UInt32>(0, 0)
    /// The first round trips, in nanoseconds; most connections have no more in a window.
    private var firstRoundTrips = InlineArray<2, UInt32>(repeating: 0)
    private var roundTripCount: UInt8 = 0
    // A connection has one attempt and one end, so small counts suffice.
    var established: UInt8 = 0
    var refused: UInt8 = 0
    var unanswered: UInt8 = 0
    var unreachable: UInt8 = 0
    var answeredLate: UInt8 = 0
    var reset: UInt8 = 0
    var closed: UInt8 = 0
    var pendingChange: Int8 = 0
    var openChange: Int8 = 0
    var connectNanoseconds: Int64 = -1
    var initialRttNanoseconds: Int64 = -1

    init(window: Int64, next: Int) {
        self.window = window
        self.next = next
    }

    /// Something of its beginning and of its end.
    @inline(__always)
    var glance: UInt32 { UInt32(truncatingIfNeeded: window ^ initialRttNanoseconds) }

    /// Keeps a round trip; `false` where there is no room for it.
    mutating func keep(roundTrip nanoseconds: Int64) -> Bool {
        guard Int(roundTripCount) < firstRoundTrips.count, let short = UInt32(exactly: nanoseconds)
        else { return false }
        firstRoundTrips[Int(roundTripCount)] = short
        roundTripCount += 1
        return true
    }

    /// Records the times it kept.
    func recordTimes(in metrics: inout EdgeMetrics) {
        metrics.record(
            connect: connectNanoseconds,
            initialRtt: initialRttNanoseconds,
            roundTrips: firstRoundTrips.span.extracting(first: Int(roundTripCount))
        )
    }
}
