// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// An IPv4 or IPv6 address as two words, with the version it was written in.
///
/// IPv4 is kept in its mapped form (`::ffff:a.b.c.d`), so one layout serves both. `version`
/// is part of equality: a hostile IPv6 packet that carries a mapped address must not land in
/// an IPv4 flow.
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    /// The IP version of an address, as in the first four bits of its packet.
    public enum Version: UInt8, Sendable, BitwiseCopyable {
        case v4 = 4
        case v6 = 6
    }

    /// The first 64 bits in host order; 0 for IPv4.
    public let high: UInt64
    /// The last 64 bits in host order.
    public let low: UInt64
    /// The version it was written in.
    public let version: Version

    /// Creates an IPv6 address from its two halves, most significant first.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        self.version = .v6
    }

    /// Creates an IPv4 address from its 32 bits in host order.
    @inlinable
    public init(v4 bits: UInt32) {
        self.high = 0
        self.low = 0xFFFF_0000_0000 | UInt64(bits)
        self.version = .v4
    }

    /// Creates an address from its stored parts, undoing `high`, `low` and `version`.
    @inlinable
    public init(version: Version, high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        self.version = version
    }

    /// Whether it was written as IPv4; a pattern, since the comparison of enumerations is a call.
    @inlinable
    public var isV4: Bool { if case .v4 = version { true } else { false } }

    /// Whether both are the same address, written in the same version.
    @inlinable
    public static func == (left: IPAddress, right: IPAddress) -> Bool {
        left.low == right.low && left.high == right.high && left.isV4 == right.isV4
    }

    /// The 32 bits of an IPv4 address in host order; the low 32 bits of an IPv6 one.
    @inlinable
    public var v4Bits: UInt32 { UInt32(truncatingIfNeeded: low) }

    /// 127.0.0.0/8 or `::1`.
    @inlinable
    public var isLoopback: Bool {
        switch version {
        case .v4: v4Bits >> 24 == 127
        case .v6: high == 0 && low == 1
        }
    }

    /// 169.254.0.0/16 or `fe80::/10`.
    @inlinable
    public var isLinkLocal: Bool {
        switch version {
        case .v4: v4Bits >> 16 == 0xA9FE
        case .v6: high >> 54 == 0x3FA
        }
    }

    /// 224.0.0.0/4 or `ff00::/8`.
    @inlinable
    public var isMulticast: Bool {
        switch version {
        case .v4: v4Bits >> 28 == 0xE
        case .v6: high >> 56 == 0xFF
        }
    }

    /// 255.255.255.255.
    ///
    /// Directed broadcasts cannot be told without the netmask.
    @inlinable
    public var isLimitedBroadcast: Bool { version == .v4 && v4Bits == .max }

    /// `0.0.0.0` or `::`.
    @inlinable
    public var isUnspecified: Bool {
        switch version {
        case .v4: v4Bits == 0
        case .v6: high == 0 && low == 0
        }
    }

    /// Whether the address is from a range that is not routed on the internet: RFC 1918,
    /// RFC 6598 (carrier-grade NAT), RFC 4193 (unique local), loopback or link-local.
    @inlinable
    public var isPrivate: Bool {
        if isLoopback || isLinkLocal { return true }
        switch version {
        case .v4:
            return v4Bits >> 24 == 10 || v4Bits >> 20 == 0xAC1 || v4Bits >> 16 == 0xC0A8
                || v4Bits >> 22 == 0x6440 >> 6
        case .v6:
            return high >> 57 == 0x7E
        }
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then numerically.
    @inlinable
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        if left.isV4 != right.isV4 { return left.isV4 }
        return left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
