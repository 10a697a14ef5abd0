// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// What a graph does not show as JSON, described in `docs/formats/http-api.md`.
package enum CoverageJSON {
    /// The version of the shape; it grows when a key changes its meaning.
    package static let version = 1

    /// The document.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - reporters: Whose reports it was made from, sorted by id.
    /// - Returns: Counts of what was lost, left out or could not be told.
    package static func encode(_ graph: ServiceGraph, reporters: [Reporter]) -> String {
        let length = Double(graph.window.end - graph.window.start) / 1e9
        let edges = graph.edges
        let figures = [
            ("observedSeconds", graph.observedSeconds),
            ("unobservedSeconds", max(0, length - graph.observedSeconds)),
        ]
        var members = EdgeJSON.head(graph)
        members += figures.compactMap { key, value in JSONValue.figure(value).map { (key, $0) } }
        members += [
            ("coverage", GraphJSON.coverage(graph.coverage)),
            (
                "nodes",
                .line(
                    .object([
                        ("all", .index(graph.nodes.count)),
                        ("unidentified", .index(graph.nodes.count { $0.identifiedBy == .nothing })),
                        ("inferred", .index(graph.nodes.count { $0.isInferred })),
                        ("folded", .index(graph.nodes.reduce(0) { $0 + $1.members })),
                    ])
                )
            ),
            (
                "edges",
                .line(
                    .object([
                        ("all", .index(edges.count)),
                        ("inferredDirection", .index(edges.count { $0.direction == .inferred })),
                        ("unrecognized", .index(edges.count { $0.metrics.protocols.isEmpty })),
                        ("opaque", .index(edges.count(where: isOpaque))),
                    ])
                )
            ),
            ("omitted", .line(GraphJSON.omission(graph.omitted))),
            (
                "reporters",
                .array(
                    reporters.map { .line(.object([("id", .string($0.id)), ("name", .string($0.name))])) }
                )
            ),
        ]
        return JSONWriter.write(.object(members))
    }

    /// Whether a protocol was recognized and nothing of it could be read, as in TLS.
    private static func isOpaque(_ edge: Edge) -> Bool {
        !edge.metrics.protocols.isEmpty && edge.requests == 0 && edge.started == 0
            && edge.metrics.protocols.values.allSatisfy {
                $0.session == 0 && $0.messages == DirectionalCount()
            }
    }
}
