// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Render
import Server
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Parts of a graph over HTTP` {
    private static let app = "workload/demo/Deployment/app"

    private static func escaped(_ id: String) -> String {
        id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private static func object(_ uri: String) async throws -> [String: Any] {
        let response = try await ScriptedServer.response(uri)
        #expect(response.status == .ok && response.headers[.contentType] == "application/json")
        #expect(response.headers[.eTag] != nil)
        return try #require(
            JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
        )
    }

    @Test func `an edge is what the graph has of it`() async throws {
        for edge in ShopGraph.make().edges {
            let document = try await Self.object("/api/v1/edges/" + Self.escaped(edge.id))
            let found = try #require(document["edge"] as? NSDictionary)
            let graph = try await Self.object("/api/v1/graph")
            let edges = try #require(graph["edges"] as? [NSDictionary])
            #expect(found == edges.first { $0["id"] as? String == edge.id })
            #expect((document["client"] as? [String: Any])?["id"] as? String == edge.client)
            #expect((document["server"] as? [String: Any])?["id"] as? String == edge.server)
        }
    }

    @Test func `a node has its edges, and what its addresses were over time`() async throws {
        let document = try await Self.object("/api/v1/nodes/" + Self.escaped(Self.app))
        let edges = ShopGraph.make().edges
        for (key, ids) in [
            ("in", edges.filter { $0.server == Self.app }), ("out", edges.filter { $0.client == Self.app }),
        ] {
            let list = try #require(document[key] as? [[String: Any]])
            #expect(list.map { $0["id"] as? String } == ids.map(\.id) && !list.isEmpty)
            #expect(list.map { $0["requests"] as? UInt64 } == ids.map(\.requests))
        }
        // Labels that not all of its pods have alike are none of it.
        #expect(document["labels"] as? [String: String] == ["app": "app"])
        #expect(document["services"] as? [String] == ["demo/app"])
        #expect((document["pods"] as? [[String: String]])?.map { $0["name"] } == ["app-1", "app-2"])
        let address = try #require((document["addresses"] as? [[String: Any]])?.first)
        #expect(address["address"] as? String == "10.244.0.4")
        let history = try #require(address["history"] as? [[String: Any]])
        #expect(history.map { $0["name"] as? String } == ["app-1", "app-1", "app-2"])
        #expect(
            history.map { $0["from"] as? String } == [
                "1970-01-01T00:16:40Z", "1970-01-01T00:33:20Z", "1970-01-01T00:50:00Z",
            ]
        )
        // Ten minutes after its end a pod is still whom people look for.
        #expect(history.map { $0["to"] as? String } == ["1970-01-01T00:33:20Z", "1970-01-01T00:43:20Z", nil])
        #expect(history.map { $0["inferred"] as? Bool } == [nil, true, nil])
    }

    @Test func `operations of an edge are those of its protocols`() async throws {
        let edge = try #require(ShopGraph.make().edges.first { $0.port == 8_000 })
        let document = try await Self.object("/api/v1/operations?edge=" + Self.escaped(edge.id))
        let list = try #require(document["operations"] as? [[String: Any]])
        let operations = edge.metrics.protocols.values.flatMap(\.operations)
        #expect(Set(list.compactMap { $0["operation"] as? String }) == Set(operations.map(\.key)))
        for entry in list {
            let metrics = try #require(operations.first { $0.key == entry["operation"] as? String }?.value)
            #expect(entry["requests"] as? UInt64 == metrics.outcomes.requests)
            let rate = Double(metrics.outcomes.failed) / Double(metrics.outcomes.requests)
            #expect(abs((entry["errorRate"] as? Double ?? -1) - rate) < 1e-5)
        }
        let none = try await Self.object("/api/v1/operations?edge=nothing")
        #expect((none["operations"] as? [Any])?.isEmpty == true)
    }

    @Test(arguments: ["edges/nothing", "nodes/nothing", "nodes/%00", "edges/%C3%A9"])
    func `what is not there is not found`(path: String) async throws {
        let problem = try await ScriptedServer.response("/api/v1/" + path).problem()
        #expect(problem.status == 404 && problem.type == "urn:svcmap:problem:not-in-graph")
    }

    @Test(arguments: [
        "nodes/%G1", "edges/%ff", "nodes/a?level=moon", "edges/a?edge=b", "operations", "operations?edge=",
        "coverage?edge=a", "diff?baseFrom=now-1h", "diff?baseTo=now", "diff?baseWindow=1h&baseTo=now",
        "diff?baseFrom=now&baseTo=now-1h", "diff?baseWindow=long", "frames?step=0s", "frames?edge=a",
    ])
    func `what is wrong is refused before the store is read`(path: String) async throws {
        let graphs = ScriptedGraphs.shop()
        let response = try await ScriptedServer.response("/api/v1/" + path, graphs: graphs)
        #expect(try response.problem().status == 400)
        #expect(graphs.requests.isEmpty)
    }

    @Test func `parts are of the graph without a view`() async throws {
        let graphs = ScriptedGraphs.shop()
        for path in ["nodes/" + Self.escaped(Self.app) + "?", "operations?edge=a&"] {
            let uri = "/api/v1/\(path)level=pod&filter=edge.port%20%3D%3D%2080&top=3"
            _ = try await ScriptedServer.response(uri, graphs: graphs)
        }
        #expect(graphs.requests.allSatisfy { $0 == GraphQuery(level: .pod) } && graphs.requests.count == 3)
    }

    @Test func `coverage counts what the map does not tell`() async throws {
        let graph = ShopGraph.make()
        let document = try await Self.object("/api/v1/coverage")
        let nodes = try #require(document["nodes"] as? [String: Int])
        #expect(nodes["all"] == graph.nodes.count)
        #expect(nodes["unidentified"] == graph.nodes.filter { $0.identifiedBy == .nothing }.count)
        let edges = try #require(document["edges"] as? [String: Int])
        #expect(edges["all"] == graph.edges.count)
        #expect(edges["inferredDirection"] == graph.edges.filter { $0.direction == .inferred }.count)
        let coverage = try #require(document["coverage"] as? NSDictionary)
        #expect(coverage == (try await Self.object("/api/v1/graph"))["coverage"] as? NSDictionary)
        let watched = try #require(document["observedSeconds"] as? Double)
        let unwatched = try #require(document["unobservedSeconds"] as? Double)
        #expect(abs(watched + unwatched - 70) < 1e-6 && watched == graph.observedSeconds)
        #expect((document["reporters"] as? [[String: String]])?.map { $0["name"] } == ["demo.pcap"])
    }

    @Test func `a diff with nothing finds everything new`() async throws {
        let document = try await Self.object("/api/v1/diff?baseWindow=10s")
        let edges = try #require(document["edges"] as? [[String: Any]])
        #expect(edges.count == ShopGraph.make().edges.count)
        #expect(edges.allSatisfy { $0["change"] as? String == "new" && $0["base"] == nil })
        #expect((document["counts"] as? [String: Int])?["new"] == edges.count)
        #expect((document["unwatched"] as? [String]) == [])
    }

    @Test func `a frame has a cell for each edge`() async throws {
        let graph = ShopGraph.make()
        let document = try await Self.object("/api/v1/frames")
        #expect(document["edges"] as? [String] == graph.edges.map(\.id))
        let frame = try #require((document["frames"] as? [[String: Any]])?.first)
        let cells = try #require(frame["cells"] as? [[Any]])
        #expect(cells.count == graph.edges.count && cells.allSatisfy { $0.count == 12 })
        for (edge, cell) in zip(graph.edges, cells) {
            #expect(cell[1] as? UInt64 == edge.requests && cell[2] as? UInt64 == edge.outcomes.failed)
            #expect((cell[3] is NSNull) == (edge.latency.isEmpty))
            #expect(cell[6] as? String == graph.health.health(of: edge).rawValue)
            #expect(cell[9] as? UInt64 == edge.metrics.bytes.sent)
        }
    }

    @Test(arguments: ["frames", "coverage", "diff", "operations?edge=a", "series"])
    func `answers are not sent again to who has them`(path: String) async throws {
        let first = try await ScriptedServer.response("/api/v1/" + path)
        let tag = try #require(first.headers[.eTag])
        let again = try await ScriptedServer.response("/api/v1/" + path, headers: [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
    }
}
