// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// How the client of an edge was told from its server.
///
/// Once a handshake or a dissector has decided, a flow never flips.
package enum Orientation: UInt8, Sendable, BitwiseCopyable, Comparable {
    /// A SYN or SYN/ACK was seen.
    case observed = 0
    /// An application protocol said who asks.
    case dissected = 1
    /// Nothing decided: the originator stands in for the client, and readers may turn the
    /// edge around by inventory or well-known ports.
    case undecided = 2

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
