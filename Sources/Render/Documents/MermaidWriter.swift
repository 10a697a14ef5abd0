// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// The graph as a Mermaid flowchart, as Markdown renderers of code hosts draw it.
///
/// - SeeAlso: https://mermaid.js.org/syntax/flowchart.html
package enum MermaidWriter {
    /// Renderers refuse more edges than this unless they are told otherwise (`maxEdges`).
    package static let usualMaximumEdges = 500
    /// Renderers refuse a longer text (`maxTextSize`), counted in UTF-16 units.
    package static let usualMaximumLength = 50_000

    /// Sorted, escaped, namespaces as subgraphs; equal graphs give equal bytes.
    package static func write(_ graph: ServiceGraph) -> String {
        let nodes = graph.nodes.sorted { $0.id < $1.id }
        let edges = graph.edges.sorted { $0.id < $1.id }
        let groups = NodeGroups(nodes)
        var body = ""
        for group in groups.groups {
            body += "  subgraph \(name("g", group.name))[\(label([VisibleText.of(group.name)]))]\n"
            for index in group.nodes { body += "    " + line(nodes[index]) }
            body += "  end\n"
        }
        for index in groups.ungrouped { body += "  " + line(nodes[index]) }
        var styles = ""
        for (position, edge) in edges.enumerated() {
            let health = graph.health.health(of: edge)
            body += "  " + line(edge, health: health)
            if health == .degraded || health == .failing {
                styles += "  linkStyle \(position) stroke:\(HealthColor.hexadecimal(health))\n"
            }
        }
        body += styles
        var text = "flowchart LR\n"
        text += "  %% svcmap service graph, \(graph.window.start) to \(graph.window.end), "
        text += "level \(graph.level.rawValue), \(nodes.count) nodes, \(edges.count) edges\n"
        if edges.count > usualMaximumEdges || body.utf16.count > usualMaximumLength {
            text += "  %% larger than most renderers take (\(usualMaximumEdges) edges, "
            text += "\(usualMaximumLength) characters): choose a coarser level or fewer namespaces\n"
        }
        return text + body
    }

    private static func line(_ node: Node) -> String {
        let shown = NodeLabel(node)
        let text = label([shown.name, shown.detail])
        let shape =
            switch node.kind {
            case .workload, .domain, .ip, .cidr: ("[", "]")
            case .pod: ("([", "])")
            case .service: ("{{", "}}")
            case .namespace, .node, .group: ("[[", "]]")
            case .internet: ("((", "))")
            }
        return name("n", node.id) + shape.0 + text + shape.1 + "\n"
    }

    /// Broken lines are degraded, thick ones failing: not told by color alone.
    private static func line(_ edge: Edge, health: Health) -> String {
        let shown = EdgeLabel(edge)
        var lines = [shown.title]
        if !shown.figures.isEmpty { lines.append(shown.figures.joined(separator: "  ")) }
        let arrow =
            switch health {
            case .healthy, .unknown: "-->"
            case .degraded: "-.->"
            case .failing: "==>"
            }
        return "\(name("n", edge.client)) \(arrow)|\(label(lines))| \(name("n", edge.server))\n"
    }

    /// Names that no keyword of the language can be, the same in every run.
    private static func name(_ kind: String, _ id: String) -> String { kind + StableID.hash(id) }

    /// Quoted lines: whatever has a meaning in Mermaid, Markdown or HTML is written by its number.
    private static func label(_ lines: [String]) -> String {
        let escaped = lines.map { line in
            var text = ""
            for scalar in line.unicodeScalars {
                if isPlain(scalar) { text.unicodeScalars.append(scalar) } else { text += "#\(scalar.value);" }
            }
            return text
        }
        return "\"" + escaped.joined(separator: "<br/>") + "\""
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return true }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || " .,:/-_()%+=".unicodeScalars.contains(scalar)
    }
}
