// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// The picture as SVG, drawn on positions that Graphviz found.
///
/// It looks right on its own: the light theme is written as presentation attributes, which any
/// style sheet overrides; there is no inline style, no script and no reference outside. A page
/// finds its way by
///
/// - `g.namespace[data-namespace]`, a box and its name (the value where boxes are by a label), with
///   `.namespace-box`, `.namespace-title`;
/// - `g.edge.health-H[data-edge][data-client][data-server]` with `.edge-path`, `.edge-hit`, and
///   `g.edge-label[data-edge]` with `.edge-label-box`, `.edge-label-title`, `.edge-label-figures`;
///   edges to hubs have the class `stub` and are tags: `.edge-path` around `.stub-name`;
/// - `g.node.kind-K.health-H[data-node]` with `.node-shape`, `.node-ornament`, `.node-name`,
///   `.node-detail`, `.badge`;
/// - `.background`, `.arrow.health-H`, `.legend`, `.caption`.
///
/// The root has `data-picture`, the id by which later pictures keep its places, `data-kept`,
/// whether this one kept any, and `data-engine`, what placed the nodes.
///
/// Element ids derive from node and edge ids, so they stay from picture to picture.
struct SVGWriter {
    static let margin = 28.0

    let picture: Picture
    let layout: Layout
    let arrangement: Arrangement
    let isKept: Bool
    let labels: LabelPlacement
    private(set) var text = ""
    private var usedIDs: Set<String> = []

    /// The document and its size.
    static func write(
        _ picture: Picture,
        layout: Layout,
        arrangement: Arrangement,
        isKept: Bool
    ) -> (svg: String, size: LayoutRequest.Size) {
        var writer = SVGWriter(picture: picture, layout: layout, arrangement: arrangement, isKept: isKept)
        let size = writer.appendDocument()
        return (writer.text, size)
    }

    private init(picture: Picture, layout: Layout, arrangement: Arrangement, isKept: Bool) {
        self.picture = picture
        self.layout = layout
        self.arrangement = arrangement
        self.isKept = isKept
        labels = LabelPlacement(picture, layout: layout)
    }

    private mutating func appendDocument() -> LayoutRequest.Size {
        let legend = Legend(picture, method: arrangement.method, mapWidth: layout.width)
        let width = max(layout.width, legend.width) + 2 * Self.margin
        let height = layout.height + legend.height + 2 * Self.margin
        let size = "width=\"\(number(width))\" height=\"\(number(height))\""
        text +=
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) \(number(height))\" \(size) "
        text += "data-picture=\"\(arrangement.id)\" data-engine=\"\(arrangement.method.engine.rawValue)\" "
        text += "data-kept=\"\(isKept)\" "
        text += "role=\"img\" class=\"svcmap\" font-family=\"\(Palette.fonts)\" fill=\"none\">\n"
        text += "<title>\(XMLEscaping.text(legend.title))</title>\n"
        appendMarkers()
        text += "<rect class=\"background\" \(size) fill=\"\(Palette.background)\"/>\n"
        // At the same place whatever the legend says: pictures that keep their places may not move.
        text += "<g class=\"graph\" transform=\"translate(\(number(Self.margin)) \(number(Self.margin)))\">\n"
        appendNamespaces()
        for index in picture.laidOutLinks { appendEdge(index) }
        for index in picture.boxes.indices { appendNode(index) }
        for index in picture.boxes.indices { appendStubs(index) }
        for index in picture.laidOutLinks { appendLabel(index) }
        text += "</g>\n"
        text += legend.svg(top: layout.height + Self.margin)
        text += "</svg>\n"
        return LayoutRequest.Size(width: width, height: height)
    }

    /// Arrowheads, one for each health: the color of a marker does not follow its line.
    private mutating func appendMarkers() {
        text += "<defs>\n"
        for health in Health.allCases {
            for isOpen in [false, true] {
                let paint =
                    isOpen
                    ? "fill=\"\(Palette.background)\" stroke=\"\(Palette.stroke(health))\""
                    : "fill=\"\(Palette.stroke(health))\""
                text +=
                    "<marker id=\"\(Self.marker(health, isOpen: isOpen))\" viewBox=\"0 -5 10 10\" refX=\"0.5\" "
                text +=
                    "markerWidth=\"10\" markerHeight=\"10\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
                text += "<path class=\"arrow\(isOpen ? " arrow-open" : "") health-\(health.rawValue)\" "
                text += "d=\"M0 -4L9 0L0 4Z\" \(paint)/></marker>\n"
            }
        }
        text += "</defs>\n"
    }

    static func marker(_ health: Health, isOpen: Bool) -> String {
        "arrow-\(health.rawValue)" + (isOpen ? "-open" : "")
    }

    private mutating func appendNamespaces() {
        let titleSize = arrangement.titleSize
        for (index, group) in picture.groups.enumerated() where index < layout.clusters.count {
            guard let box = layout.clusters[index] else { continue }
            text += "<g id=\"\(elementID(StableID.namespace(group.name)))\" class=\"namespace\" "
            text += "data-namespace=\(XMLEscaping.attribute(group.name))>"
            text += "<path class=\"namespace-box\" d=\"\(NodeShape.rounded(box, radius: 14))\" "
            text += "fill=\"\(Palette.namespaceFill)\" stroke=\"\(Palette.namespaceStroke)\"/>"
            text += "<text class=\"namespace-title\" x=\"\(number(box.x + 16))\" "
            text += "y=\"\(number(box.y + 10 + titleSize))\" font-size=\"\(number(titleSize))\" "
            text += "font-weight=\"600\" fill=\"\(Palette.quietText)\">"
            text += XMLEscaping.text(picture.titles[index]) + "</text></g>\n"
        }
    }

    // MARK: - For the other parts of the writer

    mutating func append(_ markup: String) { text += markup }

    /// The id, made unique: hashes of hostile names may collide.
    mutating func elementID(_ id: String) -> String {
        var candidate = id
        var count = 1
        while !usedIDs.insert(candidate).inserted {
            count += 1
            candidate = "\(id)-\(count)"
        }
        return candidate
    }

    func number(_ value: Double) -> String { Decimal1.text(value) }
}
