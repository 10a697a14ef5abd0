// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import TestKit
import Testing

@Suite struct `Fields of edges` {
    /// Graph JSON says the same of the shop, in the golden file of the renderers.
    @Test(
        arguments: [
            ("edge.errorRate > 0.09", ["nginx->app:8000"]),
            ("edge.errorRate > 0.02 && server.namespace == 'demo'", ["client->nginx:80", "nginx->app:8000"]),
            ("client.kind == 'internet'", ["internet->nginx:80"]),
            (
                "edge.health == 'failing'", ["client->redis:1234"]
            ),
            (
                "edge.requests == 0 && !has(edge.errorRate)",
                ["app->api.payments.example:443", "client->redis:1234", "coredns->kubernetes:443"]
            ),
            (
                "edge.port in [443, 1234] && server.kind == 'service'",
                ["client->redis:1234", "coredns->kubernetes:443"]
            ),
            ("edge.dialled.exists(d, d.startsWith('service/'))", ["client->nginx:80"]),
            ("'redis' in edge.protocols", ["app->redis:6379"]),
            (
                "edge.statuses['500'] > 0", ["client->nginx:80", "internet->nginx:80", "nginx->app:8000"]
            ),
            ("'NXDOMAIN' in edge.statuses", ["client->coredns:53"]),
            (
                "edge.operations.exists(o, o.startsWith('GET /items/')) && client.kind == 'internet'",
                ["internet->nginx:80"]
            ),
            (
                "edge.operations['GET /items/{id}'] == edge.requests && edge.errorRate > 0.09",
                ["nginx->app:8000"]
            ),
            ("edge.protocol == 'tls'", ["app->api.payments.example:443"]),
            ("edge.transport == 'udp' && client.name == 'app'", ["app->coredns:53"]),
            ("edge.direction == 'inferred'", ["coredns->kubernetes:443"]),
            (
                "edge.latency.p99 > duration('30ms') && edge.latency.mean < duration('11ms')",
                ["internet->nginx:80"]
            ),
            ("edge.latency.count > 2000 && edge.latency.max >= edge.latency.p99", ["internet->nginx:80"]),
            ("edge.serverTime.p50 * 1 > 0", []),
            ("edge.bytes.received > 1000000", ["app->redis:6379", "internet->nginx:80"]),
            ("edge.tlsHandshakes.failed['bad_certificate'] == 2", ["app->api.payments.example:443"]),
            ("edge.tlsHandshakes.failed.bad_certificate == 2", ["app->api.payments.example:443"]),
            ("has(edge.tlsHandshakes.failed.bad_certificate)", ["app->api.payments.example:443"]),
            (
                "edge.connections.unanswered == edge.connections.attempted && edge.connections.attempted > 0",
                ["client->redis:1234"]
            ),
            ("edge.outcomes.serverError * 10 > edge.outcomes.ok", ["nginx->app:8000"]),
            ("double(edge.requests) / edge.observedSeconds > 40.0 && edge.rate > 40", ["internet->nginx:80"]),
            ("edge.inFlight > 0 && edge.started > edge.requests", ["client->nginx:80"]),
            ("server.workloadKind == 'StatefulSet'", ["app->redis:6379"]),
            ("server.identifiedBy == 'dns'", ["app->api.payments.example:443"]),
            ("client.addresses.size() == 2 && edge.port == 6379", ["app->redis:6379"]),
            (
                "server.name.matches(r'^core.*s$') && client.name != 'app' && edge.transport == 'udp'",
                ["client->coredns:53"]
            ),
            ("edge.id == 'internet->workload/demo/Deployment/nginx:80/tcp'", ["internet->nginx:80"]),
            (
                "window.to - window.from == duration('70s') && window.observedSeconds < 60.0 && edge.port == 6379",
                ["app->redis:6379"]
            ),
            (
                "window.from.getHours() == 9 && window.to.getMinutes() == 10 && edge.port == 6379",
                ["app->redis:6379"]
            ),
        ]
    )
    func `are those of graph JSON`(expression: String, expected: [String]) throws {
        if expression.contains("* 1 > 0") {
            #expect(throws: ExpressionError.self) { _ = try Scene.edges(expression) }
        } else {
            #expect(try Scene.edges(expression) == expected)
        }
    }

    @Test func `have names that graph JSON has`() throws {
        // Left to right: what stands in the document for the first name of a field.
        let document = try String(
            contentsOfFile: Checkout.root + "/docs/formats/graph-json.md",
            encoding: .utf8
        )
        for field in ExpressionSchema.edges.fields {
            let names = field.path.split(separator: ".").dropFirst().filter { !["mean"].contains($0) }
            for name in names {
                #expect(document.contains("`\(name)`") || document.contains("\"\(name)\""), "\(field.path)")
            }
        }
    }

    /// Whatever reads an edge without any figure is absent where the table says so, and nowhere else.
    @Test func `are absent where the table says so`() throws {
        let client = Node(id: "ip/10.0.0.1", kind: .ip, name: "10.0.0.1", identifiedBy: .nothing)
        let server = Node(id: "ip/10.0.0.2", kind: .ip, name: "10.0.0.2", identifiedBy: .nothing)
        let edge = Edge(client: client.id, server: server.id, port: 1, transport: .tcp, direction: .observed)
        let graph = ServiceGraph(
            window: ShopGraph.window,
            level: .workload,
            nodes: [client, server],
            edges: [edge]
        )
        let subject = EdgeSubject(edge, client: client, server: server, in: graph)
        for field in ExpressionSchema.edges.fields {
            #expect((field.read(subject) == nil) == field.isOptional, "\(field.path)")
            let expected = field.isOptional ? [] : ["10.0.0.1->10.0.0.2:1"]
            #expect(Scene.names(try graph.filtered(EdgeFilter("has(\(field.path))"))) == expected)
        }
    }

    @Test func `have the types that the table says`() throws {
        let graph = Scene.graph()
        let byID = Dictionary(graph.nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for edge in graph.edges {
            let client = try #require(byID[edge.client])
            let server = try #require(byID[edge.server])
            let subject = EdgeSubject(edge, client: client, server: server, in: graph)
            for field in ExpressionSchema.edges.fields {
                guard let value = field.read(subject) else { continue }
                let bare = "\(field.type)".prefix { $0 != "(" }
                #expect("\(value.type)".hasPrefix(bare), "\(field.path)")
                if !field.values.isEmpty, case .string(let text) = value {
                    #expect(field.values.contains(text))
                }
            }
        }
    }

    /// `UPDATE_GOLDEN=1` rewrites the table of the document, and fails.
    @Test func `are all in the document`() throws {
        let file = URL(filePath: Checkout.root + "/docs/formats/expressions.md")
        let document = try String(contentsOf: file, encoding: .utf8)
        let marks = (begin: "<!-- fields -->\n", end: "<!-- end of fields -->")
        let begin = try #require(document.range(of: marks.begin)).upperBound
        let end = try #require(document.range(of: marks.end)).lowerBound
        let rows = ExpressionSchema.edges.fields.map { field in
            let values =
                field.values.isEmpty ? "" : ": " + field.values.map { "`\($0)`" }.joined(separator: ", ")
            return
                "| `\(field.path)` | \(field.type) | \(field.isOptional ? "yes" : "") | \(field.meaning)\(values) |\n"
        }
        let table = "| field | type | may be absent | meaning |\n|---|---|---|---|\n" + rows.joined()
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            let text = document.replacingCharacters(in: begin..<end, with: table)
            try Data(text.utf8).write(to: file)
            Issue.record("rewrote the table of fields: look at the difference")
        } else {
            #expect(document[begin..<end] == table)
        }
    }
}
