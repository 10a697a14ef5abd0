// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// What is written on an edge: what is spoken, and the figures that matter most.
package struct EdgeLabel: Equatable, Sendable {
    /// `http :80`.
    package let title: String
    /// `6.5/s`, `2.6 %`, `p95 20 ms`; a share of errors only where there are any.
    package let figures: [String]

    package init(_ edge: Edge) {
        let spoken = edge.busiestProtocol?.rawValue ?? edge.transport.name
        title = edge.port == 0 ? spoken : "\(spoken) :\(edge.port)"
        figures = edge.requests > 0 ? Self.requestFigures(edge) : Self.connectionFigures(edge)
    }

    private static func requestFigures(_ edge: Edge) -> [String] {
        var figures = [edge.rate.map(Units.rate(perSecond:)) ?? "\(Units.count(edge.requests)) requests"]
        if let errors = edge.errorRate, errors > 0 { figures.append(Units.percent(errors)) }
        if let p95 = edge.latency.quantileNanoseconds(0.95) {
            figures.append("p95 " + Units.duration(nanoseconds: p95))
        }
        return figures + failures(edge)
    }

    private static func connectionFigures(_ edge: Edge) -> [String] {
        let counts = edge.metrics.connections
        var figures: [String] = []
        if counts.attempted > 0 {
            figures.append("\(Units.count(counts.attempted)) connect\(counts.attempted == 1 ? "" : "s")")
            figures += failures(edge)
        } else if edge.inFlight > 0 {
            figures.append("\(Units.count(edge.inFlight)) in flight")
        } else if counts.pending > 0 {
            figures.append("\(Units.count(counts.pending)) pending")
        } else if counts.open > 0 {
            figures.append("\(Units.count(counts.open)) open")
        }
        let bytes = edge.metrics.bytes.sent.addingSaturated(edge.metrics.bytes.received)
        if figures.count < 2, bytes > 0 { figures.append(Units.bytes(bytes)) }
        return figures
    }

    /// What may have cost the edge its health beside its error rate.
    private static func failures(_ edge: Edge) -> [String] {
        let counts = edge.metrics.connections
        let handshakes = edge.metrics.tlsHandshakes.failures
        return [
            (counts.refused, "refused"), (counts.unanswered, "unanswered"),
            (counts.unreachable, "unreachable"), (handshakes, "TLS failed"),
        ].filter { $0.0 > 0 }.map { "\(Units.count($0.0)) \($0.1)" }
    }
}
