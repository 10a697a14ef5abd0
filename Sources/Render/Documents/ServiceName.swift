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

/// A client and a server by their names as services.
struct ServicePair: Hashable, Comparable {
    let client: String
    let server: String

    static func < (left: ServicePair, right: ServicePair) -> Bool {
        (left.client, left.server) < (right.client, right.server)
    }

    /// The edges of a graph by the pair they lie between.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - spelled: How a name is written; names that are written alike are one.
    /// - Returns: Each edge once.
    static func edges(
        of graph: ServiceGraph,
        spelled: (String) -> String = { $0 }
    ) -> [ServicePair: [Edge]] {
        let names = ServiceName.all(of: graph).mapValues(spelled)
        return Dictionary(grouping: graph.edges) { edge in
            ServicePair(
                client: names[edge.client] ?? spelled(edge.client),
                server: names[edge.server] ?? spelled(edge.server)
            )
        }
    }
}
