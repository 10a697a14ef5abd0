// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// What a node is called where a service has a name and nothing else: `nginx.demo`.
///
/// The name with its namespace, as Kubernetes' DNS puts it; `nginx.demo.svc` is the Service itself,
/// where nothing answered for it. Nodes whose names would be equal have their ids instead: two things
/// never become one.
enum ServiceName {
    /// The name of each node by its id.
    static func all(of graph: ServiceGraph) -> [String: String] {
        var owners: [String: Int] = [:]
        for node in graph.nodes { owners[of(node), default: 0] += 1 }
        var names: [String: String] = [:]
        for node in graph.nodes {
            let name = of(node)
            names[node.id] = owners[name] == 1 ? name : node.id
        }
        return names
    }

    private static func of(_ node: Node) -> String {
        guard let namespace = node.namespace, !namespace.isEmpty else { return node.name }
        switch node.kind {
        case .namespace: return node.name
        case .service: return "\(node.name).\(namespace).svc"
        default: return "\(node.name).\(namespace)"
        }
    }
}
