// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Constants of the window block format, version 4; see docs/formats/window-block.md.
package enum BlockFormat {
    /// The version this build writes.
    package static let version: UInt8 = 4
    /// The oldest version this build reads.
    package static let oldestVersion: UInt8 = 1
    /// From here on blocks have what application dissectors find, and samples.
    static let dissectionVersion: UInt8 = 2
    /// From here on samples have header fields.
    static let fieldVersion: UInt8 = 3
    /// From here on rows say in which base windows they were active.
    static let activityVersion: UInt8 = 4
    /// From here on columns are packed into bits.
    static let packedVersion: UInt8 = 4
    /// Edges to a row group: few enough that one edge is read cheaply, enough for columns to pay.
    package static let edgesPerGroup = 256
    /// Edge ids to a shard; each shard of a report is a block of its own.
    package static let edgesPerShard: UInt64 = 4_096
    /// Longer blocks are refused on both ways; 16 KiB to each edge of a full shard.
    package static let maximumBytes = 64 << 20

    /// The shard that holds an edge.
    package static func shard(of edge: UInt64) -> UInt64 { edge / edgesPerShard }
}
