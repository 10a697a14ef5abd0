// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// The edges of a graph as an aligned table for terminals.
package enum GraphTable {
    private static let headings = [
        "CLIENT", "SERVER", "PROTOCOL", "REQUESTS", "RATE", "ERRORS", "P50", "P95", "P99", "CONNECTS",
        "FAILED",
    ]
    /// Columns from here on hold figures and are aligned right.
    private static let firstFigure = 3
    /// Longer names are shortened: a row should fit a line.
    private static let maximumNameScalars = 48

    /// The busiest edges first; a last line counts those that the limit left out.
    ///
    /// - Parameters:
    ///   - graph: The graph whose edges are listed.
    ///   - limit: How many edges at most.
    /// - Returns: Lines that each end with a newline.
    package static func write(_ graph: ServiceGraph, limit: Int = .max) -> String {
        let names = Dictionary(
            graph.nodes.map { ($0.id, name(of: $0)) },
            uniquingKeysWith: { first, _ in first }
        )
        let edges = graph.edges.sorted(by: isBusier)
        let shown = edges.prefix(max(0, limit))
        let rows = [headings] + shown.map { row($0, names: names) }
        let widths = headings.indices.map { column in rows.map { width($0[column]) }.max() ?? 0 }
        var text = ""
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - width(cell))
                line += (column == 0 ? "" : "  ") + (column < firstFigure ? cell + padding : padding + cell)
            }
            while line.last == " " { line.removeLast() }
            text += line + "\n"
        }
        if shown.count < edges.count { text += "and \(edges.count - shown.count) more\n" }
        return text
    }

    private static func isBusier(_ left: Edge, _ right: Edge) -> Bool {
        let (mine, theirs) = (left.requests, right.requests)
        if mine != theirs { return mine > theirs }
        let (attempts, others) = (left.metrics.connections.attempted, right.metrics.connections.attempted)
        return attempts != others ? attempts > others : left.id < right.id
    }

    private static func name(of node: Node) -> String {
        let name = VisibleText.of(node.name, limit: maximumNameScalars)
        guard node.kind != .namespace, let namespace = node.namespace else { return name }
        return VisibleText.of(namespace, limit: maximumNameScalars) + "/" + name
    }

    private static func row(_ edge: Edge, names: [String: String]) -> [String] {
        let client = names[edge.client] ?? VisibleText.of(edge.client, limit: maximumNameScalars)
        let server = names[edge.server] ?? VisibleText.of(edge.server, limit: maximumNameScalars)
        let counts = edge.metrics.connections
        let latency = edge.latency
        let failed = counts.refused.addingSaturated(counts.unanswered).addingSaturated(counts.unreachable)
        let isCalled = edge.requests > 0
        return [
            client,
            edge.port == 0 ? server : "\(server):\(edge.port)",
            edge.busiestProtocol?.rawValue ?? edge.transport.name,
            isCalled ? String(edge.requests) : "-",
            isCalled ? edge.rate.map(Units.rate(perSecond:)) ?? "-" : "-",
            edge.errorRate.map(Units.percent) ?? "-",
            quantile(latency, 0.5), quantile(latency, 0.95), quantile(latency, 0.99),
            counts.attempted == 0 ? "-" : String(counts.attempted),
            counts.attempted == 0 ? "-" : String(failed),
        ]
    }

    private static func quantile(_ histogram: Histogram, _ quantile: Double) -> String {
        histogram.quantileNanoseconds(quantile).map(Units.duration(nanoseconds:)) ?? "-"
    }

    /// Terminal columns: wide characters take two, combining ones none.
    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + FontMetrics.terminalColumns($1) }
    }
}
