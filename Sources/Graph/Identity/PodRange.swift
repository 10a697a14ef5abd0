// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A node's range of pod addresses in CIDR notation.
struct PodRange: Equatable {
    /// The address of the node's bridge: the first one after the network address.
    let bridge: IPAddress

    /// Reads `10.244.0.0/24`; `nil` if it is not a range with room for a bridge.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let network = IPAddress(String(parts[0])),
            parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(parts[1])
        else { return nil }
        switch network.version {
        case .v4:
            guard (1...30).contains(length) else { return nil }
            let mask = UInt32.max << UInt32(32 - length)
            bridge = IPAddress(v4: network.v4Bits & mask | 1)
        case .v6:
            guard (1...126).contains(length) else { return nil }
            let high = length >= 64 ? network.high : network.high & .max << UInt64(64 - length)
            let low = length <= 64 ? 0 : network.low & .max << UInt64(128 - length)
            bridge = IPAddress(high: high, low: low | 1)
        }
    }
}
