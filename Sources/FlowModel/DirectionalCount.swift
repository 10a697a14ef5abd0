// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A count each way of an edge: `sent` is client to server.
public struct DirectionalCount: Equatable, Sendable, BitwiseCopyable {
    /// From client to server.
    public var sent: UInt64
    /// From server to client.
    public var received: UInt64

    /// Creates a count each way.
    @inlinable
    public init(sent: UInt64 = 0, received: UInt64 = 0) {
        self.sent = sent
        self.received = received
    }

    /// Adds another, keeping to the greatest value where a sum would not fit.
    @inlinable
    public mutating func merge(_ other: DirectionalCount) {
        sent = sent.addingSaturated(other.sent)
        received = received.addingSaturated(other.received)
    }

    /// The same counts with client and server exchanged.
    public var reversed: DirectionalCount { DirectionalCount(sent: received, received: sent) }
}
