// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The protocol layer at which decoding stopped.
package enum Layer: String, Sendable, BitwiseCopyable, CaseIterable {
    case link, vlan, ipv4, ipv6, ipv6Extension, gre, tunnel, tcp, udp, icmp, sctp
}

/// Why a packet could not be decoded.
///
/// Payloads are plain integers, so throwing one neither allocates nor retains.
package enum DecodeError: Error, Equatable, BitwiseCopyable {
    case truncated(layer: Layer, needed: Int, available: Int)
    case malformed(layer: Layer, offset: Int)
    /// The capture's link type is not one we read.
    case unsupportedLink(UInt32)
    /// A sound frame of a protocol that has no flows (ARP, LLDP, neighbor discovery).
    case notMetered
}
