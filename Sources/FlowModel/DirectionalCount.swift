// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A count each way of an edge: `sent` is client to server.
package struct DirectionalCount: Equatable, Sendable, BitwiseCopyable {
    package var sent: UInt64
    package var received: UInt64

    package init(sent: UInt64 = 0, received: UInt64 = 0) {
        self.sent = sent
        self.received = received
    }

    package mutating func merge(_ other: DirectionalCount) {
        sent = sent.addingSaturated(other.sent)
        received = received.addingSaturated(other.received)
    }

    /// The same counts with client and server exchanged.
    package var reversed: DirectionalCount { DirectionalCount(sent: received, received: sent) }
}
