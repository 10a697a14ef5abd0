// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// What stands below the map: how to read it, what it covers, and what it did not see.
struct Legend {
    /// One line for screen readers and window titles.
    let title: String
    let width: Double
    let height: Double
    private let keys: [(health: Health, isOpen: Bool, text: String)]
    private let captions: [String]
    /// Large maps are looked at from afar.
    private let scale: Double

    /// The legend grows with maps wider than this, so many times at most.
    private static let comfortableWidth = 1_800.0
    private static let maximumScale = 4.0

    private static let fontSize = 11.0
    private static let sampleWidth = 34.0
    private static let gap = 22.0
    private static let rowHeight = 18.0

    init(_ picture: Picture, method: LayoutMethod, mapWidth: Double) {
        let graph = picture.graph
        let policy = graph.health
        var keys: [(health: Health, isOpen: Bool, text: String)] = [
            (.healthy, false, "healthy"),
            (.degraded, false, "degraded, from \(Units.percent(policy.degradedRate)) failures"),
            (.failing, false, "failing, from \(Units.percent(policy.failingRate))"),
            (.unknown, false, "nothing to judge by"),
        ]
        if picture.links.contains(where: { $0.edge.direction == .inferred }) {
            keys.append((.unknown, true, "direction inferred"))
        }
        self.keys = keys
        title = "Service map of \(graph.window.start) to \(graph.window.end), level \(graph.level.rawValue)"
        var captions = [Self.range(picture)]
        if let losses = Self.losses(graph.coverage) { captions.append(losses) }
        if let note = Self.note(method, picture) { captions.append(note) }
        self.captions = captions
        let keysWidth = keys.reduce(-Self.gap) { sum, key in
            sum + Self.sampleWidth + 6 + FontMetrics.width(key.text, size: Self.fontSize) + Self.gap
        }
        let captionsWidth = captions.map { FontMetrics.width($0, size: Self.fontSize) }.max() ?? 0
        // In tenths, as it is written.
        scale = (min(max(1, mapWidth / Self.comfortableWidth), Self.maximumScale) * 10).rounded() / 10
        width = scale * max(keysWidth, captionsWidth)
        height = scale * (26 + Self.rowHeight * Double(1 + captions.count))
    }

    /// The legend's elements, from `top` down.
    func svg(top: Double) -> String {
        var text = "<g transform=\"translate(\(Decimal1.text(SVGWriter.margin)) \(Decimal1.text(top))) "
        text += "scale(\(Decimal1.text(scale)))\">\n"
        text +=
            "<g class=\"legend\" font-size=\"\(Decimal1.text(Self.fontSize))\" fill=\"\(Palette.quietText)\">\n"
        var x = 0.0
        var y = 34.0
        for key in keys {
            let end = x + Self.sampleWidth - 9
            let dashes = Palette.dashes(key.health).map { " stroke-dasharray=\"\($0)\"" } ?? ""
            text += "<path class=\"edge-path health-\(key.health.rawValue)\" "
            text += "d=\"M\(Decimal1.text(x)) \(Decimal1.text(y - 4))H\(Decimal1.text(end))\" "
            text += "stroke=\"\(Palette.stroke(key.health))\" "
            text += "stroke-width=\"\(Decimal1.text(1.6 + Palette.extraWidth(key.health)))\"\(dashes) "
            text += "marker-end=\"url(#\(SVGWriter.marker(key.health, isOpen: key.isOpen)))\"/>"
            x += Self.sampleWidth + 6
            text +=
                "<text x=\"\(Decimal1.text(x))\" y=\"\(Decimal1.text(y))\">\(XMLEscaping.text(key.text))</text>\n"
            x += FontMetrics.width(key.text, size: Self.fontSize) + Self.gap
        }
        text += "</g>\n"
        for caption in captions {
            y += Self.rowHeight
            text += "<text class=\"caption\" x=\"0\" y=\"\(Decimal1.text(y))\" "
            text += "font-size=\"\(Decimal1.text(Self.fontSize))\" fill=\"\(Palette.quietText)\">"
            text += XMLEscaping.text(caption) + "</text>\n"
        }
        return text + "</g>\n"
    }

    /// What the reader should know about how the picture came about.
    private static func note(_ method: LayoutMethod, _ picture: Picture) -> String? {
        guard !picture.links.isEmpty else { return nil }
        let labels = method.hasLabels ? "" : ", without labels on its edges: point at one to read it"
        switch method.engine {
        case .none: return nil
        case .dot where method.isFallback || !method.hasLabels:
            return "Drawn by dot with less care, since it is large\(labels)."
        case .dot: return nil
        case .dotInBoxes: return "Drawn box by box by dot, since it is large\(labels)."
        case .sfdp where method.isFallback:
            return "Drawn by sfdp, since it is large for layers: without boxes\(labels)."
        case .sfdp: return "Drawn by sfdp\(labels)."
        case .radial: return "Rings around the node with most neighbours\(labels)."
        }
    }

    private static func range(_ picture: Picture) -> String {
        let graph = picture.graph
        var parts = [
            "\(graph.window.start) to \(graph.window.end)", "level \(graph.level.rawValue)",
            "\(graph.nodes.count) \(graph.nodes.count == 1 ? "node" : "nodes")",
            "\(graph.edges.count) \(graph.edges.count == 1 ? "edge" : "edges")",
        ]
        if graph.observedSeconds.isFinite, graph.observedSeconds >= 0 {
            parts.append("\(Decimal1.text(graph.observedSeconds)) s observed")
        }
        return parts.joined(separator: " \u{B7} ")
    }

    /// What the map did not see, the greatest first; `nil` when it saw everything.
    private static func losses(_ coverage: Coverage) -> String? {
        var losses = coverage.losses.filter { $0.value > 0 }.map { (words($0.key.rawValue), $0.value) }
        let undecodable = coverage.undecodable.values.reduce(UInt64(0)) { $0.addingSaturated($1) }
        if undecodable > 0 { losses.append(("undecodable frames", undecodable)) }
        guard !losses.isEmpty else { return nil }
        losses.sort { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
        var parts = losses.prefix(maximumLosses).map { "\($0.0) \(Units.count($0.1))" }
        if losses.count > maximumLosses { parts.append("\(losses.count - maximumLosses) other causes") }
        return "Not seen: " + parts.joined(separator: " \u{B7} ")
    }

    private static let maximumLosses = 5

    /// `kernelDropped` as `kernel dropped`.
    private static func words(_ name: String) -> String {
        name.reduce(into: "") { words, letter in
            words += letter.isUppercase ? " " + letter.lowercased() : String(letter)
        }
    }
}
