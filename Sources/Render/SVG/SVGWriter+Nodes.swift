// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Nodes: an outline, two lines of text, and a badge for those in trouble.
extension SVGWriter {
    mutating func appendNode(_ index: Int) {
        let box = picture.boxes[index]
        let node = box.node
        let frame = frame(ofNode: index)
        let center = Layout.Point(x: frame.x + frame.width / 2, y: frame.y + frame.height / 2)
        append("<g id=\"\(elementID(StableID.node(node.id)))\" ")
        append("class=\"node kind-\(node.kind.rawValue) health-\(box.health.rawValue)\" ")
        append("data-node=\(XMLEscaping.attribute(node.id)) tabindex=\"0\">")
        append("<title>\(XMLEscaping.text(description(box), limit: 400))</title>")
        appendShape(box, in: frame)
        let base = center.y + NodeShape.textShift(node.kind)
        append("<text class=\"node-name\" x=\"\(number(center.x))\" y=\"\(number(base - 1.5))\" ")
        append("text-anchor=\"middle\" font-size=\"\(number(Picture.nameSize))\" font-weight=\"600\" ")
        append("fill=\"\(Palette.text)\">\(XMLEscaping.text(box.name))</text>")
        append("<text class=\"node-detail\" x=\"\(number(center.x))\" y=\"\(number(base + 13))\" ")
        append("text-anchor=\"middle\" font-size=\"\(number(Picture.detailSize))\" ")
        append("fill=\"\(Palette.quietText)\">\(XMLEscaping.text(box.detail))</text>")
        appendBadge(box.health, in: frame)
        append("</g>\n")
    }

    /// The outline's place: in the middle of the top of its room.
    func frame(ofNode index: Int) -> Layout.Rect {
        let box = picture.boxes[index]
        return Layout.Rect(
            x: layout.nodes[index].x - box.size.width / 2,
            y: layout.nodes[index].y - box.room.height / 2,
            width: box.size.width,
            height: box.size.height
        )
    }

    private mutating func appendShape(_ box: Picture.Box, in frame: Layout.Rect) {
        let kind = box.node.kind
        let isTroubled = box.health == .degraded || box.health == .failing
        let color =
            isTroubled
            ? Palette.stroke(box.health) : kind.isPseudo ? Palette.pseudoStroke : Palette.nodeStroke
        let paint = "fill=\"\(Palette.fill(kind))\" stroke=\"\(color)\""
        if kind == .workload, let behind = NodeShape.ornament(kind, in: frame) {
            append("<path class=\"node-ornament\" d=\"\(behind)\" \(paint) opacity=\"0.55\"/>")
        }
        let dashes = kind.isPseudo ? " stroke-dasharray=\"5 3\"" : ""
        append("<path class=\"node-shape\" d=\"\(NodeShape.outline(kind, in: frame))\" \(paint) ")
        append("stroke-width=\"\(box.health == .failing ? "2.2" : "1.3")\"\(dashes)/>")
        if kind != .workload, let within = NodeShape.ornament(kind, in: frame) {
            append("<path class=\"node-ornament\" d=\"\(within)\" fill=\"\(color)\" opacity=\"0.35\"/>")
        }
    }

    /// A sign at the corner of a server whose clients suffer: a circle when it fails, a
    /// triangle when it is degraded.
    private mutating func appendBadge(_ health: Health, in frame: Layout.Rect) {
        guard health == .degraded || health == .failing else { return }
        let x = frame.x + frame.width - 6
        let y = frame.y + 2
        let shape =
            health == .failing
            ? "M\(number(x - 8)) \(number(y))a8 8 0 1 1 16 0a8 8 0 1 1 -16 0Z"
            : "M\(number(x)) \(number(y - 9))L\(number(x + 9)) \(number(y + 7))H\(number(x - 9))Z"
        append(
            "<g class=\"badge\"><path class=\"badge-shape\" d=\"\(shape)\" fill=\"\(Palette.stroke(health))\" "
        )
        append("stroke=\"\(Palette.background)\" stroke-width=\"1.5\" stroke-linejoin=\"round\"/>")
        append(
            "<text class=\"badge-mark\" x=\"\(number(x))\" y=\"\(number(y + (health == .failing ? 4 : 5)))\" "
        )
        append("text-anchor=\"middle\" font-size=\"11\" font-weight=\"700\" fill=\"#ffffff\">!</text></g>")
    }

    /// What a pointer resting on the node is told.
    private func description(_ box: Picture.Box) -> String {
        let node = box.node
        var parts = [node.name, NodeLabel(node).detail]
        if let namespace = node.namespace { parts.append("namespace " + namespace) }
        if !node.addresses.isEmpty {
            let shown = node.addresses.sorted().prefix(4).map(\.description).joined(separator: ", ")
            parts.append(node.addresses.count > 4 ? "\(shown) and \(node.addresses.count - 4) more" : shown)
        }
        if box.health != .unknown { parts.append(box.health.rawValue) }
        return parts.joined(separator: " \u{B7} ")
    }
}
