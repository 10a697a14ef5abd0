// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Figures of an edge, or of several together, as other documents list them.
enum FiguresJSON {
    /// What a step of a series has.
    static func step(_ figures: some Measured) -> [(key: String, value: JSONValue)] {
        let connections = figures.metrics.connections
        return [
            ("requests", .count(figures.requests)),
            ("failed", .count(figures.outcomes.failed)),
        ] + rates(figures) + percentiles(figures) + [
            ("attempted", .count(connections.attempted)),
            ("failedConnects", .count(connections.failed)),
            ("bytesSent", .count(figures.metrics.bytes.sent)),
            ("bytesReceived", .count(figures.metrics.bytes.received)),
        ]
    }

    /// The same, and how well it is.
    static func summary(_ figures: some Measured, policy: HealthPolicy) -> [(key: String, value: JSONValue)] {
        [("health", .string(policy.health(of: figures).rawValue))] + step(figures)
    }

    private static func rates(_ figures: some Measured) -> [(key: String, value: JSONValue)] {
        let rates = [
            ("observedSeconds", figures.observedSeconds), ("rate", figures.rate),
            ("errorRate", figures.errorRate),
        ]
        return rates.compactMap { key, value in
            value.flatMap(JSONValue.figure).map { (key, $0) }
        }
    }

    private static func percentiles(_ figures: some Measured) -> [(key: String, value: JSONValue)] {
        let latency = figures.latency
        return [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)].compactMap { key, quantile in
            latency.quantileNanoseconds(quantile).map { (key, .seconds(nanoseconds: $0)) }
        }
    }
}
