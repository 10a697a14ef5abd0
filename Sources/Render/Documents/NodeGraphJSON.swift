// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// The graph as Grafana's node graph panel takes it, from the data source `hamedkarbasi93-nodegraphapi-datasource`
/// or from any that reads JSON.
///
/// - SeeAlso: https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/node-graph/
package enum NodeGraphJSON {
    private struct Field {
        let name: String
        let type: String
        var title: String?
        var color: String?
    }

    private static let nodeFields = [
        Field(name: "id", type: "string"), Field(name: "title", type: "string"),
        Field(name: "subTitle", type: "string"),
        Field(name: "mainStat", type: "string", title: "Requests"),
        Field(name: "secondaryStat", type: "string", title: "p95"),
        Field(name: "arc__ok", type: "number", title: "ok", color: "green"),
        Field(name: "arc__clientError", type: "number", title: "client errors", color: "yellow"),
        Field(name: "arc__failed", type: "number", title: "failed", color: "red"),
        Field(name: "detail__kind", type: "string", title: "Kind"),
        Field(name: "detail__namespace", type: "string", title: "Namespace"),
        Field(name: "fixedX", type: "number"), Field(name: "fixedY", type: "number"),
    ]

    private static let edgeFields = [
        Field(name: "id", type: "string"), Field(name: "source", type: "string"),
        Field(name: "target", type: "string"),
        Field(name: "mainStat", type: "string", title: "Requests"),
        Field(name: "secondaryStat", type: "string", title: "Errors and p95"),
        Field(name: "thickness", type: "number"), Field(name: "color", type: "string"),
        Field(name: "detail__protocol", type: "string", title: "Protocol"),
        Field(name: "detail__health", type: "string", title: "Health"),
    ]

    /// What the columns of nodes and edges are.
    package static func fields() -> String {
        JSONWriter.write(
            .object([
                ("edges_fields", .array(edgeFields.map(field))),
                ("nodes_fields", .array(nodeFields.map(field))),
            ])
        )
    }

    /// Nodes and edges.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - places: Centers of nodes by id in points; without them the panel lays out.
    /// - Returns: The document.
    package static func data(_ graph: ServiceGraph, places: [String: Layout.Point]) -> String {
        var asked: [String: (outcomes: OutcomeCounts, latency: Histogram, rate: Double)] = [:]
        for edge in graph.edges {
            var sum = asked[edge.server] ?? (OutcomeCounts(), Histogram(), 0)
            sum.outcomes.merge(edge.outcomes)
            sum.latency.merge(edge.latency)
            sum.rate += edge.rate ?? 0
            asked[edge.server] = sum
        }
        let nodes = graph.nodes.map { node in
            var members = nodeMembers(node)
            if let sum = asked[node.id], sum.outcomes.requests > 0 {
                members += figures(sum.outcomes, sum.latency, rate: sum.rate)
            }
            if let place = places[node.id] {
                members += [("fixedX", number(place.x)), ("fixedY", number(place.y))]
            }
            return JSONValue.line(.object(members))
        }
        let edges = graph.edges.map { JSONValue.line(.object(edgeMembers($0, graph.health.health(of: $0)))) }
        return JSONWriter.write(.object([("edges", .array(edges)), ("nodes", .array(nodes))]))
    }

    private static func field(_ field: Field) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("field_name", .string(field.name)), ("type", .string(field.type)),
        ]
        if let title = field.title { members.append(("displayName", .string(title))) }
        if let color = field.color { members.append(("color", .string(color))) }
        return .line(.object(members))
    }

    private static func nodeMembers(_ node: Node) -> [(key: String, value: JSONValue)] {
        let label = NodeLabel(node)
        var members: [(key: String, value: JSONValue)] = [
            ("id", .string(node.id)), ("title", .string(label.name)), ("subTitle", .string(label.detail)),
            ("detail__kind", .string(node.workloadKind ?? node.kind.rawValue)),
        ]
        if let namespace = node.namespace { members.append(("detail__namespace", .string(namespace))) }
        return members
    }

    /// The arcs of a node add up to 1, as the panel wants them.
    private static func figures(
        _ outcomes: OutcomeCounts,
        _ latency: Histogram,
        rate: Double
    ) -> [(key: String, value: JSONValue)] {
        let all = Double(outcomes.requests)
        let failed = Double(outcomes.failed) / all
        // A client that gave up is an error of the client.
        let client = (Double(outcomes.clientError) + Double(outcomes.clientGaveUp)) / all
        return [
            ("mainStat", .string(Units.rate(perSecond: rate))),
            (
                "secondaryStat",
                .string(latency.quantileNanoseconds(0.95).map(Units.duration(nanoseconds:)) ?? "")
            ),
            ("arc__ok", number(max(0, 1 - failed - client))), ("arc__clientError", number(client)),
            ("arc__failed", number(failed)),
        ]
    }

    private static func edgeMembers(_ edge: Edge, _ health: Health) -> [(key: String, value: JSONValue)] {
        let label = EdgeLabel(edge)
        return [
            ("id", .string(edge.id)), ("source", .string(edge.client)), ("target", .string(edge.server)),
            ("mainStat", .string(label.figures.first ?? label.title)),
            ("secondaryStat", .string(label.figures.dropFirst().joined(separator: " \u{B7} "))),
            ("thickness", number(StrokeWidth.of(edge))), ("color", .string(HealthColor.hexadecimal(health))),
            ("detail__protocol", .string(label.title)), ("detail__health", .string(health.rawValue)),
        ]
    }

    private static func number(_ value: Double) -> JSONValue { .figure(value) ?? .number("0") }
}
