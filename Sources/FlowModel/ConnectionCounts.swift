// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What became of connection attempts and connections in one window.
///
/// An attempt is one client initial sequence number, however many SYNs. It is counted in the
/// window of its verdict, so attempted = established + refused + unanswered + unreachable.
package struct ConnectionCounts: Equatable, Sendable {
    package var established: UInt64 = 0
    /// RST answered the SYN.
    package var refused: UInt64 = 0
    /// Nothing answered for 3 s after the last SYN.
    package var unanswered: UInt64 = 0
    /// ICMP quoted the SYN.
    package var unreachable: UInt64 = 0
    /// An answer that came after the verdict; it changes no window.
    package var answeredLate: UInt64 = 0
    /// Established connections ended by RST.
    package var reset: UInt64 = 0
    /// Established connections ended by FIN both ways.
    package var closed: UInt64 = 0
    /// ICMP errors that quoted an established connection or a datagram.
    package var icmpErrors: UInt64 = 0
    /// Gauge: connections open at the end of the window.
    package var open: UInt64 = 0
    /// Gauge: attempts without a verdict at the end of the window.
    package var pending: UInt64 = 0

    package init() {}

    package var attempted: UInt64 {
        established.addingSaturated(refused).addingSaturated(unanswered).addingSaturated(unreachable)
    }

    /// Attempts that came to nothing: the numerator of `failedConnectRate`.
    package var failed: UInt64 { refused.addingSaturated(unanswered).addingSaturated(unreachable) }

    /// Adds the counts and the gauges of another row of the same window.
    ///
    /// Rows of different windows must have their gauges cleared first: gauges are never summed
    /// over time.
    package mutating func merge(_ other: ConnectionCounts) {
        established.addSaturated(other.established)
        refused.addSaturated(other.refused)
        unanswered.addSaturated(other.unanswered)
        unreachable.addSaturated(other.unreachable)
        answeredLate.addSaturated(other.answeredLate)
        reset.addSaturated(other.reset)
        closed.addSaturated(other.closed)
        icmpErrors.addSaturated(other.icmpErrors)
        open.addSaturated(other.open)
        pending.addSaturated(other.pending)
    }

    package mutating func clearGauges() {
        open = 0
        pending = 0
    }
}
