// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// The graph as JSON, the one shape that CLI, API and saved graphs share.
package enum GraphJSON {
    /// The version of the shape; it grows when a key changes its meaning.
    package static let version = 1

    /// The document of `docs/formats/graph-json.md`; equal graphs give equal bytes.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - details: What to tell beside figures; a document with less than all says so.
    /// - Returns: The document.
    package static func encode(_ graph: ServiceGraph, details: Set<GraphDetail> = .all) -> String {
        var members: [(key: String, value: JSONValue)] = [
            ("version", .index(version)),
            ("from", .string(graph.window.start.description)),
            ("to", .string(graph.window.end.description)),
        ]
        if let seconds = JSONValue.figure(graph.observedSeconds) {
            members.append(("observedSeconds", seconds))
        }
        // Positions are sorted, not the edges themselves, which are large.
        let nodes = graph.nodes.indices.sorted { graph.nodes[$0].id < graph.nodes[$1].id }
        let edges = graph.edges.indices.sorted { graph.edges[$0].id < graph.edges[$1].id }
        if details != .all {
            members.append(("include", .array(details.map(\.rawValue).sorted().map { .string($0) })))
        }
        members += [
            ("level", .string(graph.level.rawValue)),
            ("healthPolicy", .line(policy(graph.health))),
            ("nodes", .elements(nodes.count) { .line(node(graph.nodes[nodes[$0]])) }),
            ("edges", .elements(edges.count) { edge(graph.edges[edges[$0]], policy: graph.health, details) }),
            ("coverage", coverage(graph.coverage)),
        ]
        if !graph.omitted.isNothing { members.append(("omitted", .line(omission(graph.omitted)))) }
        if let found = graph.found { members.append(("found", findings(found))) }
        return JSONWriter.write(.object(members))
    }

    private static func findings(_ found: Findings) -> JSONValue {
        .object([
            ("edges", .array(found.edges.map { .string($0) })),
            ("nodes", .array(found.nodes.map { .string($0) })),
            ("absent", .index(found.absent)),
            ("failed", .index(found.failed)),
        ])
    }

    static func omission(_ omission: Omission) -> JSONValue {
        .object([
            ("edges", .index(omission.edges)),
            ("nodes", .index(omission.nodes)),
            ("absent", .index(omission.absent)),
            ("failed", .index(omission.failed)),
            ("undecided", .index(omission.undecided)),
        ])
    }

    static func policy(_ policy: HealthPolicy) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        if let rate = JSONValue.figure(policy.degradedRate) { members.append(("degradedRate", rate)) }
        if let rate = JSONValue.figure(policy.failingRate) { members.append(("failingRate", rate)) }
        members.append(("minimumFailures", .count(policy.minimumFailures)))
        return .object(members)
    }

    static func node(_ node: Node) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("id", .string(node.id)),
            ("kind", .string(node.kind.rawValue)),
            ("name", .string(node.name)),
        ]
        if let namespace = node.namespace { members.append(("namespace", .string(namespace))) }
        if let box = node.box { members.append(("box", .string(box))) }
        members.append(("identifiedBy", .string(node.identifiedBy.rawValue)))
        if let kind = node.workloadKind { members.append(("workloadKind", .string(kind))) }
        if node.isInferred { members.append(("inferred", .bool(true))) }
        if node.members > 0 { members.append(("members", .count(UInt64(clamping: node.members)))) }
        if !node.addresses.isEmpty {
            members.append(("addresses", .array(node.addresses.sorted().map { .string($0.description) })))
        }
        return .object(members)
    }

    static func edge(
        _ edge: Edge,
        policy: HealthPolicy,
        _ details: Set<GraphDetail> = .all
    ) -> JSONValue {
        let dialled = edge.dialled.sorted { ($0.id, $0.port) < ($1.id, $1.port) }
        var members: [(key: String, value: JSONValue)] = [
            ("id", .string(edge.id)),
            ("client", .string(edge.client)),
            ("server", .string(edge.server)),
            ("port", .index(Int(edge.port))),
            ("transport", .string(edge.transport.name)),
            ("direction", .string(edge.direction.rawValue)),
            ("health", .string(policy.health(of: edge).rawValue)),
            ("dialled", .line(.array(dialled.map(self.dialled)))),
        ]
        members += connectionFacts(edge.metrics, details)
        if let busiest = edge.busiestProtocol { members.append(("protocol", .string(busiest.rawValue))) }
        members += [
            ("requests", .count(edge.requests)),
            ("started", .count(edge.started)),
            ("inFlight", .count(edge.inFlight)),
        ]
        let ratios = [
            ("rate", edge.rate), ("errorRate", edge.errorRate),
            ("failedConnectRate", edge.failedConnectRate), ("failedTLSRate", edge.failedTLSRate),
            ("observedSeconds", edge.observedSeconds),
        ]
        for (key, value) in ratios {
            if let value, let figure = JSONValue.figure(value) { members.append((key, figure)) }
        }
        let protocols = edge.metrics.protocols.sorted { $0.key.rawValue < $1.key.rawValue }
        members += [
            ("latency", .line(histogram(edge.latency, details))),
            ("serverTime", .line(histogram(edge.serverTime, details))),
            ("protocols", .array(protocols.map { protocolMetrics($0.key, $0.value, details) })),
        ]
        return .object(members)
    }

    private static func dialled(_ dialled: Edge.Dialled) -> JSONValue {
        .object([
            ("id", .string(dialled.id)),
            ("port", .index(Int(dialled.port))),
            ("connections", .count(dialled.connections)),
        ])
    }
}
