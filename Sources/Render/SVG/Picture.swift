// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// A graph with everything that is written on it, measured, ready to be laid out.
struct Picture {
    /// How much care a layout takes.
    ///
    /// Large graphs get less, or none would come in time.
    enum Style {
        /// `dot`, with labels on the edges.
        case full
        /// `dot` with fewer rounds and without labels.
        case light
        /// `sfdp`, without labels and without boxes around namespaces.
        case coarse

        /// Measured with Graphviz 2.43 on random graphs with hubs: `full` takes 2.5 s for 400
        /// edges; `light` 4 s for 1,200 but 20 s for 2,000; `coarse` 1 s for 5,000.
        static let maximumFullEdges = 400
        static let maximumLightEdges = 1_200

        /// The styles to try, in order.
        static func attempts(edges: Int) -> [Style] {
            if edges <= maximumFullEdges { return [.full, .light, .coarse] }
            return edges <= maximumLightEdges ? [.light, .coarse] : [.coarse]
        }
    }

    /// A node with its text.
    struct Box {
        let node: Node
        let name: String
        let detail: String
        let size: LayoutRequest.Size
        /// The worst health of what was asked of it.
        var health = Health.unknown
    }

    /// An edge with its text.
    struct Link {
        let edge: Edge
        let client: Int
        let server: Int
        let health: Health
        let label: EdgeLabel
        let labelSize: LayoutRequest.Size
    }

    static let nameSize = 13.0
    static let detailSize = 10.0
    static let labelSize = 10.0
    static let titleSize = 12.0
    private static let maximumTextWidth = 230.0
    private static let leastWidth = 96.0

    let graph: ServiceGraph
    private(set) var boxes: [Box]
    let links: [Link]
    let groups: [NodeGroups.Group]
    let titles: [String]

    init(_ graph: ServiceGraph) {
        self.graph = graph
        let nodes = graph.nodes.sorted { $0.id < $1.id }
        boxes = nodes.map(Self.box)
        let indices = Dictionary(
            nodes.enumerated().map { ($0.element.id, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
        links = graph.edges.sorted { $0.id < $1.id }.compactMap { edge in
            guard let client = indices[edge.client], let server = indices[edge.server] else { return nil }
            let label = EdgeLabel(edge)
            let width = max(
                FontMetrics.width(label.title, size: Self.labelSize),
                FontMetrics.width(Self.figures(label), size: Self.labelSize)
            )
            return Link(
                edge: edge,
                client: client,
                server: server,
                health: graph.health.health(of: edge),
                label: label,
                labelSize: LayoutRequest.Size(width: width + 12, height: label.figures.isEmpty ? 18 : 31)
            )
        }
        groups = NodeGroups(nodes).groups
        titles = groups.map {
            FontMetrics.fit(
                VisibleText.of($0.name),
                size: Self.titleSize,
                maximumWidth: Self.maximumTextWidth
            )
        }
        for link in links where Self.severity(link.health) > Self.severity(boxes[link.server].health) {
            boxes[link.server].health = link.health
        }
    }

    /// The figures of a label on one line.
    static func figures(_ label: EdgeLabel) -> String { label.figures.joined(separator: " \u{B7} ") }

    /// The request for a layout; labels take room only in the full style.
    func request(_ style: Style) -> LayoutRequest {
        let attributes =
            switch style {
            case .full: "rankdir=LR, newrank=true, nodesep=0.4, ranksep=0.7"
            case .light:
                "rankdir=LR, newrank=true, nodesep=0.3, ranksep=0.9, nslimit=1, nslimit1=1, mclimit=0.1, splines=line"
            case .coarse: "overlap=prism, splines=line, start=1, K=1.6, maxiter=200, sep=\"+12\""
            }
        return LayoutRequest(
            engine: style == .coarse ? .sfdp : .dot,
            attributes: attributes,
            nodes: boxes.map(\.size),
            clusters: style == .coarse
                ? []
                : zip(groups, titles).map { group, title in
                    let width = FontMetrics.width(title, size: Self.titleSize)
                    return LayoutRequest.Cluster(
                        nodes: group.nodes,
                        title: .init(width: width + 8, height: 18)
                    )
                },
            edges: links.map { link in
                LayoutRequest.Edge(
                    tail: link.client,
                    head: link.server,
                    label: style == .full ? link.labelSize : nil
                )
            }
        )
    }

    private static func box(_ node: Node) -> Box {
        let label = NodeLabel(node)
        let name = FontMetrics.fit(label.name, size: nameSize, maximumWidth: maximumTextWidth)
        let detail = FontMetrics.fit(label.detail, size: detailSize, maximumWidth: maximumTextWidth)
        let text = max(
            FontMetrics.width(name, size: nameSize),
            FontMetrics.width(detail, size: detailSize)
        )
        let width = max(leastWidth, (text + 2 * NodeShape.padding(node.kind)).rounded(.up))
        let size = LayoutRequest.Size(width: width, height: NodeShape.height(node.kind))
        return Box(node: node, name: name, detail: detail, size: size)
    }

    private static func severity(_ health: Health) -> Int {
        switch health {
        case .unknown: 0
        case .healthy: 1
        case .degraded: 2
        case .failing: 3
        }
    }
}
