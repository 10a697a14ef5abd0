// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The vantage point that a window report comes from: a capture file or a live interface.
package struct Reporter: Hashable, Sendable {
    /// Stable identity.
    ///
    /// A file's derives from its content, so that importing it twice changes
    /// nothing; a live capture's from host, interface and start.
    package let id: String
    /// What a person calls it: the file's or interface's name.
    package let name: String

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// How sure a reporter is that an address is on its own node.
package enum Locality: UInt8, Sendable, BitwiseCopyable, Comparable, CaseIterable {
    /// The address was one hop away: first sighted coming in, with an initial time to live.
    case adjacent = 1
    /// The node itself sent from it: first sighted going out.
    case own = 2

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An address that was local to a reporter in a window.
package struct LocalAddress: Hashable, Sendable {
    package let endpoint: Endpoint
    package let locality: Locality

    package init(endpoint: Endpoint, locality: Locality) {
        self.endpoint = endpoint
        self.locality = locality
    }
}
