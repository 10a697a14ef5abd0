// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// Service graphs as clusters have them, of any size, the same for the same seed.
///
/// Namespaces differ in size as by Zipf's law. Each has layers (gateways, services, stores); most
/// calls go one layer down and stay in the namespace, a fifth go to the services that other
/// namespaces share, which are few and popular. Everything asks DNS, many ask the API server, one
/// scraper calls a share of all, and some calls come from and go to the world outside.
package struct RealisticGraph {
    private static let namespaceNames = [
        "shop", "payments", "search", "identity", "orders", "catalog", "media", "delivery", "analytics",
        "billing", "support", "fraud", "notify", "pricing", "partners",
    ]
    private static let serviceNames = [
        "api", "gateway", "cart", "checkout", "users", "sessions", "ledger", "invoice", "ranker", "indexer",
        "feed", "upload", "worker", "scheduler", "email", "audit", "quota", "profile", "rules", "export",
    ]
    private static let storeNames = ["postgres", "redis", "kafka", "mongodb", "opensearch"]

    private var generator: SeededGenerator
    private var nodes: [Node] = []
    private var edges: [String: Edge] = [:]
    /// Nodes by namespace and layer.
    private var layers: [[[Int]]] = []

    /// A graph of about so many nodes and edges.
    package static func make(nodes: Int, edges: Int, seed: UInt64 = 1) -> ServiceGraph {
        var builder = RealisticGraph(generator: SeededGenerator(seed: seed))
        builder.addNodes(nodes)
        builder.addEdges(edges)
        return ServiceGraph(
            window: ShopGraph.window,
            observedSeconds: 60,
            level: .workload,
            nodes: builder.nodes,
            edges: builder.edges.sorted { $0.key < $1.key }.map(\.value)
        )
    }

    private init(generator: SeededGenerator) { self.generator = generator }

    // MARK: - Nodes

    private mutating func addNodes(_ count: Int) {
        for name in ["coredns", "kube-apiserver", "prometheus"] {
            addWorkload(
                name,
                kind: "Deployment",
                namespace: name == "prometheus" ? "monitoring" : "kube-system"
            )
        }
        let outside = max(2, count / 15)
        nodes.append(Node(id: "internet", kind: .internet, name: "internet", identifiedBy: .nothing))
        for index in 1..<outside {
            let name = "api.partner-\(index).example"
            nodes.append(Node(id: "domain/\(name)", kind: .domain, name: name, identifiedBy: .dns))
        }
        let inside = max(1, count - nodes.count)
        let namespaces = max(1, inside / 22)
        let weights = (0..<namespaces).map { 1 / Double($0 + 2) }
        let sum = weights.reduce(0, +)
        for index in 0..<namespaces {
            let base = Self.namespaceNames[index % Self.namespaceNames.count]
            let namespace =
                index < Self.namespaceNames.count ? base : "\(base)-\(index / Self.namespaceNames.count)"
            // Half alike, half by Zipf: clusters have few very large namespaces.
            let share = 0.5 / Double(namespaces) + 0.5 * weights[index] / sum
            let size = max(3, Int((Double(inside) * share).rounded()))
            layers.append(addNamespace(namespace, size: size))
        }
    }

    private mutating func addNamespace(_ namespace: String, size: Int) -> [[Int]] {
        var layers: [[Int]] = [[], [], [], []]
        for index in 0..<size {
            let layer = index == 0 ? 0 : index % 5 == 4 ? 3 : index % 2 == 0 ? 2 : 1
            let isStore = layer == 3
            let names = isStore ? Self.storeNames : Self.serviceNames
            let name = names[Int.random(in: 0..<names.count, using: &generator)] + "-\(index)"
            layers[layer].append(nodes.count)
            addWorkload(
                index == 0 ? "gateway" : name,
                kind: isStore ? "StatefulSet" : "Deployment",
                namespace: namespace
            )
        }
        return layers
    }

    private mutating func addWorkload(_ name: String, kind: String, namespace: String) {
        var node = Node(
            id: "workload/\(namespace)/\(kind)/\(name)",
            kind: .workload,
            name: name,
            namespace: namespace,
            identifiedBy: .inventory
        )
        node.workloadKind = kind
        nodes.append(node)
    }

    // MARK: - Edges

    private mutating func addEdges(_ count: Int) {
        let workloads = layers.flatMap(\.self).flatMap(\.self)
        let outside = nodes.indices.filter { nodes[$0].kind.isPseudo }
        // Within 50 tries for each: small graphs may have no more pairs.
        for _ in 0..<count * 50 where edges.count < count {
            let home = pick(layers.count, skew: 1.6)
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<62:
                let layer = Int.random(in: 0..<3, using: &generator)
                connect(
                    member(home, layer),
                    member(home, min(3, layer + Int.random(in: 1...2, using: &generator)))
                )
            case 62..<80:
                let other = pick(layers.count, skew: 3)
                connect(member(home, Int.random(in: 1...2, using: &generator)), member(other, 1, skew: 4))
            case 80..<88: connect(workloads.randomElement(using: &generator), 0, port: 53)
            case 88..<91: connect(workloads.randomElement(using: &generator), 1, port: 443)
            case 91..<95: connect(2, workloads.randomElement(using: &generator), port: 9_090)
            case 95..<98: connect(outside.first, member(home, 0), port: 443)
            default: connect(member(home, 2), outside.randomElement(using: &generator), port: 443)
            }
        }
    }

    /// Small numbers are likelier, the more so the greater the skew.
    private mutating func pick(_ count: Int, skew: Double) -> Int {
        var part = Double.random(in: 0..<1, using: &generator)
        for _ in 1..<max(1, Int(skew)) { part *= Double.random(in: 0..<1, using: &generator) }
        return min(count - 1, Int(part * Double(count)))
    }

    private mutating func member(_ namespace: Int, _ layer: Int, skew: Double = 1) -> Int? {
        let members = layers[namespace][layer]
        guard !members.isEmpty else { return nil }
        return members[pick(members.count, skew: skew)]
    }

    private mutating func connect(_ client: Int?, _ server: Int?, port: UInt16? = nil) {
        guard let client, let server, client != server else { return }
        var edge = Edge(
            client: nodes[client].id,
            server: nodes[server].id,
            port: port ?? (nodes[server].workloadKind == "StatefulSet" ? 5_432 : 8_080),
            transport: port == 53 ? .udp : .tcp,
            direction: .observed,
            observedSeconds: 60
        )
        guard edges[edge.id] == nil else { return }
        var metrics = ProtocolMetrics()
        // From one a minute to a thousand a second, each power of two alike.
        metrics.outcomes.ok =
            UInt64.random(in: 1...2, using: &generator) << UInt64.random(in: 0...15, using: &generator)
        if Int.random(in: 0..<30, using: &generator) == 0 {
            metrics.outcomes.serverError =
                metrics.outcomes.ok / UInt64.random(in: 4...60, using: &generator) + 2
        }
        metrics.started = metrics.requests
        for _ in 0..<20 {
            metrics.latency.record(nanoseconds: Int64.random(in: 400_000...90_000_000, using: &generator))
        }
        edge.metrics.protocols[port == 53 ? .dns : edge.port == 5_432 ? .postgresql : .http] = metrics
        edges[edge.id] = edge
    }
}
