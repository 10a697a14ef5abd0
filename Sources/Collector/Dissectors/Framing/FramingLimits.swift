// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds that dissectors of framed protocols have in common.
///
/// A stream that exceeds one is given up and counted as `abandonedStreams`.
enum FramingLimits {
    /// Requests waiting for their responses on one connection.
    static let pendingCalls = 1_024
    /// Bytes passed over in one direction in search of the next message once sync was lost.
    static let resynchronization = 4_194_304
    /// The longest message believed.
    static let message = 1 << 32
}
