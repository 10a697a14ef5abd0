// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// The graph as GraphML, for Gephi, yEd, Cytoscape and NetworkX.
///
/// - SeeAlso: http://graphml.graphdrawing.org/specification.html
package enum GraphMLWriter {
    private enum Kind: String {
        case string
        case long
        case double
    }

    /// What a file declares of an element, and how it is told; `nil` leaves it out.
    private struct Key<Element>: Sendable {
        let name: String
        let kind: Kind
        let value: @Sendable (Element) -> String?
    }

    private static let nodeKeys: [Key<Node>] = [
        Key(name: "name", kind: .string) { $0.name },
        Key(name: "kind", kind: .string) { $0.kind.rawValue },
        Key(name: "namespace", kind: .string) { $0.namespace },
        Key(name: "workloadKind", kind: .string) { $0.workloadKind },
        Key(name: "identifiedBy", kind: .string) { $0.identifiedBy.rawValue },
    ]

    private static let edgeKeys: [Key<Edge>] = [
        Key(name: "port", kind: .long) { String($0.port) },
        Key(name: "transport", kind: .string) { $0.transport.name },
        Key(name: "protocol", kind: .string) { $0.busiestProtocol?.rawValue },
        Key(name: "direction", kind: .string) { $0.direction.rawValue },
        Key(name: "requests", kind: .long) { String($0.requests) },
        Key(name: "rate", kind: .double) { $0.rate.flatMap(DecimalText.figure) },
        Key(name: "errorRate", kind: .double) { $0.errorRate.flatMap(DecimalText.figure) },
        Key(name: "latencyP50", kind: .double) { quantile($0, 0.5) },
        Key(name: "latencyP95", kind: .double) { quantile($0, 0.95) },
        Key(name: "latencyP99", kind: .double) { quantile($0, 0.99) },
        Key(name: "attempted", kind: .long) { String($0.metrics.connections.attempted) },
        Key(name: "failedConnectRate", kind: .double) { $0.failedConnectRate.flatMap(DecimalText.figure) },
        Key(name: "bytesSent", kind: .long) { String($0.metrics.bytes.sent) },
        Key(name: "bytesReceived", kind: .long) { String($0.metrics.bytes.received) },
    ]

    /// Sorted, escaped, times in seconds; equal graphs give equal bytes.
    package static func write(_ graph: ServiceGraph) -> String {
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <graphml xmlns="http://graphml.graphdrawing.org/xmlns">

            """
        text += declarations(nodeKeys, of: "node") + declarations(edgeKeys, of: "edge")
        text += "  <key id=\"edge-health\" for=\"edge\" attr.name=\"health\" attr.type=\"string\"/>\n"
        text += "  <graph id=\"svcmap\" edgedefault=\"directed\">\n"
        for node in graph.nodes.sorted(by: { $0.id < $1.id }) {
            text += "    <node id=\"\(StableID.node(node.id))\">\n"
            text += "      <data key=\"node-id\">\(XMLEscaping.text(node.id))</data>\n"
            text += values(nodeKeys, of: node, "node") + "    </node>\n"
        }
        for edge in graph.edges.sorted(by: { $0.id < $1.id }) {
            text += "    <edge id=\"\(StableID.edge(edge.id))\" source=\"\(StableID.node(edge.client))\" "
            text += "target=\"\(StableID.node(edge.server))\">\n"
            text += "      <data key=\"edge-id\">\(XMLEscaping.text(edge.id))</data>\n"
            text += values(edgeKeys, of: edge, "edge")
            text += "      <data key=\"edge-health\">\(graph.health.health(of: edge).rawValue)</data>\n"
            text += "    </edge>\n"
        }
        return text + "  </graph>\n</graphml>\n"
    }

    private static func declarations<Element>(_ keys: [Key<Element>], of element: String) -> String {
        ([Key<Element>(name: "id", kind: .string) { _ in nil }] + keys).map { key in
            "  <key id=\"\(element)-\(key.name)\" for=\"\(element)\" attr.name=\"\(key.name)\" "
                + "attr.type=\"\(key.kind.rawValue)\"/>\n"
        }
        .joined()
    }

    private static func values<Element>(
        _ keys: [Key<Element>],
        of element: Element,
        _ prefix: String
    ) -> String {
        keys.compactMap { key in
            key.value(element).map {
                "      <data key=\"\(prefix)-\(key.name)\">\(XMLEscaping.text($0))</data>\n"
            }
        }
        .joined()
    }

    private static func quantile(_ edge: Edge, _ quantile: Double) -> String? {
        edge.latency.quantileNanoseconds(quantile).map(DecimalText.seconds(nanoseconds:))
    }
}
