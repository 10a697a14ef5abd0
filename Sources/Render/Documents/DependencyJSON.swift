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
    /// The answer of Jaeger's `GET /api/dependencies`.
    package static func jaeger(_ graph: ServiceGraph) -> String {
        JSONWriter.write(
            .object([
                (
                    "data",
                    .array(
                        links(of: graph).map { pair, edges in
                            .line(.object(ends(pair) + [("callCount", .count(sum(edges, \.requests)))]))
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
                links(of: graph).map { pair, edges in
                    .line(
                        .object(
                            ends(pair)
                                + [
                                    ("callCount", .count(sum(edges, \.requests))),
                                    ("errorCount", .count(sum(edges, \.outcomes.failed))),
                                ]
                        )
                    )
                }
            )
        )
    }

    private static func ends(_ pair: ServicePair) -> [(key: String, value: JSONValue)] {
        [("parent", .string(pair.client)), ("child", .string(pair.server))]
    }

    /// Sorted by parent, then child.
    private static func links(of graph: ServiceGraph) -> [(key: ServicePair, value: [Edge])] {
        ServicePair.edges(of: graph).sorted { $0.key < $1.key }
    }

    private static func sum(_ edges: [Edge], _ count: (Edge) -> UInt64) -> UInt64 {
        edges.reduce(0) { $0.addingSaturated(count($1)) }
    }
}
