// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of TCP reassembly.
///
/// What exceeds them is counted as `reassemblyGaps` or `reassemblyOverflow`.
package enum ReassemblyLimits {
    /// Segments held behind a hole of one direction; with that many seen after it, a
    /// retransmission is no longer to be expected.
    package static let segmentsAfterHole = 64
    /// Bytes held behind a hole of one direction: several maximal offloaded segments.
    package static let bytesAfterHole = 262_144
    /// Bytes held behind holes by all flows of one engine.
    package static let bytesOfAllFlows = 67_108_864
    /// The largest distance of a segment from the next expected byte.
    ///
    /// It is the largest receive window (RFC 7323 section 2.3); what is farther is not of
    /// this stream.
    package static let window = 1 << 30
    /// The longest payload believed; lengths come from headers, and sums must not overflow.
    package static let segment = 1 << 24
}
