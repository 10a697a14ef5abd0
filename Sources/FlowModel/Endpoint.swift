// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// An address seen in traffic, and the scope in which it is unique.
///
/// The scope is the cluster (`--cluster`), or the reporter for loopback and link-local
/// addresses, which mean a different machine on every machine.
package struct Endpoint: Hashable, Sendable {
    package let scope: String
    package let address: IPAddress

    package init(scope: String, address: IPAddress) {
        self.scope = scope
        self.address = address
    }
}

extension Endpoint {
    /// The scope only where it tells apart what is often equal: to hash a string costs more than all else.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(address.high)
        hasher.combine(address.low)
        if address.isLoopback || address.isLinkLocal { hasher.combine(scope) }
    }
}

extension Endpoint: Comparable {
    package static func < (left: Endpoint, right: Endpoint) -> Bool {
        left.scope != right.scope ? left.scope < right.scope : left.address < right.address
    }
}
