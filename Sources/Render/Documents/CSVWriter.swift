// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// The edges of a graph as comma-separated values (RFC 4180), for spreadsheets and scripts.
///
/// Names come from traffic: a cell that a spreadsheet would take for a formula begins with an
/// apostrophe, so it is text there. Absent figures are empty cells.
package enum CSVWriter {
    private static let headings = [
        "id", "client", "server", "port", "transport", "protocol", "direction", "health", "observedSeconds",
        "requests", "rate", "errorRate", "ok", "clientError", "serverError", "unanswered", "inFlight",
        "latencyP50", "latencyP90", "latencyP95", "latencyP99", "serverTimeP95", "connectTimeP95", "rttP95",
        "attempted", "established", "refused", "unansweredConnects", "unreachable", "failedConnectRate",
        "bytesSent", "bytesReceived", "packetsSent", "packetsReceived", "retransmittedSent",
        "retransmittedReceived",
    ]

    /// One line for each edge, sorted by id; equal graphs give equal bytes.
    ///
    /// - Parameter graph: The graph whose edges are listed.
    /// - Returns: Lines that end with CR LF, a line of headings first; times in seconds.
    package static func write(_ graph: ServiceGraph) -> String {
        var text = headings.joined(separator: ",") + "\r\n"
        for edge in graph.edges.sorted(by: { $0.id < $1.id }) {
            text += row(edge, health: graph.health.health(of: edge)).joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func row(_ edge: Edge, health: Health) -> [String] {
        let (metrics, counts, outcomes) = (edge.metrics, edge.metrics.connections, edge.outcomes)
        let unanswered = outcomes.clientGaveUp.addingSaturated(outcomes.serverClosed)
            .addingSaturated(outcomes.timedOut)
        let latency = edge.latency
        var cells = [
            cell(edge.id), cell(edge.client), cell(edge.server), String(edge.port), edge.transport.name,
            edge.busiestProtocol?.rawValue ?? "", edge.direction.rawValue, health.rawValue,
            number(edge.observedSeconds), String(edge.requests), number(edge.rate), number(edge.errorRate),
            String(outcomes.ok), String(outcomes.clientError), String(outcomes.serverError),
            String(unanswered), String(edge.inFlight),
        ]
        cells += [0.5, 0.9, 0.95, 0.99].map { seconds(latency, $0) }
        cells += [edge.serverTime, metrics.connectTime, metrics.rtt].map { seconds($0, 0.95) }
        cells += [
            counts.attempted, counts.established, counts.refused, counts.unanswered, counts.unreachable,
        ].map { String($0) }
        cells.append(number(edge.failedConnectRate))
        cells += [metrics.bytes, metrics.packets, metrics.retransmitted].flatMap {
            [String($0.sent), String($0.received)]
        }
        return cells
    }

    /// A cell of text.
    static func cell(_ text: String) -> String {
        var shown = VisibleText.of(text, limit: .max)
        if let first = shown.unicodeScalars.first, "=+-@".unicodeScalars.contains(first) {
            shown = "'" + shown
        }
        guard shown.contains(where: { $0 == "," || $0 == "\"" }) else { return shown }
        return "\"" + shown.replacing("\"", with: "\"\"") + "\""
    }

    private static func seconds(_ histogram: Histogram, _ quantile: Double) -> String {
        histogram.quantileNanoseconds(quantile).map(DecimalText.seconds(nanoseconds:)) ?? ""
    }

    private static func number(_ value: Double?) -> String { value.flatMap(DecimalText.figure) ?? "" }
}
