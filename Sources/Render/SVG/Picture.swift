// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// A graph with everything that is written on it, measured, ready to be laid out.
struct Picture {
    /// A node with its text.
    struct Box {
        let node: Node
        let name: String
        let detail: String
        /// Of the outline.
        let size: LayoutRequest.Size
        /// Of the outline and the tags below it: what a layout keeps free.
        var room: LayoutRequest.Size
        var stubs: [Stub] = []
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
    private static let maximumTextWidth = 230.0
    private static let leastWidth = 96.0

    let graph: ServiceGraph
    private(set) var boxes: [Box]
    let links: [Link]
    /// The links that a layout is asked for, ascending.
    let laidOutLinks: [Int]
    let groups: [NodeGroups.Group]
    let titles: [String]
    /// Of the titles of boxes: they must be legible where all of a large map is on a screen.
    let titleSize: Double

    init(_ graph: ServiceGraph, options: LayoutOptions = LayoutOptions()) {
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
            let health = graph.health.health(of: edge)
            return Link(
                edge: edge,
                client: client,
                server: server,
                health: health,
                label: label,
                labelSize: Self.size(of: label, isBold: Palette.isBold(health))
            )
        }
        let folded = options.hubs == .fold ? Hubs(links: links, boxes: boxes).folded : []
        laidOutLinks = links.indices.filter { !folded.contains($0) }
        groups =
            switch options.boxes {
            case .none: []
            case .namespace: NodeGroups(nodes).groups
            case .label: NodeGroups(nodes, byLabel: true).groups
            }
        let titleSize = Self.titleSize(nodes: nodes.count)
        titles = groups.map {
            FontMetrics.fit(
                VisibleText.of($0.name),
                size: titleSize,
                maximumWidth: Self.maximumTextWidth * titleSize / Self.titleSize(nodes: 0)
            )
        }
        self.titleSize = titleSize
        for link in links where Self.severity(link.health) > Self.severity(boxes[link.server].health) {
            boxes[link.server].health = link.health
        }
        addStubs(folded.sorted())
    }

    private static func titleSize(nodes: Int) -> Double {
        switch nodes {
        case ...LayoutStrategy.maximumWholeNodes: 12
        case ...200: 18
        case ...600: 26
        default: 36
        }
    }

    /// Tags for links to hubs, below the end that is no hub.
    private mutating func addStubs(_ folded: [Int]) {
        var degrees = [Int](repeating: 0, count: boxes.count)
        for index in folded {
            degrees[links[index].client] += 1
            degrees[links[index].server] += 1
        }
        var tags: [Int: [(link: Int, text: String)]] = [:]
        for index in folded {
            let link = links[index]
            // The hub is the end with more of them.
            if degrees[link.server] >= degrees[link.client] {
                tags[link.client, default: []].append((index, "\u{2192} \(boxes[link.server].name)"))
            } else {
                tags[link.server, default: []].append((index, "\u{2190} \(boxes[link.client].name)"))
            }
        }
        for (box, tags) in tags {
            (boxes[box].stubs, boxes[box].room) = Stub.arrange(tags, below: boxes[box].size)
        }
    }

    /// The figures of a label on one line.
    static func figures(_ label: EdgeLabel) -> String { label.figures.joined(separator: " \u{B7} ") }

    // MARK: - Requests

    /// Attributes of the layered layout with all the care there is.
    static let layeredAttributes = "rankdir=LR, newrank=true, nodesep=0.4, ranksep=0.7"
    /// With less care, for graphs that would take too long.
    static let roughAttributes =
        "rankdir=LR, newrank=true, nodesep=0.3, ranksep=0.9, nslimit=1, nslimit1=1, mclimit=0.1, splines=line"
    static let compactAttributes = "overlap=prism, splines=line, start=1, K=1.6, maxiter=200, sep=\"+12\""

    /// The picture in one piece.
    ///
    /// - Parameters:
    ///   - engine: What is to lay it out; only `dot` knows boxes.
    ///   - attributes: Of the graph.
    ///   - hasLabels: Whether the labels of edges get room.
    /// - Returns: The request, with the edges of `laidOutLinks` in their order.
    func request(_ engine: LayoutRequest.Engine, _ attributes: String, hasLabels: Bool) -> LayoutRequest {
        LayoutRequest(
            engine: engine,
            attributes: attributes,
            nodes: boxes.map(\.room),
            clusters: engine == .dot
                ? zip(groups, titles).map { group, title in
                    let width = FontMetrics.width(title, size: titleSize, isBold: true)
                    return LayoutRequest.Cluster(
                        nodes: group.nodes,
                        title: .init(width: width + 8, height: titleSize + 6)
                    )
                } : [],
            edges: laidOutLinks.map { index in
                LayoutRequest.Edge(
                    tail: links[index].client,
                    head: links[index].server,
                    label: hasLabels ? Self.room(ofLabel: links[index]) : nil
                )
            }
        )
    }

    /// What a layout depends on, and nothing else: pictures with equal keys have one layout.
    func layoutKey(_ options: LayoutOptions, keep: String?) -> String {
        var key = "\(options.kind) \(options.boxes) \(options.hubs) \(keep ?? "")\n"
        for box in boxes { key += "\(box.node.id) \(box.room.width) \(box.room.height)\n" }
        for group in groups { key += "\(group.name) \(group.nodes)\n" }
        let hasLabels =
            boxes.count <= LayoutStrategy.maximumWholeNodes
            && laidOutLinks.count <= LayoutStrategy.maximumWholeLinks
        for index in laidOutLinks {
            let room = Self.room(ofLabel: links[index])
            key += links[index].edge.id + (hasLabels ? " \(room.width) \(room.height)\n" : "\n")
        }
        return key
    }

    /// In steps and for bold figures: they change all the time, and neither a digit more nor a
    /// failure may make a new layout.
    private static func room(ofLabel link: Link) -> LayoutRequest.Size {
        let size = size(of: link.label, isBold: true)
        let width = (size.width / labelStep).rounded(.up) * labelStep
        return LayoutRequest.Size(width: width, height: size.height)
    }

    private static func size(of label: EdgeLabel, isBold: Bool) -> LayoutRequest.Size {
        let width = max(
            FontMetrics.width(label.title, size: labelSize),
            FontMetrics.width(figures(label), size: labelSize, isBold: isBold)
        )
        return LayoutRequest.Size(width: width + 12, height: label.figures.isEmpty ? 18 : 31)
    }

    private static let labelStep = 24.0

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
        return Box(node: node, name: name, detail: detail, size: size, room: size)
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
