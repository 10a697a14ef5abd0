// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Hummingbird
import HummingbirdTesting
import Server
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct `What other tools ask for` {
    private struct Link: Decodable, Equatable {
        var parent: String
        var child: String
        var callCount: UInt64
        var errorCount: UInt64?
    }

    private struct Jaeger: Decodable {
        var data: [Link]
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type,
        _ uri: String,
        isSnakeCase: Bool = false
    ) async throws -> Value {
        let response = try await ScriptedServer.response(uri)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = isSnakeCase ? .convertFromSnakeCase : .useDefaultKeys
        return try decoder.decode(type, from: Data(response.body.readableBytesView))
    }

    @Test func `dependencies have every call once`() async throws {
        let links = try await Self.decode(
            Jaeger.self,
            "/api/dependencies?endTs=1795342220000&lookback=3600000"
        ).data
        let graph = ShopGraph.make()
        #expect(links.reduce(0) { $0 + $1.callCount } == graph.edges.reduce(0) { $0 + $1.requests })
        let call = links.first { $0.parent == "client.demo" && $0.child == "nginx.demo" }
        #expect(call?.callCount == 388)
        let zipkin = try await Self.decode([Link].self, "/api/v2/dependencies?endTs=1795342220000")
        #expect(zipkin.map(\.callCount) == links.map(\.callCount))
        #expect(
            zipkin.reduce(0) { $0 + ($1.errorCount ?? 0) }
                == graph.edges.reduce(0) { $0 + $1.outcomes.failed }
        )
    }

    @Test func `dependencies are of the time asked for`() async throws {
        let graphs = ScriptedGraphs.shop()
        let uri = "/api/dependencies?endTs=1795342220000&lookback=3600000"
        _ = try await ScriptedServer.response(uri, graphs: graphs)
        let end = Timestamp(nanoseconds: 1_795_342_220_000_000_000)
        let range = GraphQuery.Range.between(from: end + -3_600_000_000_000, to: end)
        #expect(graphs.requests.map(\.range) == [range])
        for bad in ["endTs=x", "lookback=0", "endTs=-1", "service=a", "endTs=99999999999999999999"] {
            #expect(try await ScriptedServer.response("/api/dependencies?" + bad).problem().status == 400)
        }
    }

    @Test func `a name that two nodes share stays two`() async throws {
        var graph = ShopGraph.make()
        var twin = graph.nodes[0]
        twin.id = "workload/other/Deployment/x"
        graph.nodes.append(twin)
        let answer = GraphSnapshot(graph: graph, stored: ShopGraph.window, reporters: [])
        let text = try await ScriptedServer.response(
            "/api/dependencies",
            graphs: ScriptedGraphs { _ in answer }
        ).text
        #expect(text.contains("\"\(graph.nodes[0].id)\""))
    }

    private struct NodeGraph: Decodable {
        struct Node: Decodable {
            var id: String
            var title: String
            var ok: Double?
            var clientError: Double?
            var failed: Double?
            var fixedX: Double?
            var fixedY: Double?

            enum CodingKeys: String, CodingKey {
                case id, title, fixedX, fixedY
                case ok = "arc__ok"
                case clientError = "arc__clientError"
                case failed = "arc__failed"
            }
        }
        struct Edge: Decodable {
            var id: String
            var source: String
            var target: String
        }
        var nodes: [Node]
        var edges: [Edge]
    }

    private struct Fields: Decodable {
        struct Field: Decodable {
            var fieldName: String
            var type: String
        }
        var nodesFields: [Field]
        var edgesFields: [Field]
    }

    @Test func `the node graph has our places and arcs that add up`() async throws {
        let answer = try await Self.decode(NodeGraph.self, "/api/graph/data?level=workload")
        let graph = ShopGraph.make()
        #expect(answer.nodes.map(\.id) == graph.nodes.map(\.id))
        #expect(answer.edges.map(\.id) == graph.edges.map(\.id))
        #expect(answer.nodes.allSatisfy { $0.fixedX == 10 && $0.fixedY == 20.5 })
        let arcs = answer.nodes.compactMap { node in
            node.ok.map { $0 + (node.clientError ?? 0) + (node.failed ?? 0) }
        }
        #expect(!arcs.isEmpty && arcs.allSatisfy { abs($0 - 1) < 1e-5 })
        #expect(try await ScriptedServer.response("/api/health").status == .ok)
    }

    @Test func `the node graph has no column that it does not declare`() async throws {
        let fields = try await Self.decode(Fields.self, "/api/graph/fields", isSnakeCase: true)
        let response = try await ScriptedServer.response("/api/graph/data")
        let document = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        let tables = try #require(document as? [String: [[String: Any]]])
        for (table, declared) in [("nodes", fields.nodesFields), ("edges", fields.edgesFields)] {
            let used = Set((tables[table] ?? []).flatMap(\.keys))
            #expect(!used.isEmpty && used.isSubset(of: declared.map(\.fieldName)))
        }
    }

    @Test func `the node graph comes without places where none can be had`() async throws {
        let response = try await ScriptedServer.response(
            "/api/graph/data",
            pictures: ScriptedPictures(fails: true)
        )
        #expect(response.status == .ok)
        #expect(!response.text.contains("fixedX"))
    }

    @Test func `metrics count what the graph counts`() async throws {
        let response = try await ScriptedServer.response("/metrics")
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        let lines = response.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let value = { (line: Substring) in Double(line.split(separator: " ").last ?? "") ?? .nan }
        let requests = lines.filter { $0.hasPrefix("traces_service_graph_request_total{") }.map(value)
        #expect(requests.reduce(0, +) == Double(ShopGraph.make().edges.reduce(0) { $0 + $1.requests }))
        #expect(lines.contains { $0.hasPrefix("svcmap_losses_total{cause=\"kernelDropped\"} 12") })
        // No series twice, no value that is none.
        let series = lines.map { line in line.prefix(upTo: line.lastIndex(of: " ") ?? line.endIndex) }
        #expect(Set(series).count == lines.count)
        #expect(lines.allSatisfy { value($0).isFinite })
        #expect(try await ScriptedServer.response("/metrics?x=1").status == .badRequest)
    }
}
