// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// What is written on a node: its name, and what it is and how we know.
package struct NodeLabel: Equatable, Sendable {
    package let name: String
    /// `Deployment`, `pod · 10.244.0.7`, `domain · from DNS`.
    package let detail: String

    package init(_ node: Node) {
        name = VisibleText.of(node.name)
        var parts = [VisibleText.of(node.workloadKind ?? Self.word(node.kind), limit: 32)]
        if node.members > 0 { parts.append("\(node.members) peers") }
        switch node.identifiedBy {
        case .inventory:
            // A workload's address changes with its pods; a pod's or a node's is who it is.
            if node.kind == .pod || node.kind == .node, let address = node.addresses.first,
                node.addresses.count == 1
            {
                parts.append(address.description)
            }
        case .dns: parts.append("from DNS")
        case .tls: parts.append("from TLS")
        case .httpHost: parts.append("from Host header")
        case .captureFile: parts.append("from capture file")
        case .nothing: parts.append("not in inventory")
        }
        if node.isInferred { parts.append("inferred") }
        detail = parts.joined(separator: " \u{B7} ")
    }

    private static func word(_ kind: NodeKind) -> String {
        switch kind {
        case .ip: "address"
        case .cidr: "range"
        case .internet: "outside"
        case .pod, .workload, .service, .namespace, .node, .group, .domain: kind.rawValue
        }
    }
}
