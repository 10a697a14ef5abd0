// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the HTTP/2 dissector.
///
/// A connection that exceeds one is given up and counted as `abandonedStreams`; a header table is
/// only cut.
package enum HTTP2Limits {
    /// A header section on the wire, its CONTINUATION frames included.
    package static let headerBlock = 65_536
    /// Fields of a header section: each may refer to one that is long.
    package static let fields = 2_048
    /// Bytes of a header table, as HPACK counts them; most peers agree on 4,096.
    package static let headerTable = 16_384
    /// Bytes of one value that are kept.
    package static let value = 4_096
    /// Requests of one connection that wait for their responses.
    package static let streams = 1_024
    /// Bytes passed over in one direction in search of the next frame once sync was lost.
    package static let resynchronization = 4_194_304
    /// How far the numbers of streams may jump where requests were lost.
    static let skippedStreams: UInt32 = 4_096
    /// Frames of a segment looked at to find out whether they are any.
    static let probedFrames = 64
}
