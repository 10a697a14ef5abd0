// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Edges: a line by health and rate, and a label on a plate of its own.
extension SVGWriter {
    mutating func appendEdge(_ index: Int) {
        let link = picture.links[index]
        let edge = link.edge
        let line = layout.edges[index]
        append("<g id=\"\(elementID(StableID.edge(edge.id)))\" class=\"edge health-\(link.health.rawValue) ")
        append("direction-\(edge.direction.rawValue)\" \(references(link)) tabindex=\"0\">")
        append("<title>\(XMLEscaping.text(description(link), limit: 600))</title>")
        let path = pathData(line, link)
        let width = StrokeWidth.of(edge) + Palette.extraWidth(link.health)
        let dashes = Palette.dashes(link.health).map { " stroke-dasharray=\"\($0)\"" } ?? ""
        let marker = Self.marker(link.health, isOpen: edge.direction == .inferred)
        append("<path class=\"edge-path\" d=\"\(path)\" stroke=\"\(Palette.stroke(link.health))\" ")
        append(
            "stroke-width=\"\(number(width))\" stroke-linecap=\"butt\"\(dashes) marker-end=\"url(#\(marker))\"/>"
        )
        append("<path class=\"edge-hit\" d=\"\(path)\" stroke=\"transparent\" stroke-width=\"14\" ")
        append("pointer-events=\"stroke\"/></g>\n")
    }

    /// Edges to hubs: tags below the node.
    mutating func appendStubs(_ index: Int) {
        let box = picture.boxes[index]
        let left = layout.nodes[index].x - box.room.width / 2
        let top = layout.nodes[index].y - box.room.height / 2
        for stub in box.stubs {
            let link = picture.links[stub.link]
            let frame = Layout.Rect(
                x: left + stub.frame.x,
                y: top + stub.frame.y,
                width: stub.frame.width,
                height: stub.frame.height
            )
            append("<g id=\"\(elementID(StableID.edge(link.edge.id)))\" class=\"edge stub ")
            append("health-\(link.health.rawValue) direction-\(link.edge.direction.rawValue)\" ")
            append("\(references(link)) tabindex=\"0\">")
            append("<title>\(XMLEscaping.text(description(link), limit: 600))</title>")
            let dashes = Palette.dashes(link.health).map { " stroke-dasharray=\"\($0)\"" } ?? ""
            append("<path class=\"edge-path\" d=\"\(NodeShape.rounded(frame, radius: 7))\" ")
            append("fill=\"\(Palette.background)\" stroke=\"\(Palette.stroke(link.health))\" ")
            append("stroke-width=\"\(number(0.9 + Palette.extraWidth(link.health) / 2))\"\(dashes)/>")
            append("<path class=\"edge-hit\" d=\"\(NodeShape.rounded(frame, radius: 7))\" ")
            append("stroke=\"transparent\" stroke-width=\"6\" pointer-events=\"all\"/>")
            append("<text class=\"stub-name\" x=\"\(number(frame.x + 6))\" y=\"\(number(frame.y + 11))\" ")
            append("font-size=\"\(number(Stub.textSize))\" fill=\"\(Palette.quietText)\">")
            append("\(XMLEscaping.text(stub.text))</text></g>\n")
        }
    }

    mutating func appendLabel(_ index: Int) {
        let link = picture.links[index]
        guard let middle = labels.middles[index] else { return }
        let size = link.labelSize
        let frame = Layout.Rect(
            x: middle.x - size.width / 2 + 1,
            y: middle.y - size.height / 2 + 1,
            width: size.width - 2,
            height: size.height - 2
        )
        append("<g class=\"edge-label health-\(link.health.rawValue)\" \(references(link))>")
        append("<path class=\"edge-label-box\" d=\"\(NodeShape.rounded(frame, radius: 6))\" ")
        append("fill=\"\(Palette.background)\" stroke=\"\(Palette.namespaceStroke)\" stroke-width=\"0.8\"/>")
        let first = link.label.figures.isEmpty ? middle.y + 3.5 : middle.y - 3
        appendLine(
            "edge-label-title",
            link.label.title,
            at: middle.x,
            first,
            fill: Palette.quietText,
            weight: nil
        )
        if !link.label.figures.isEmpty {
            let weight = Palette.isBold(link.health) ? "600" : nil
            let fill = Palette.text(link.health)
            appendLine(
                "edge-label-figures",
                Picture.figures(link.label),
                at: middle.x,
                middle.y + 9.5,
                fill: fill,
                weight: weight
            )
        }
        append("</g>\n")
    }

    private mutating func appendLine(
        _ name: String,
        _ line: String,
        at x: Double,
        _ y: Double,
        fill: String,
        weight: String?
    ) {
        append("<text class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"middle\" ")
        append("font-size=\"\(number(Picture.labelSize))\"\(weight.map { " font-weight=\"\($0)\"" } ?? "") ")
        append("fill=\"\(fill)\">\(XMLEscaping.text(line))</text>")
    }

    private func references(_ link: Picture.Link) -> String {
        "data-edge=\(XMLEscaping.attribute(link.edge.id)) data-client=\(XMLEscaping.attribute(link.edge.client)) "
            + "data-server=\(XMLEscaping.attribute(link.edge.server))"
    }

    /// The splines; a straight line from center to center where Graphviz lost the edge.
    private func pathData(_ line: Layout.Line, _ link: Picture.Link) -> String {
        func place(_ point: Layout.Point) -> String { "\(number(point.x)) \(number(point.y))" }
        guard !line.splines.isEmpty else {
            return "M\(place(layout.nodes[link.client]))L\(place(layout.nodes[link.server]))"
        }
        return line.splines.map { points in
            "M\(place(points[0]))C" + points.dropFirst().map(place).joined(separator: " ")
        }.joined()
    }

    /// What a pointer resting on the edge is told.
    private func description(_ link: Picture.Link) -> String {
        let edge = link.edge
        let client = picture.boxes[link.client].node.name
        let server = picture.boxes[link.server].node.name
        var parts = ["\(client) \u{2192} \(server)", link.label.title]
        if edge.requests > 0 { parts.append("\(edge.requests) requests") }
        parts += link.label.figures
        let latency = edge.latency
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99)] {
            if let value = latency.quantileNanoseconds(quantile) {
                parts.append("\(name) \(Units.duration(nanoseconds: value))")
            }
        }
        if edge.direction == .inferred { parts.append("direction inferred") }
        parts.append(link.health.rawValue)
        return parts.joined(separator: " \u{B7} ")
    }
}
