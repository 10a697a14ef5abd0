// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Names as an attacker would send them.
enum HostileNames {
    static let all: [String] = [
        "say \"hi\"", "back\\slash", "trailing\\", "\\N\\G\\L\\l\\r\\n", "</svg><script>alert(1)</script>",
        "<b>bold</b>", "<<TABLE/>>", "two\nlines", "carriage\rreturn", "tab\tstop", "nul\u{0}byte",
        "bell\u{7}escape\u{1B}[31mred", "c1\u{9B}31m", "\u{202E}gnp.exe", "isolate\u{2066}x\u{2069}",
        "zero\u{200B}width\u{FEFF}", "line\u{2028}and\u{2029}paragraph", "&lt;&amp;&#60;&quot;", "]]>",
        "--><!--",
        "'single'", "digraph", "a -> b; c", "url(javascript:alert(1))", "日本語サービス", "e\u{301}\u{301}\u{301}",
        "\u{1F4A9}", "\u{E000}private", "\u{FFFF}", "", " ", "/", "#", "%00", "{record|shape}",
        String(repeating: "x", count: 10_240), String(repeating: "\u{202E}\"\\", count: 3_000),
    ]

    /// A graph in which every name is a node, a namespace and the end of an edge.
    static func graph() -> ServiceGraph {
        let nodes = all.map { name in
            var node = Node(
                id: "workload/\(name)/Deployment/\(name)",
                kind: .workload,
                name: name,
                namespace: name.isEmpty ? nil : name,
                identifiedBy: .inventory
            )
            node.workloadKind = name
            return node
        }
        let edges = zip(nodes, nodes.dropFirst()).map { client, server in
            var edge = Edge(
                client: client.id,
                server: server.id,
                port: 80,
                transport: .tcp,
                direction: .observed,
                dialled: [Edge.Dialled(id: server.id, port: 80, connections: 1)],
                observedSeconds: 10
            )
            var metrics = ProtocolMetrics()
            metrics.outcomes.ok = 3
            metrics.statuses = [client.name: 3]
            metrics.operations = [server.name: OperationMetrics()]
            edge.metrics.protocols[.http] = metrics
            edge.metrics.tlsHandshakes.failed = [client.name: 1]
            return edge
        }
        var coverage = Coverage()
        coverage.undecodable = Dictionary(uniqueKeysWithValues: all.map { ($0, 1) })
        return ServiceGraph(
            window: Window.containing(Timestamp(nanoseconds: 1_700_000_000_000_000_000)),
            observedSeconds: 10,
            level: .workload,
            nodes: nodes,
            edges: edges,
            coverage: coverage
        )
    }
}
