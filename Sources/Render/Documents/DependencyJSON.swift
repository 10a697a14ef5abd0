// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// Who calls whom and how often, as trace stores answer it: for user interfaces and scripts that
/// know Jaeger's or Zipkin's API.
///
/// Several edges between two nodes are one dependency. A dependency without requests, of which only
/// connections are known, has the count 0.
package enum DependencyJSON {
    private struct Calls {
        var requests: UInt64 = 0
        var failed: UInt64 = 0
    }

    private struct Pair: Hashable {
        let parent: String
        let child: String
    }

    /// The answer of Jaeger's `GET /api/dependencies`.
    package static func jaeger(_ graph: ServiceGraph) -> String {
        let links = links(of: graph)
        return JSONWriter.write(
            .object([
                (
                    "data",
                    .array(
                        links.map { pair, calls in
                            .line(.object(ends(pair) + [("callCount", .count(calls.requests))]))
                        }
                    )
                ),
                ("total", .index(0)), ("limit", .index(0)), ("offset", .index(0)), ("errors", .array([])),
            ])
        )
    }

    /// The answer of Zipkin's `GET /api/v2/dependencies`.
    package static func zipkin(_ graph: ServiceGraph) -> String {
        JSONWriter.write(
            .array(
                links(of: graph).map { pair, calls in
                    .line(
                        .object(
                            ends(pair)
                                + [
                                    ("callCount", .count(calls.requests)),
                                    ("errorCount", .count(calls.failed)),
                                ]
                        )
                    )
                }
            )
        )
    }

    private static func ends(_ pair: Pair) -> [(key: String, value: JSONValue)] {
        [("parent", .string(pair.parent)), ("child", .string(pair.child))]
    }

    /// Sorted by parent, then child.
    private static func links(of graph: ServiceGraph) -> [(key: Pair, value: Calls)] {
        let names = ServiceName.all(of: graph)
        var calls: [Pair: Calls] = [:]
        for edge in graph.edges {
            let pair = Pair(
                parent: names[edge.client] ?? edge.client,
                child: names[edge.server] ?? edge.server
            )
            calls[pair, default: Calls()].requests.addSaturated(edge.requests)
            calls[pair, default: Calls()].failed.addSaturated(edge.outcomes.failed)
        }
        return calls.sorted { ($0.key.parent, $0.key.child) < ($1.key.parent, $1.key.child) }
    }
}
