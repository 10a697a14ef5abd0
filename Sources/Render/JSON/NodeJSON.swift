// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// One node of a graph as JSON, described in `docs/formats/http-api.md`.
package enum NodeJSON {
    /// Everything of a node, what its addresses were over time, and the edges at it.
    ///
    /// - Parameters:
    ///   - node: The node.
    ///   - detail: What the inventory tells of it.
    ///   - graph: The graph that has it.
    /// - Returns: The document.
    package static func encode(_ node: Node, _ detail: NodeDetail, in graph: ServiceGraph) -> String {
        let labels = detail.labels.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        func edges(_ end: KeyPath<Edge, String>) -> JSONValue {
            .array(
                graph.edges.filter { $0[keyPath: end] == node.id }
                    .map { .line(.object(EdgeJSON.summary($0, policy: graph.health))) }
            )
        }
        return JSONWriter.write(
            .object(
                EdgeJSON.head(graph) + [
                    ("node", .line(GraphJSON.node(node))),
                    ("labels", .line(.object(labels))),
                    (
                        "services",
                        .line(.array(detail.services.map { .string("\($0.namespace)/\($0.name)") }))
                    ),
                    ("podCount", .index(detail.podCount)),
                    ("pods", .array(detail.pods.map { .line(.object(pod($0))) })),
                    ("addresses", .array(detail.addresses.map(address))),
                    ("in", edges(\.server)),
                    ("out", edges(\.client)),
                ]
            )
        )
    }

    private static func pod(_ pod: PodIdentity) -> [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = [
            ("namespace", .string(pod.namespace)), ("name", .string(pod.name)),
        ]
        members.append(("workload", .string("\(pod.workload.kind)/\(pod.workload.name)")))
        if let node = pod.nodeName { members.append(("nodeName", .string(node))) }
        return members
    }

    private static func address(_ address: NodeDetail.Address) -> JSONValue {
        .object([
            ("address", .string(address.endpoint.address.description)),
            ("scope", .string(address.endpoint.scope)),
            ("history", .array(address.history.map { .line(span($0)) })),
        ])
    }

    private static func span(_ span: IdentitySpan) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        if let from = span.from { members.append(("from", .string(from.description))) }
        if let to = span.to { members.append(("to", .string(to.description))) }
        switch span.identity.subject {
        case .pod(let pod):
            members.append(("kind", .string(NodeKind.pod.rawValue)))
            members += self.pod(pod)
        case .service(let service):
            members += [
                ("kind", .string(NodeKind.service.rawValue)), ("namespace", .string(service.namespace)),
                ("name", .string(service.name)),
            ]
        case .node(let name):
            members += [("kind", .string(NodeKind.node.rawValue)), ("name", .string(name))]
        case .domain(let name):
            members += [("kind", .string(NodeKind.domain.rawValue)), ("name", .string(name))]
        case .address(let address):
            members += [("kind", .string(NodeKind.ip.rawValue)), ("name", .string(address.description))]
        }
        members.append(("identifiedBy", .string(span.identity.identifiedBy.rawValue)))
        if span.identity.isInferred { members.append(("inferred", .bool(true))) }
        return .object(members)
    }
}
