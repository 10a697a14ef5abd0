// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What became of TLS handshakes on one edge in one window.
package struct TLSHandshakes: Equatable, Sendable {
    package var attempted: UInt64 = 0
    package var completed: UInt64 = 0
    /// Of those completed, how many resumed an earlier session.
    package var resumed: UInt64 = 0
    /// By alert description (RFC 8446 section 6).
    package var failed: [String: UInt64] = [:]
    /// First byte of the ClientHello to the end of the handshake.
    package var handshakeTime = Histogram()

    package init() {}

    /// Handshakes that ended with an alert.
    package var failures: UInt64 {
        failed.values.reduce(UInt64(0)) { $0.addingSaturated($1) }
    }

    package mutating func merge(_ other: TLSHandshakes) {
        attempted.addSaturated(other.attempted)
        completed.addSaturated(other.completed)
        resumed.addSaturated(other.resumed)
        failed.merge(other.failed, uniquingKeysWith: { $0.addingSaturated($1) })
        handshakeTime.merge(other.handshakeTime)
    }
}
