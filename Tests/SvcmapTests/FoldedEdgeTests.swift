// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import TestKit
import Testing

/// A capture with more edges than a store keeps apart.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Folded edges` {
    private let folder: TemporaryFolder
    private let whole: GraphDocument

    init() throws {
        folder = try TemporaryFolder()
        whole = try ExampleCluster.graph("pod")
    }

    private func graph(maximumEdges: Int) throws -> GraphDocument {
        let run = try Binary.run(
            ExampleCluster.arguments + ["--max-edges", String(maximumEdges)],
            in: folder.url
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("endpoints were folded into an aggregate"), "\(run.errors)")
        return try GraphDocument(
            try Binary.run(["export", "--store", "map.db", "--json", "--level", "pod"], in: folder.url).output
        )
    }

    @Test func `are counted, and no figure is lost`() throws {
        let folded = try graph(maximumEdges: 4)
        #expect(folded.coverage.losses["foldedEndpoints", default: 0] > 0)
        #expect(whole.coverage.losses["foldedEndpoints"] == nil)
        #expect(folded.nodes.contains { $0.id == "ip/0.0.0.0" })
        #expect(!whole.nodes.contains { $0.id == "ip/0.0.0.0" })
        #expect(folded.edges.map(\.requests).reduce(0, +) == whole.edges.map(\.requests).reduce(0, +))
        #expect(Self.packets(folded) == Self.packets(whole))
        #expect(Self.established(folded) == Self.established(whole))
    }

    @Test func `are those that are neither failing nor busy`() throws {
        let folded = Dictionary(grouping: try graph(maximumEdges: 12).edges, by: \.id)
        let failing = whole.edges.filter { $0.health == "failing" }
        #expect(!failing.isEmpty)
        for edge in failing {
            #expect(folded[edge.id]?.first?.requests == edge.requests, "\(edge.id)")
            #expect(folded[edge.id]?.first?.health == "failing", "\(edge.id)")
        }
        let busiest = try #require(whole.edges.max { Self.size($0) < Self.size($1) })
        #expect(folded[busiest.id]?.first?.requests == busiest.requests)
    }

    private static func size(_ edge: GraphDocument.Edge) -> Int { edge.packets.sent + edge.packets.received }

    private static func packets(_ graph: GraphDocument) -> Int { graph.edges.map(size).reduce(0, +) }

    private static func established(_ graph: GraphDocument) -> Int {
        graph.edges.map(\.connections.established).reduce(0, +)
    }
}
