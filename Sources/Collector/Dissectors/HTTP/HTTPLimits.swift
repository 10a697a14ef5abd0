// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the HTTP/1 dissector.
///
/// A stream that exceeds one is given up and counted as `abandonedStreams`.
package enum HTTPLimits {
    /// A start line with its header section; servers accept 8 to 64 KiB.
    package static let head = 65_536
    /// A chunk-size line with its extensions, and a trailer section.
    package static let chunkLine = 16_384
    package static let trailers = 65_536
    /// Empty lines before a start line (RFC 9112 section 2.2 asks to tolerate one).
    package static let emptyLines = 16
    package static let methodLength = 32
    /// Requests waiting for their responses on one connection.
    package static let pipelinedRequests = 256
    /// Bytes skipped in one direction in search of the next message once sync was lost.
    package static let resynchronization: UInt64 = 4_194_304
    /// Hexadecimal digits of a chunk size; 15 stay below 2^60.
    package static let chunkSizeDigits = 15
}
