// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What is asked of a render worker: boxes and lines, without a single string from the network.
///
/// ```text
/// svcmap-layout 1 dot
/// digraph g {
/// graph [rankdir=LR, ...]
/// n0 [width=1.6, height=0.64]
/// subgraph cluster_c0 { label=<...> n0 n1 }
/// n0 -> n1 [id=e0, label=<...>]
/// }
/// ```
///
/// Labels are empty tables of a fixed size, so that Graphviz keeps room for text it never sees.
/// A worker takes several requests, one after the other, and ends each answer with `separator`.
package struct LayoutRequest: Sendable {
    /// The first line of a request, up to the engine.
    static let magic = "svcmap-layout 1 "
    /// Ends an answer: the record separator, which JSON has nowhere.
    static let separator: UInt8 = 0x1E

    /// A Graphviz layout engine that requests may name.
    package enum Engine: String, CaseIterable, Sendable {
        /// Layers, clusters and labels; slow on large graphs.
        case dot
        /// Springs; fast, without clusters.
        case sfdp
    }

    /// A size in points.
    package struct Size: Equatable, Sendable {
        package var width: Double
        package var height: Double

        package init(width: Double, height: Double) {
            self.width = width
            self.height = height
        }
    }

    /// A box around nodes with room for a title.
    package struct Cluster: Sendable {
        package var nodes: [Int]
        package var title: Size

        package init(nodes: [Int], title: Size) {
            self.nodes = nodes
            self.title = title
        }
    }

    /// A line from node to node, with room for a label.
    package struct Edge: Sendable {
        package var tail: Int
        package var head: Int
        package var label: Size?
        /// How much it matters that the line is short; 1 where nothing is said.
        package var weight: Int

        package init(tail: Int, head: Int, label: Size? = nil, weight: Int = 1) {
            self.tail = tail
            self.head = head
            self.label = label
            self.weight = weight
        }
    }

    package var engine: Engine
    /// Graph attributes; ours, never the network's.
    package var attributes: String
    package var nodes: [Size]
    package var clusters: [Cluster]
    package var edges: [Edge]

    package init(
        engine: Engine,
        attributes: String,
        nodes: [Size],
        clusters: [Cluster],
        edges: [Edge]
    ) {
        self.engine = engine
        self.attributes = attributes
        self.nodes = nodes
        self.clusters = clusters
        self.edges = edges
    }

    /// The request as the worker reads it.
    package var text: String {
        var text = Self.magic + engine.rawValue + "\ndigraph g {\ngraph [\(attributes)]\n"
        text += "node [shape=box, fixedsize=true, label=\"\"]\nedge [arrowsize=0.8]\n"
        for (index, size) in nodes.enumerated() {
            text += "n\(index) [width=\(Self.inches(size.width)), height=\(Self.inches(size.height))]\n"
        }
        for (index, cluster) in clusters.enumerated() {
            text +=
                "subgraph cluster_c\(index) { graph [margin=18, labeljust=l, label=\(Self.table(cluster.title))] "
            text += cluster.nodes.map { "n\($0)" }.joined(separator: " ") + " }\n"
        }
        for (index, edge) in edges.enumerated() {
            let label = edge.label.map { ", label=" + Self.table($0) } ?? ""
            let weight = edge.weight == 1 ? "" : ", weight=\(edge.weight)"
            text += "n\(edge.tail) -> n\(edge.head) [id=e\(index)\(label)\(weight)]\n"
        }
        return text + "}\n"
    }

    private static let pointsPerInch = 72.0

    private static func inches(_ points: Double) -> String {
        let thousandths = Int((points / pointsPerInch * 1_000).rounded(.up))
        let digits = String(1_000 + thousandths % 1_000).dropFirst()
        return "\(thousandths / 1_000).\(digits)"
    }

    private static func table(_ size: Size) -> String {
        let width = Int(size.width.rounded(.up))
        let height = Int(size.height.rounded(.up))
        return "<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLPADDING=\"0\" CELLSPACING=\"0\" FIXEDSIZE=\"TRUE\" "
            + "WIDTH=\"\(width)\" HEIGHT=\"\(height)\"><TR><TD></TD></TR></TABLE>>"
    }
}
