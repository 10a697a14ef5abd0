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

@Suite(.timeLimit(.minutes(5))) struct `Series over HTTP` {
    private struct Document: Decodable {
        struct Point: Decodable {
            var from: String
            var requests: UInt64
            var failed: UInt64
            var rate: Double?
            var errorRate: Double?
            var p95: Double?
            var attempted: UInt64
            var bytesSent: UInt64
        }

        var version: Int
        var edge: String?
        var node: String?
        var from: String
        var to: String
        var step: Double
        var points: [Point]
        var calls: [Point]?
    }

    private static func document(_ query: String) async throws -> Document {
        let response = try await ScriptedServer.response("/api/v1/series?" + query)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json")
        return try JSONDecoder().decode(Document.self, from: Data(response.body.readableBytesView))
    }

    private static func escaped(_ id: String) -> String {
        id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    @Test func `have what the edge has, and nothing where nothing was`() async throws {
        let busy = ShopGraph.make().edges.max { $0.requests < $1.requests }
        let edge = try #require(busy)
        let series = try await Self.document("step=30s&edge=" + Self.escaped(edge.id))
        #expect(series.edge == edge.id)
        #expect(series.step == 30)
        #expect(series.points.map(\.from) == ["2026-11-22T09:09:10Z", "2026-11-22T09:09:40Z"])
        #expect(series.points.map(\.requests) == [0, edge.requests])
        #expect(series.points.map(\.failed) == [0, edge.outcomes.failed])
        #expect(
            series.points[0].rate == nil && series.points[0].p95 == nil && series.points[0].errorRate == nil
        )
        #expect(series.points[1].bytesSent == edge.metrics.bytes.sent)
        let p95 = try #require(edge.latency.quantileNanoseconds(0.95))
        #expect(abs((series.points[1].p95 ?? 0) - Double(p95) / 1e9) < 1e-6)
    }

    @Test func `of an edge that is not there have no points`() async throws {
        #expect(try await Self.document("edge=a-%3Eb:80/tcp").points.isEmpty)
    }

    @Test func `of a node tell what it served and what it called`() async throws {
        let graph = ShopGraph.make()
        let id = "workload/demo/Deployment/app"
        let series = try await Self.document("node=" + Self.escaped(id))
        #expect(series.node == id && series.edge == nil)
        let served = graph.edges.filter { $0.server == id }.reduce(0) { $0 + $1.requests }
        let called = graph.edges.filter { $0.client == id }.reduce(0) { $0 + $1.requests }
        #expect(served > 0 && called > 0 && served != called)
        #expect(series.points.map(\.requests) == [0, served])
        #expect(series.calls?.map(\.requests) == [0, called])
    }

    @Test func `of neither tell what the view did`() async throws {
        let series = try await Self.document("step=10s")
        #expect(series.node == nil && series.edge == nil && series.calls == nil)
        #expect(series.points.last?.requests == ShopGraph.make().edges.reduce(0) { $0 + $1.requests })
    }

    @Test(arguments: [
        "edge=", "node=", "edge=a&node=b", "edge=a&step=0s", "edge=a&step=fast", "edge=a&limit=3",
        "edge=a&edge=b",
    ])
    func `refuse a bad parameter`(query: String) async throws {
        let graphs = ScriptedGraphs.shop()
        let response = try await ScriptedServer.response("/api/v1/series?" + query, graphs: graphs)
        #expect(try response.problem().status == 400)
        #expect(graphs.requests.isEmpty)
    }
}
