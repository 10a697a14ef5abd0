// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The transport of a flow or an edge, by IANA protocol number.
public enum TransportProtocol: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case icmp = 1
    case tcp = 6
    case udp = 17
    case icmpv6 = 58
    case sctp = 132

    /// A pattern for each case: the comparison that the compiler makes is a call from other modules.
    @inlinable
    public static func == (left: TransportProtocol, right: TransportProtocol) -> Bool {
        switch (left, right) {
        case (.icmp, .icmp), (.tcp, .tcp), (.udp, .udp), (.icmpv6, .icmpv6), (.sctp, .sctp): true
        default: false
        }
    }

    /// The IANA number without a call: what `rawValue` is to other modules.
    @inlinable
    public var number: UInt8 {
        switch self {
        case .icmp: 1
        case .tcp: 6
        case .udp: 17
        case .icmpv6: 58
        case .sctp: 132
        }
    }

    /// The lower-case name used in JSON, ids and text.
    public var name: String {
        switch self {
        case .icmp: "icmp"
        case .tcp: "tcp"
        case .udp: "udp"
        case .icmpv6: "icmpv6"
        case .sctp: "sctp"
        }
    }

    /// The transport with the given lower- or upper-case name, as Kubernetes writes `TCP`.
    public init?(name: String) {
        let lowered = name.lowercased()
        guard let match = Self.allCases.first(where: { $0.name == lowered }) else { return nil }
        self = match
    }
}

extension TransportProtocol: Comparable {
    /// By protocol number.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
