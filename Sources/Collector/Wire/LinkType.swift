// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The LINKTYPE_ values that are read (tcpdump.org/linktypes.html).
///
/// Raw IP has several: 101 is the one files should carry, 12 and 14 are the DLT_ values of
/// Linux and OpenBSD that some writers leave in.
enum LinkType {
    static let null: UInt32 = 0
    static let ethernet: UInt32 = 1
    static let ppp: UInt32 = 9
    static let rawDLT: UInt32 = 12
    static let rawDLTOpenBSD: UInt32 = 14
    static let pppWithHDLC: UInt32 = 50
    static let raw: UInt32 = 101
    static let loop: UInt32 = 108
    static let linuxCooked: UInt32 = 113
    static let rawIPv4: UInt32 = 228
    static let rawIPv6: UInt32 = 229
    static let linuxCookedV2: UInt32 = 276

    /// Whether frames of a link type are read.
    static func isRead(_ value: UInt32) -> Bool {
        switch value {
        case null, ethernet, ppp, rawDLT, rawDLTOpenBSD, pppWithHDLC, raw, loop, linuxCooked, rawIPv4,
            rawIPv6, linuxCookedV2:
            true
        default: false
        }
    }

    /// The number of a link type that is not read, with its name where it is one that people meet.
    static func describeUnread(_ value: UInt32) -> String {
        nameOfUnread(value).map { "\(value) (\($0))" } ?? "\(value)"
    }

    private static func nameOfUnread(_ value: UInt32) -> String? {
        switch value {
        case 8: "SLIP"
        case 105, 119, 127, 163: "IEEE 802.11"
        case 187, 201: "Bluetooth"
        case 189, 220, 249: "USB"
        case 195, 230: "IEEE 802.15.4"
        case 227: "CAN"
        case 231: "D-Bus"
        case 239: "netfilter log"
        case 253: "netlink"
        default: nil
        }
    }
}

/// EtherType values that lead to IP, and ARP.
enum EtherType {
    /// Up to here the field is a length, and an LLC header follows (IEEE 802.3).
    static let highestLength: UInt16 = 1_500
    static let ipv4: UInt16 = 0x0800
    static let arp: UInt16 = 0x0806
    /// "Transparent Ethernet bridging": a whole Ethernet frame, in Geneve and GRE only.
    static let bridged: UInt16 = 0x6558
    static let vlan: UInt16 = 0x8100
    static let ipv6: UInt16 = 0x86DD
    static let mpls: UInt16 = 0x8847
    static let mplsMulticast: UInt16 = 0x8848
    static let pppoeSession: UInt16 = 0x8864
    /// 802.1ad, the outer tag of two.
    static let providerVLAN: UInt16 = 0x88A8
    /// The same before it was a standard.
    static let legacyProviderVLAN: UInt16 = 0x9100
}

/// PPP protocol numbers that lead to IP (RFC 1661).
enum PPPProtocol {
    static let ipv4: UInt16 = 0x0021
    static let ipv6: UInt16 = 0x0057
    static let mpls: UInt16 = 0x0281

    /// The EtherType that means the same; `nil` for control protocols and compressed headers.
    static func etherType(_ number: UInt16) -> UInt16? {
        switch number {
        case ipv4: EtherType.ipv4
        case ipv6: EtherType.ipv6
        case mpls: EtherType.mpls
        default: nil
        }
    }
}
