// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Hummingbird
import Render

/// Jaeger's `/api/dependencies` and Zipkin's `/api/v2/dependencies`, at level workload.
struct DependencyRoutes {
    /// Where a request names none: a day, as both user interfaces ask for at first.
    static let defaultLookback: Int64 = 86_400_000
    /// The latest `endTs`: 2200-01-01, in milliseconds.
    private static let latest = Int(TimeExpression.latest.nanoseconds / 1_000_000)

    let graphs: any GraphSource
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        add("/api/dependencies", to: router, DependencyJSON.jaeger)
        add("/api/v2/dependencies", to: router, DependencyJSON.zipkin)
    }

    private func add(
        _ path: RouterPath,
        to router: Router<BasicRequestContext>,
        _ encode: @escaping @Sendable (ServiceGraph) -> String
    ) {
        router.get(path) { request, _ in
            let query = try query(request.uri.query)
            let graph = try await graphs.snapshot(for: query).graph
            return Representation(.json, encode(graph)).response(to: request)
        }
    }

    private func query(_ text: String?) throws(Problem) -> GraphQuery {
        let items = try QueryItems(text)
        try items.require(names: ["endTs", "lookback"])
        let end = try items.integer(
            "endTs",
            in: 0...Self.latest,
            default: Int(now().nanoseconds / 1_000_000)
        )
        let lookback = try items.integer("lookback", in: 1...Self.latest, default: Int(Self.defaultLookback))
        let until = Timestamp(nanoseconds: Int64(end) * 1_000_000)
        let from = Timestamp(nanoseconds: Int64(max(0, end - lookback)) * 1_000_000)
        return GraphQuery(range: .between(from: from, to: until))
    }
}
