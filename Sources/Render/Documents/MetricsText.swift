// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// Figures of a graph's edges in the text format of Prometheus, under the names that service graphs
/// made from traces have.
///
/// Everything that is stored is counted, so counters grow as long as nothing is pruned; where they
/// shrink, Prometheus sees a reset.
///
/// - SeeAlso: https://prometheus.io/docs/instrumenting/exposition_formats/
package enum MetricsText {
    /// Pairs of client and server that are told; the busiest first, what is beyond is counted.
    package static let maximumPairs = 1_000

    /// Upper bounds of the latency histogram in seconds.
    private static let bounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    private struct Sum {
        var requests: UInt64 = 0
        var failed: UInt64 = 0
        var serverTime = Histogram()
        var latency = Histogram()
        var connections = ConnectionCounts()
        var bytes = DirectionalCount()
        var retransmitted = DirectionalCount()

        init(_ edges: [Edge]) {
            for edge in edges {
                requests.addSaturated(edge.requests)
                failed.addSaturated(edge.outcomes.failed)
                serverTime.merge(edge.serverTime)
                latency.merge(edge.latency)
                connections.merge(edge.metrics.connections)
                bytes.merge(edge.metrics.bytes)
                retransmitted.merge(edge.metrics.retransmitted)
            }
        }
    }

    /// The metrics of a graph.
    ///
    /// - Parameter graph: Of everything that is stored.
    /// - Returns: Families with their samples, sorted by client and server.
    package static func write(_ graph: ServiceGraph) -> String {
        // Escaped first: two series with the same labels would spoil the whole scrape.
        let sums = ServicePair.edges(of: graph, spelled: escaped).mapValues(Sum.init)
        let busiest = sums.sorted { left, right in
            if left.value.requests != right.value.requests {
                return left.value.requests > right.value.requests
            }
            return left.key < right.key
        }
        let told = busiest.prefix(maximumPairs).sorted { $0.key < $1.key }
            .map { (labels: labels($0.key), sum: $0.value) }
        var text = ""
        func counter(_ name: String, _ help: String, _ value: (Sum) -> UInt64) {
            text += family(name, help, type: "counter")
            for pair in told { text += "\(name){\(pair.labels)} \(value(pair.sum))\n" }
        }
        counter("traces_service_graph_request_total", "Requests with an outcome.") { $0.requests }
        counter(
            "traces_service_graph_request_failed_total",
            "Requests that the server failed or never answered."
        ) { $0.failed }
        for (name, help, histogram) in [
            (
                "traces_service_graph_request_server_seconds", "Request last byte to response first byte.",
                { (sum: Sum) in sum.serverTime }
            ),
            (
                "traces_service_graph_request_client_seconds", "Request first byte to response last byte.",
                { $0.latency }
            ),
        ] {
            text += family(name, help, type: "histogram")
            for pair in told { text += samples(name, pair.labels, histogram(pair.sum)) }
        }
        counter("svcmap_tcp_established_total", "Connections that were established.") {
            $0.connections.established
        }
        counter("svcmap_tcp_failed_connects_total", "Attempts refused, unanswered or unreachable.") {
            $0.connections.failed
        }
        counter("svcmap_tcp_reset_total", "Established connections that ended by a reset.") {
            $0.connections.reset
        }
        counter("svcmap_tcp_retransmitted_total", "Segments that repeat bytes, both ways.") {
            $0.retransmitted.sent.addingSaturated($0.retransmitted.received)
        }
        counter("svcmap_sent_bytes_total", "Bytes of IP datagrams from client to server.") { $0.bytes.sent }
        counter("svcmap_received_bytes_total", "Bytes of IP datagrams from server to client.") {
            $0.bytes.received
        }
        text += family("svcmap_edges_not_told", "Pairs beyond the limit of \(maximumPairs).", type: "gauge")
        text += "svcmap_edges_not_told \(max(0, sums.count - maximumPairs))\n"
        text += family("svcmap_data_end_timestamp_seconds", "End of the stored data.", type: "gauge")
        text += "svcmap_data_end_timestamp_seconds \(graph.window.end.nanoseconds / 1_000_000_000)\n"
        text += family("svcmap_observed_seconds_total", "Time that somebody was watching.", type: "counter")
        text += "svcmap_observed_seconds_total \(DecimalText.figure(graph.observedSeconds) ?? "0")\n"
        text += family("svcmap_frames_total", "Frames that were read.", type: "counter")
        text += "svcmap_frames_total \(graph.coverage.frames)\n"
        text += family("svcmap_losses_total", "What is known to be missing, by cause.", type: "counter")
        for (cause, count) in graph.coverage.losses.sorted(by: { $0.key < $1.key }) {
            text += "svcmap_losses_total{cause=\"\(cause.rawValue)\"} \(count)\n"
        }
        return text
    }

    private static func family(_ name: String, _ help: String, type: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private static func labels(_ pair: ServicePair) -> String {
        "client=\"\(pair.client)\",server=\"\(pair.server)\",connection_type=\"\""
    }

    /// Buckets of ours are counted where they begin: 3 % wide, they are at most that far off.
    private static func samples(_ name: String, _ labels: String, _ histogram: Histogram) -> String {
        var text = ""
        for bound in bounds {
            let cut = Histogram.bucket(of: UInt64(bound * 1e9))
            var count: UInt64 = 0
            for bucket in histogram.buckets where bucket.index < cut {
                count.addSaturated(bucket.count)
            }
            let edge = bound == bound.rounded() ? String(Int(bound)) : String(bound)
            text += "\(name)_bucket{\(labels),le=\"\(edge)\"} \(count)\n"
        }
        text += "\(name)_bucket{\(labels),le=\"+Inf\"} \(histogram.count)\n"
        text += "\(name)_sum{\(labels)} \(DecimalText.seconds(nanoseconds: histogram.sumNanoseconds))\n"
        text += "\(name)_count{\(labels)} \(histogram.count)\n"
        return text
    }

    /// Whatever cannot be seen is spelled out; backslash and quote are escaped as the format wants.
    private static func escaped(_ text: String) -> String {
        VisibleText.of(text, limit: 253).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
