// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// One edge of a graph as JSON, described in `docs/formats/http-api.md`.
package enum EdgeJSON {
    /// The version of the shapes; it grows when a key changes its meaning.
    package static let version = 1

    /// Everything of an edge, and the nodes at its ends.
    ///
    /// - Parameters:
    ///   - edge: The edge.
    ///   - graph: The graph that has it.
    /// - Returns: The document.
    package static func encode(_ edge: Edge, in graph: ServiceGraph) -> String {
        let ends = [("client", edge.client), ("server", edge.server)].compactMap { key, id in
            graph.nodes.first { $0.id == id }.map { (key, JSONValue.line(GraphJSON.node($0))) }
        }
        return JSONWriter.write(
            .object(head(graph) + [("edge", GraphJSON.edge(edge, policy: graph.health))] + ends)
        )
    }

    /// The operations of an edge, by protocol and then most requests first.
    ///
    /// - Parameters:
    ///   - edge: The edge; nothing has no operations.
    ///   - id: Its id.
    ///   - graph: The graph that was asked.
    /// - Returns: The document.
    package static func encodeOperations(of edge: Edge?, id: String, in graph: ServiceGraph) -> String {
        let protocols = (edge?.metrics.protocols ?? [:]).sorted { $0.key.rawValue < $1.key.rawValue }
        let operations = protocols.flatMap { name, metrics in
            GraphJSON.sorted(metrics.operations).map { operation, metrics in
                JSONValue.line(
                    .object(
                        [("protocol", .string(name.rawValue))]
                            + GraphJSON.operationMembers(operation, metrics)
                            + ratios(metrics, seconds: edge?.observedSeconds ?? 0)
                    )
                )
            }
        }
        return JSONWriter.write(
            .object(head(graph) + [("edge", .string(id)), ("operations", .array(operations))])
        )
    }

    private static func ratios(
        _ metrics: OperationMetrics,
        seconds: Double
    ) -> [(key: String, value: JSONValue)] {
        let outcomes = metrics.outcomes
        let requests = Double(outcomes.requests)
        let ratios = [
            ("rate", seconds > 0 ? requests / seconds : nil),
            ("errorRate", requests > 0 ? Double(outcomes.failed) / requests : nil),
        ]
        return ratios.compactMap { key, value in value.flatMap(JSONValue.figure).map { (key, $0) } }
    }

    /// What documents about a part of a graph begin with.
    static func head(_ graph: ServiceGraph) -> [(key: String, value: JSONValue)] {
        [
            ("version", .index(version)),
            ("from", .string(graph.window.start.description)),
            ("to", .string(graph.window.end.description)),
            ("level", .string(graph.level.rawValue)),
        ]
    }

    /// An edge as lists have it.
    static func summary(_ edge: Edge, policy: HealthPolicy) -> [(key: String, value: JSONValue)] {
        var members = identity(edge)
        if let busiest = edge.busiestProtocol { members.append(("protocol", .string(busiest.rawValue))) }
        return members + FiguresJSON.summary(edge, policy: policy)
    }

    /// What tells an edge from others.
    static func identity(_ edge: Edge) -> [(key: String, value: JSONValue)] {
        [
            ("id", .string(edge.id)),
            ("client", .string(edge.client)),
            ("server", .string(edge.server)),
            ("port", .index(Int(edge.port))),
            ("transport", .string(edge.transport.name)),
        ]
    }
}
