// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// What one edge did over time as JSON, described in `docs/formats/http-api.md`.
package enum SeriesJSON {
    /// The version of the shape; it grows when a key changes its meaning.
    package static let version = 1

    /// The document.
    ///
    /// - Parameters:
    ///   - series: What the edge did.
    ///   - edge: Its id.
    /// - Returns: Steps that nobody watched have no rate; those without requests no latency.
    package static func encode(_ series: EdgeSeries, edge: String) -> String {
        JSONWriter.write(
            .object([
                ("version", .index(version)),
                ("edge", .string(edge)),
                ("from", .string(series.window.start.description)),
                ("to", .string(series.window.end.description)),
                ("step", .seconds(nanoseconds: UInt64(clamping: series.stepNanoseconds))),
                ("points", .array(series.points.map { .line(point($0)) })),
            ])
        )
    }

    private static func point(_ point: EdgeSeries.Point) -> JSONValue {
        let edge = point.edge
        let connections = edge.metrics.connections
        var members: [(key: String, value: JSONValue)] = [
            ("from", .string(point.window.start.description)),
            ("requests", .count(edge.requests)),
            ("failed", .count(edge.outcomes.failed)),
        ]
        if let seconds = JSONValue.figure(edge.observedSeconds) {
            members.append(("observedSeconds", seconds))
        }
        if let rate = edge.rate.flatMap(JSONValue.figure) { members.append(("rate", rate)) }
        if let rate = edge.errorRate.flatMap(JSONValue.figure) { members.append(("errorRate", rate)) }
        let latency = edge.latency
        for (key, quantile) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
            if let value = latency.quantileNanoseconds(quantile) {
                members.append((key, .seconds(nanoseconds: value)))
            }
        }
        members += [
            ("attempted", .count(connections.attempted)),
            ("failedConnects", .count(connections.failed)),
            ("bytesSent", .count(edge.metrics.bytes.sent)),
            ("bytesReceived", .count(edge.metrics.bytes.received)),
        ]
        return .object(members)
    }
}
