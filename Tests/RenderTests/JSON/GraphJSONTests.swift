// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Render
import TestKit
import Testing

@Suite struct `Graph JSON` {
    @Test func `has the shape on record`() {
        Golden.expect(GraphJSON.encode(ShopGraph.make()), equals: "shop.json")
    }

    @Test func `leaves out details that nobody asked for, and says so`() throws {
        func document(_ details: Set<GraphDetail>) throws -> [String: Any] {
            let text = GraphJSON.encode(ShopGraph.make(), details: details)
            return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }
        /// A value without members of these names.
        func without(_ names: Set<String>, _ value: Any) -> Any {
            if let list = value as? [Any] { return list.map { without(names, $0) } }
            guard let members = value as? [String: Any] else { return value }
            return members.filter { !names.contains($0.key) }.mapValues { without(names, $0) }
        }
        let whole = try document(.all)
        #expect(whole["include"] == nil)
        for details: Set<GraphDetail> in [[], [.buckets], [.operations]] {
            var part = try document(details)
            #expect(part.removeValue(forKey: "include") as? [String] == details.map(\.rawValue))
            let names = Set(GraphDetail.allCases).subtracting(details).map(\.rawValue)
            let expected = without(Set(names), whole) as? NSDictionary
            #expect(part as NSDictionary == expected && expected != whole as NSDictionary)
        }
    }

    @Test func `is the same whatever the order of nodes and edges`() {
        var graph = ShopGraph.make()
        graph.nodes.reverse()
        graph.edges.reverse()
        #expect(GraphJSON.encode(graph) == GraphJSON.encode(ShopGraph.make()))
    }

    @Test func `keeps hostile strings as they are`() throws {
        let graph = HostileNames.graph()
        let text = GraphJSON.encode(graph)
        let invisible = text.unicodeScalars.filter { $0 != "\n" && !VisibleText.isVisible($0) }
        #expect(invisible.isEmpty)
        let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let nodes = try #require(document["nodes"] as? [[String: Any]])
        #expect(nodes.compactMap { $0["id"] as? String } == graph.nodes.map(\.id))
        #expect(nodes.compactMap { $0["name"] as? String } == graph.nodes.map(\.name))
    }

    @Test func `counts what a view left out, and says nothing where it left out nothing`() throws {
        let graph = ShopGraph.make()
        #expect(!GraphJSON.encode(graph).contains("\"omitted\""))
        let view = try graph.filtered(EdgeFilter("edge.errorRate > 0.05"))
        let document = try #require(
            JSONSerialization.jsonObject(with: Data(GraphJSON.encode(view).utf8)) as? [String: Any]
        )
        #expect((document["edges"] as? [Any])?.count == 1 && (document["nodes"] as? [Any])?.count == 2)
        let omitted = ["edges": 13, "nodes": 9, "absent": 3, "failed": 0, "undecided": 0]
        #expect(document["omitted"] as? [String: Int] == omitted)
    }

    @Test func `tells what was looked for, and nothing where nothing was`() throws {
        let graph = ShopGraph.make()
        #expect(!GraphJSON.encode(graph).contains("\"found\""))
        let view = try GraphQuery(find: EdgeFilter("edge.errorRate > 0.05")).view(of: graph)
        let document = try #require(
            JSONSerialization.jsonObject(with: Data(GraphJSON.encode(view).utf8)) as? [String: Any]
        )
        #expect((document["edges"] as? [Any])?.count == graph.edges.count)
        let found = try #require(document["found"] as? [String: Any])
        #expect((found["edges"] as? [String])?.count == 1 && (found["nodes"] as? [String])?.count == 2)
        #expect(found["absent"] as? Int == 3 && found["failed"] as? Int == 0)
    }

    @Test func `omits ratios without a denominator`() throws {
        var graph = ShopGraph.make()
        graph.edges = [
            Edge(client: "internet", server: "node/a", port: 1, transport: .udp, direction: .inferred)
        ]
        let document = try #require(
            JSONSerialization.jsonObject(with: Data(GraphJSON.encode(graph).utf8)) as? [String: Any]
        )
        let edge = try #require((document["edges"] as? [[String: Any]])?.first)
        for key in ["rate", "errorRate", "failedConnectRate", "failedTLSRate", "protocol"] {
            #expect(edge[key] == nil, "\(key)")
        }
        #expect((edge["latency"] as? [String: Any])?.isEmpty == true)
        #expect(edge["requests"] as? Int == 0)
        #expect(edge["health"] as? String == "unknown")
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `never writes what JSON has no word for`(value: Double) throws {
        var graph = ShopGraph.make()
        graph.observedSeconds = value
        graph.health.failingRate = value
        graph.edges[0].observedSeconds = value
        let data = Data(GraphJSON.encode(graph).utf8)
        let document = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(document["observedSeconds"] == nil)
        #expect((document["healthPolicy"] as? [String: Any])?["failingRate"] == nil)
    }

    @Test(arguments: [
        (UInt64(0), "0"), (499, "0"), (500, "0.000001"), (400_000, "0.0004"), (1_250_000_000, "1.25"),
        (999_999_500, "1"), (3_000_000_000, "3"), (UInt64.max, "18446744073.709552"),
    ])
    func `writes durations in seconds to the microsecond`(nanoseconds: UInt64, expected: String) throws {
        var graph = ShopGraph.make()
        let histogram = try #require(
            Histogram(
                buckets: [Histogram.Bucket(index: 0, count: 1)],
                sumNanoseconds: nanoseconds,
                minNanoseconds: 0,
                maxNanoseconds: 1
            )
        )
        graph.edges[0].metrics.rtt = histogram
        #expect(GraphJSON.encode(graph).contains("\"rtt\": {\"count\": 1, \"sum\": \(expected), "))
    }

    @Test(arguments: [
        (6.488294314381271, "6.48829"), (0.025773195876, "0.0257732"), (60, "60"), (0.1, "0.1"),
        (59.8, "59.8"),
    ])
    func `writes figures with six digits`(value: Double, expected: String) {
        var graph = ShopGraph.make()
        graph.observedSeconds = value
        #expect(GraphJSON.encode(graph).contains("\"observedSeconds\": \(expected),\n  \"level\""))
    }

    @Test func `sorts operations by requests, then by name`() throws {
        var metrics = ProtocolMetrics()
        for (name, count) in [("b", UInt64(1)), ("a", 1), ("z", 7)] {
            var operation = OperationMetrics()
            operation.outcomes.ok = count
            metrics.operations[name] = operation
        }
        var edge = Edge(client: "internet", server: "node/a", port: 1, transport: .tcp, direction: .observed)
        edge.metrics.protocols[.http] = metrics
        let graph = ServiceGraph(window: ShopGraph.window, level: .node, edges: [edge])
        let names = GraphJSON.encode(graph).split(separator: "\n").compactMap { line in
            line.firstMatch(of: /"operation": "(.)"/).map { String($0.1) }
        }
        #expect(names == ["z", "a", "b"])
    }
}
