// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// How far pseudo-nodes are folded; each step includes those before it.
package enum PseudoNodePolicy: String, Hashable, Sendable, CaseIterable {
    /// The first of the steps that leaves few enough of them, else the last one.
    case automatic
    case none
    /// Names by their last two labels.
    case domain
    /// Addresses by /24 and /64.
    case cidr
    /// All that is public in one node.
    case internet
}

/// Which pseudo-nodes of one graph stand together, decided from all of them.
///
/// A node that would stand alone stays what it is, and addresses that one machine has for itself
/// are never folded.
package struct PseudoNodeFolding: Equatable, Sendable {
    /// With more pseudo-nodes than this in a view they are folded.
    package static let maximumUnfolded = 50

    /// No folding.
    package static let unfolded = PseudoNodeFolding()

    /// Ends of names that are no names of the internet (RFC 6762, 6761, 8375, and habit).
    private static let privateSuffixes: Set<String> = [
        "local", "localhost", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "test",
    ]

    private let replacements: [String: Node]

    private init(replacements: [String: Node] = [:]) {
        self.replacements = replacements
    }

    /// Decides for a graph: the same in any order of its nodes.
    ///
    /// - Parameters:
    ///   - nodes: Every pseudo-node of it, unfolded; other nodes and repetitions do not matter.
    ///   - policy: How far to go.
    package init(nodes: some Sequence<Node>, policy: PseudoNodePolicy) {
        var peers: [String: Peer] = [:]
        for node in nodes where node.kind.isPseudo { peers[node.id] = Peer(node) }
        let steps: [PseudoNodePolicy] =
            switch policy {
            case .automatic: peers.count > Self.maximumUnfolded ? [.domain, .cidr, .internet] : []
            case .none: []
            case .domain, .cidr, .internet: [policy]
            }
        self.init()
        for step in steps {
            let groups = Self.groups(of: peers.values, step)
            self = Self(groups: groups.values)
            if groups.count <= Self.maximumUnfolded { return }
        }
    }

    /// The node that stands for another one in this graph.
    package func folded(_ node: Node) -> Node {
        guard var replacement = replacements[node.id] else { return node }
        replacement.identifiedBy = node.identifiedBy
        replacement.isInferred = node.isInferred
        return replacement
    }

    // MARK: - Steps

    /// A pseudo-node and what it can be folded by.
    private struct Peer {
        let node: Node
        /// What its id has before its kind: the cluster, where a view holds several.
        let prefix: String
        let address: IPAddress?
        /// `false` for what is told from others by its reporter.
        let isFoldable: Bool

        init(_ node: Node) {
            self.node = node
            let own = "\(node.kind.rawValue)/\(node.name)"
            isFoldable = node.id.hasSuffix(own) && (node.kind == .ip || node.kind == .domain)
            prefix = isFoldable ? String(node.id.dropLast(own.count)) : ""
            address = node.kind == .ip ? IPAddress(node.name) : nil
        }

        /// The node it becomes part of.
        func target(_ step: PseudoNodePolicy) -> Node {
            guard isFoldable else { return node }
            if step == .internet, isPublic {
                return Node(
                    id: prefix + "internet",
                    kind: .internet,
                    name: "internet",
                    identifiedBy: node.identifiedBy
                )
            }
            if let address {
                guard step != .domain, !address.isLoopback, !address.isLinkLocal, !address.isUnspecified
                else { return node }
                return named(address.block, .cidr)
            }
            return named(lastLabels.joined(separator: "."), .domain)
        }

        private func named(_ name: String, _ kind: NodeKind) -> Node {
            Node(
                id: "\(prefix)\(kind.rawValue)/\(name)",
                kind: kind,
                name: name,
                identifiedBy: node.identifiedBy
            )
        }

        private var lastLabels: [Substring] { Array(node.name.split(separator: ".").suffix(2)) }

        private var isPublic: Bool {
            if let address {
                return !address.isPrivate && !address.isMulticast && !address.isLimitedBroadcast
                    && !address.isUnspecified
            }
            let labels = lastLabels
            return labels.count == 2 && !PseudoNodeFolding.privateSuffixes.contains(labels[1].lowercased())
        }
    }

    /// Nodes that become one.
    private struct Group {
        let target: Node
        /// Their ids.
        var members: [String] = []
    }

    private static func groups(of peers: some Sequence<Peer>, _ step: PseudoNodePolicy) -> [String: Group] {
        var groups: [String: Group] = [:]
        for peer in peers {
            let target = peer.target(step)
            groups[target.id, default: Group(target: target)].members.append(peer.node.id)
        }
        return groups
    }

    private init(groups: some Sequence<Group>) {
        var replacements: [String: Node] = [:]
        for group in groups where group.members.count > 1 {
            var target = group.target
            target.members = group.members.count
            for member in group.members { replacements[member] = target }
        }
        self.init(replacements: replacements)
    }
}

extension IPAddress {
    /// The /24 or /64 it is in, in CIDR notation.
    fileprivate var block: String {
        switch version {
        case .v4: "\(IPAddress(v4: v4Bits & 0xFFFF_FF00))/24"
        case .v6: "\(IPAddress(high: high, low: 0))/64"
        }
    }
}
