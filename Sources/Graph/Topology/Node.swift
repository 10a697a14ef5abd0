// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// How a node of the map got its name.
package enum IdentifiedBy: String, Sendable, Codable, Comparable, CaseIterable {
    case inventory
    /// A DNS answer in the traffic.
    case dns
    /// A TLS server name in the traffic.
    case tls
    /// An HTTP Host header in the traffic.
    case httpHost
    /// A name that the capture file gave to the address.
    case captureFile
    /// Nothing: it is shown by its address.
    case nothing

    private var rank: Int {
        switch self {
        case .inventory: 0
        case .dns: 1
        case .tls: 2
        case .httpHost: 3
        case .captureFile: 4
        case .nothing: 5
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// What a node of the map stands for.
package enum NodeKind: String, Sendable, Codable, CaseIterable {
    case pod
    case workload
    case service
    case namespace
    case node
    /// Everything with one value of a label, where a view is grouped by it.
    case group
    /// Pseudo-nodes: peers the inventory does not know.
    case domain
    case ip
    case cidr
    case internet

    package var isPseudo: Bool {
        switch self {
        case .pod, .workload, .service, .namespace, .node, .group: false
        case .domain, .ip, .cidr, .internet: true
        }
    }
}

/// A vertex of the service graph.
package struct Node: Equatable, Sendable {
    /// `pod/NS/NAME`, `workload/NS/KIND/NAME`, `service/NS/NAME`, `namespace/NS`, `node/NAME`,
    /// `group/KEY/VALUE`, `domain/NAME`, `ip/ADDRESS`, `cidr/PREFIX`, `internet`; prefixed `CLUSTER/` when a view
    /// holds more than one cluster.
    package var id: String
    package var kind: NodeKind
    package var name: String
    package var namespace: String?
    /// The value of the label that boxes are by; `nil` where it has none, or several.
    package var box: String?
    /// The workload's kind (`Deployment`, `StatefulSet`, `Pod` for a bare pod), at level workload.
    package var workloadKind: String?
    package var identifiedBy: IdentifiedBy
    /// Whether the identity rests on an inferred validity (a pod past its known end, say).
    package var isInferred = false
    /// Addresses it was seen under, sorted; at most `maximumAddresses`.
    package var addresses: [IPAddress] = []

    /// How many pseudo-nodes were folded into this one; 0 where it stands for itself.
    package var members = 0

    /// More addresses than this are not listed on a node.
    package static let maximumAddresses = 64

    package init(
        id: String,
        kind: NodeKind,
        name: String,
        namespace: String? = nil,
        identifiedBy: IdentifiedBy
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.namespace = namespace
        self.identifiedBy = identifiedBy
    }
}
