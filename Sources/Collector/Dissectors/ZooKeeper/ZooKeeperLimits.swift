// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds of the ZooKeeper dissector.
enum ZooKeeperLimits {
    /// The longest packet; servers refuse more than `jute.maxbuffer`, 1 MiB unless set.
    static let packet = 64 << 20
    /// Bytes of a packet that are looked at.
    static let head = 64
    /// The longest path by which a packet in the middle of a connection is recognized.
    static let path = 1_024
}
