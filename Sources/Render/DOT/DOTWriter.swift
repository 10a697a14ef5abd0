// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// The graph as Graphviz DOT, for people and scripts.
///
/// Fit for `dot -Tsvg` as it is, and for version control: one node or edge to a line.
package enum DOTWriter {
    // newrank: with cluster-wise ranking Graphviz 2.43 fails ("trouble in init_rank") on graphs
    // that have both clusters and edge labels.
    private static let preamble = """
          graph [rankdir=LR, newrank=true, nodesep=0.45, ranksep=0.9, pad=0.3, bgcolor="white", fontname="Helvetica,Arial,sans-serif"];
          node [shape=box, style="rounded,filled", fillcolor="white", color="#7C8DB0", penwidth=1.2, margin="0.18,0.09", fontname="Helvetica,Arial,sans-serif", fontsize=12, fontcolor="#1E293B"];
          edge [color="#64748B", arrowsize=0.8, fontname="Helvetica,Arial,sans-serif", fontsize=9.5, fontcolor="#475569"];

        """

    /// Sorted, escaped, namespaces as clusters; equal graphs give equal bytes.
    package static func write(_ graph: ServiceGraph) -> String {
        let nodes = graph.nodes.sorted { $0.id < $1.id }
        let edges = graph.edges.sorted { $0.id < $1.id }
        let groups = NodeGroups(nodes)
        var text = "// svcmap service graph, \(graph.window.start) to \(graph.window.end), "
        text += "level \(graph.level.rawValue), \(nodes.count) nodes, \(edges.count) edges\n"
        text += "digraph svcmap {\n" + preamble
        for group in groups.groups {
            text += "\n  subgraph \(DOTEscaping.id("cluster_" + group.name)) {\n"
            text += "    graph [label=\(DOTEscaping.label([VisibleText.of(group.name)])), labeljust=l, "
            text += "style=\"rounded,filled\", color=\"#D5DCEA\", fillcolor=\"#F4F6FB\", fontsize=11, "
            text += "fontcolor=\"#5B6B86\", margin=16];\n"
            for index in group.nodes { text += "    " + line(nodes[index]) }
            text += "  }\n"
        }
        if !groups.ungrouped.isEmpty { text += "\n" }
        for index in groups.ungrouped { text += "  " + line(nodes[index]) }
        if !edges.isEmpty { text += "\n" }
        for edge in edges { text += "  " + line(edge, health: graph.health.health(of: edge)) }
        return text + "}\n"
    }

    private static func line(_ node: Node) -> String {
        let label = NodeLabel(node)
        var attributes = [
            "label=" + DOTEscaping.label([label.name, label.detail]),
            "id=\"\(StableID.node(node.id))\"",
            "tooltip=" + DOTEscaping.label([VisibleText.of(node.id, limit: DOTEscaping.maximumIDScalars)]),
        ]
        attributes += shape(node.kind)
        return "\(DOTEscaping.id(node.id)) [\(attributes.joined(separator: ", "))];\n"
    }

    /// What differs from the rounded box that a workload is.
    private static func shape(_ kind: NodeKind) -> [String] {
        switch kind {
        case .workload: []
        case .pod: ["shape=ellipse", "style=filled", "margin=\"0.06,0.04\""]
        case .service: ["shape=hexagon", "style=filled", "fillcolor=\"#EEF4FF\"", "margin=\"0.02,0.05\""]
        case .namespace: ["shape=folder", "style=filled", "fillcolor=\"#F3F0FF\""]
        case .node: ["shape=box3d", "style=filled", "fillcolor=\"#F1F5F9\""]
        case .group: ["shape=tab", "style=filled", "fillcolor=\"#ECFDF5\""]
        case .domain: ["style=\"rounded,filled,dashed\"", "fillcolor=\"#FCFCFD\"", "color=\"#94A3B8\""]
        case .ip, .cidr: ["style=\"filled,dashed\"", "fillcolor=\"#FCFCFD\"", "color=\"#94A3B8\""]
        case .internet:
            ["shape=octagon", "style=\"filled,dashed\"", "fillcolor=\"#FCFCFD\"", "color=\"#94A3B8\""]
        }
    }

    private static func line(_ edge: Edge, health: Health) -> String {
        let label = EdgeLabel(edge)
        var lines = [label.title]
        if !label.figures.isEmpty { lines.append(label.figures.joined(separator: "  ")) }
        var attributes = [
            "label=" + DOTEscaping.label(lines),
            "id=\"\(StableID.edge(edge.id))\"",
            "tooltip=" + DOTEscaping.label([VisibleText.of(edge.id, limit: DOTEscaping.maximumIDScalars)]),
            "class=\"\(health.rawValue)\"",
        ]
        let width = StrokeWidth.of(edge)
        attributes.append("color=\"\(HealthColor.hexadecimal(health))\"")
        switch health {
        case .healthy: attributes.append("penwidth=\(Decimal1.text(width))")
        case .degraded: attributes += ["style=dashed", "penwidth=\(Decimal1.text(width + 0.4))"]
        case .failing: attributes += ["style=bold", "penwidth=\(Decimal1.text(width + 1.2))"]
        case .unknown: attributes += ["style=dotted", "penwidth=\(Decimal1.text(width))"]
        }
        if edge.direction == .inferred { attributes.append("arrowhead=onormal") }
        let ends = "\(DOTEscaping.id(edge.client)) -> \(DOTEscaping.id(edge.server))"
        return "\(ends) [\(attributes.joined(separator: ", "))];\n"
    }
}
