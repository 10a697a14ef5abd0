// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bounds on what one frame can make the decoder do.
enum WireLimits {
    /// VLAN tags, MPLS labels and session headers between link and network header.
    ///
    /// Real networks stack four at most.
    static let maximumLinkTags = 8
    /// IPv6 extension headers in one packet.
    ///
    /// RFC 8200 knows seven, each once, destination
    /// options twice.
    static let maximumExtensionHeaders = 16
    /// Tunnels around one packet.
    ///
    /// An overlay inside a virtual network that a router carries on makes three.
    static let maximumTunnels = 4
}
