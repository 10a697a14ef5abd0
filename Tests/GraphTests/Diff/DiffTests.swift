// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit
import Testing

@Suite struct `A diff of two ranges` {
    /// An edge with so many requests in a minute, of which some failed, that took so long.
    private static func edge(
        _ requests: Int,
        failed: Int = 0,
        milliseconds: Int64 = 5,
        seconds: Double = 60
    ) -> Edge {
        var edge = Edge(client: "a", server: "b", port: 80, transport: .tcp, direction: .observed)
        var metrics = ProtocolMetrics()
        metrics.outcomes.ok = UInt64(requests - failed)
        metrics.outcomes.serverError = UInt64(failed)
        for _ in 0..<requests { metrics.latency.record(nanoseconds: milliseconds * 1_000_000) }
        edge.metrics.protocols[.http] = metrics
        edge.observedSeconds = seconds
        return edge
    }

    private static func graph(_ edges: [Edge], seconds: Double = 60) -> ServiceGraph {
        let nodes = ["a", "b"].map { Node(id: $0, kind: .ip, name: $0, identifiedBy: .nothing) }
        return ServiceGraph(
            window: ShopGraph.window,
            observedSeconds: seconds,
            level: .workload,
            nodes: edges.isEmpty ? [] : nodes,
            edges: edges
        )
    }

    private static func diff(_ base: ServiceGraph, _ current: ServiceGraph) -> GraphDiff {
        GraphDiff(
            base: base,
            current: current,
            edges: Set((base.edges + current.edges).map(\.id)),
            nodes: Set((base.nodes + current.nodes).map(\.id))
        )
    }

    @Test(
        arguments: [
            (edge(1_000), edge(1_000), .same, false),
            (edge(1_000), edge(1_100), .same, false),
            (edge(1_000), edge(1_000, failed: 100), .failing, false),
            (edge(1_000, failed: 100), edge(1_000), .recovered, false),
            // Three of ten is much, and may be chance.
            (edge(10), edge(10, failed: 3), .same, true),
            // Large enough for chance, too small to matter.
            (edge(100_000), edge(100_000, failed: 500), .same, false),
            (edge(1_000, milliseconds: 10), edge(1_000, milliseconds: 40), .slower, false),
            (edge(1_000, milliseconds: 40), edge(1_000, milliseconds: 10), .faster, false),
            (edge(20, milliseconds: 10), edge(20, milliseconds: 40), .same, true),
            (edge(1_000), edge(4_000), .more, false), (edge(4_000), edge(1_000), .less, false),
            (edge(2), edge(6), .same, true),
            // As many in twice the time are half as many.
            (edge(1_000), edge(1_000, seconds: 240), .less, false),
            // Failures go before all else.
            (edge(1_000, milliseconds: 10), edge(4_000, failed: 800, milliseconds: 40), .failing, false),
        ] as [(Edge, Edge, Change, Bool)]
    )
    func `tells what matters from chance`(base: Edge, current: Edge, change: Change, isUncertain: Bool) {
        let diff = Self.diff(Self.graph([base]), Self.graph([current]))
        #expect(diff.edges.map(\.judgement) == [Judgement(change, isUncertain: isUncertain)])
        // The server did what its only edge did; the client served nothing.
        #expect(diff.nodes.map(\.node.id) == ["a", "b"])
        #expect(diff.nodes[0].judgement == Judgement(.same))
        #expect(diff.counts == [change: 1])
    }

    @Test func `knows what is new and what is gone`() {
        let some = Self.graph([Self.edge(100)])
        let none = Self.graph([])
        #expect(Self.diff(none, some).edges.map(\.judgement) == [Judgement(.new)])
        #expect(Self.diff(some, none).edges.map(\.judgement) == [Judgement(.gone)])
        #expect(Self.diff(some, none).nodes.map(\.judgement.change) == [.gone, .gone])
        // Seen once in a minute, it may well have been there in the minute before.
        let rare = Self.graph([Self.edge(1)])
        #expect(Self.diff(none, rare).edges.map(\.judgement) == [Judgement(.new, isUncertain: true)])
    }

    @Test func `does not call new what nobody watched for`() {
        let diff = Self.diff(Self.graph([], seconds: 0), Self.graph([Self.edge(100)]))
        #expect(!diff.base.isWatched && diff.current.isWatched)
        #expect(diff.edges.map(\.judgement) == [Judgement(.same, isUncertain: true)])
    }

    @Test func `of a graph with itself is the same`() {
        let graph = ShopGraph.make()
        let diff = Self.diff(graph, graph)
        #expect(diff.edges.count == graph.edges.count && diff.nodes.count == graph.nodes.count)
        #expect(diff.edges.allSatisfy { $0.judgement == Judgement(.same) })
        #expect(diff.nodes.allSatisfy { $0.judgement == Judgement(.same) })
    }
}
