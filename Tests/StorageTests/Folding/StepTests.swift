// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Storage
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Steps of a range` {
    private static let hour = Resolution.hour.nanoseconds

    private static func withReader(seed: UInt64, _ body: (WindowStore, GraphReader) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var cluster = RandomCluster(seed: seed)
        for report in cluster.reports(30) where report.cluster == "default" { _ = try store.append(report) }
        if seed % 2 == 0 { _ = try store.rollUp(.all) }
        try store.append(inventory: cluster.inventory())
        try body(store, try GraphReader(store: store))
    }

    private static func cleared(_ metrics: EdgeMetrics) -> EdgeMetrics {
        var metrics = metrics
        metrics.clearGauges()
        return metrics
    }

    @Test(arguments: UInt64(1)...3)
    func `of nodes and views add up to their edges`(seed: UInt64) throws {
        try Self.withReader(seed: seed) { _, reader in
            let query = GraphQuery(level: .pod)
            let graph = try reader.graph(query).graph
            func sum(_ series: Series) -> EdgeMetrics {
                series.points.reduce(into: EdgeMetrics()) { $0.merge($1.figures.metrics) }
            }
            func sum(_ edges: [Edge]) -> EdgeMetrics {
                edges.reduce(into: EdgeMetrics()) { $0.merge(Self.cleared($1.metrics)) }
            }
            let part = graph.edges.filter { $0.port == 80 }
            for edges in [graph.edges, part, []] {
                let view = try #require(
                    reader.series(
                        of: .view,
                        in: query,
                        view: Set(edges.map(\.id)),
                        stepNanoseconds: Self.hour
                    ).first
                )
                #expect(sum(view) == sum(edges))
                let seconds = view.points.reduce(0) { $0 + $1.figures.observedSeconds }
                #expect(abs(seconds - graph.observedSeconds) < 1e-6)
            }
            for node in graph.nodes.prefix(5) {
                let series = try reader.series(of: .node(node.id), in: query, stepNanoseconds: Self.hour)
                #expect(series.count == 2)
                #expect(sum(series[0]) == sum(graph.edges.filter { $0.server == node.id }))
                #expect(sum(series[1]) == sum(graph.edges.filter { $0.client == node.id }))
            }
            let absent = try reader.series(of: .node("nobody"), in: query, stepNanoseconds: Self.hour)
            #expect(absent.count == 2 && absent.allSatisfy(\.points.isEmpty))
        }
    }

    @Test(arguments: UInt64(1)...3)
    func `of a replay have what a graph of each has`(seed: UInt64) throws {
        try Self.withReader(seed: seed) { _, reader in
            let query = GraphQuery(level: .pod)
            let whole = try reader.graph(query).graph
            // What DNS and TLS told of strangers holds for the whole range in a replay, and for the
            // hour in a graph of it, so only what the inventory knows has the same name in both.
            let known = Set(whole.nodes.filter { $0.identifiedBy == .inventory }.map(\.id))
            func isKnown(_ edge: Edge) -> Bool { known.contains(edge.client) && known.contains(edge.server) }
            let edges = whole.edges.filter(isKnown).map(\.id)
            let frames = try reader.frames(ofEdges: edges, in: query, stepNanoseconds: Self.hour)
            #expect(frames.edges == edges && !edges.isEmpty)
            #expect(frames.frames.first?.window.start == frames.window.start)
            #expect(frames.frames.last?.window.end == frames.window.end)
            for frame in frames.frames.filter({ !$0.cells.isEmpty }).prefix(12) {
                var part = query
                part.range = .between(from: frame.window.start, to: frame.window.end)
                let graph = try reader.graph(part).graph
                #expect(abs(frame.observedSeconds - graph.observedSeconds) < 1e-6)
                for cell in frame.cells {
                    let edge = try #require(
                        graph.edges.first { $0.id == edges[cell.edge] },
                        "\(edges[cell.edge])"
                    )
                    var expected = edge
                    expected.metrics = Self.cleared(edge.metrics)
                    // More reporters may have told of the edge in the whole range.
                    expected.observedSeconds = cell.observedSeconds
                    #expect(cell == Frames.Cell(edge: cell.edge, expected, policy: HealthPolicy()))
                    #expect(cell.observedSeconds >= edge.observedSeconds - 1e-6)
                }
                let busy = graph.edges.filter { isKnown($0) && Self.cleared($0.metrics) != EdgeMetrics() }
                #expect(Set(frame.cells.map { edges[$0.edge] }) == Set(busy.map(\.id)))
            }
        }
    }

    @Test(arguments: UInt64(1)...3)
    func `have the samples that reports have, the latest first`(seed: UInt64) throws {
        try Self.withReader(seed: seed) { store, reader in
            let query = GraphQuery(level: .workload)
            let whole = try reader.graph(query).graph
            var builder = GraphBuilder(
                window: whole.window,
                query: query,
                inventory: try store.inventory(),
                names: try store.names()
            )
            try store.forEachReport(in: whole.window) { builder.add($0) }
            func sorted(_ samples: [EdgeSample]) -> [EdgeSample] {
                samples.sorted { left, right in
                    left.sample == right.sample
                        ? left.edge < right.edge : right.sample.isOrderedBefore(left.sample)
                }
            }
            let all = builder.samples { _ in true }
            let list = try reader.samples(in: query) { _ in true }
            #expect(sorted(list.samples) == sorted(all))
            #expect(list.searchedFrom == nil && list.window == whole.window)
            #expect(zip(list.samples, list.samples.dropFirst()).allSatisfy { $0.sample.at >= $1.sample.at })
            let edge = try #require(whole.edges.first { edge in all.contains { $0.edge == edge.id } }).id
            let own = try reader.samples(in: query) { $0 == edge }
            #expect(sorted(own.samples) == sorted(all.filter { $0.edge == edge }))
            let failed = try reader.samples(in: query, matching: SampleFilter(outcomes: [.ok])) { _ in true }
            #expect(sorted(failed.samples) == sorted(all.filter { $0.sample.outcome == .ok }))
        }
    }

    @Test func `have the names of the whole range, however few strangers a step has`() throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        let server = RandomCluster.endpoint("10.1.0.1")
        for window in 0..<6 {
            let rows = (0..<20).map { number in
                let client = RandomCluster.endpoint("\(20 + window).\(number).0.1")
                let key = EdgeKey(
                    client: client,
                    server: server,
                    port: 80,
                    transport: .tcp,
                    orientation: .observed
                )
                var row = EdgeRow(key: key)
                row.metrics.connections.established = 1
                return row
            }
            let start =
                Timestamp(nanoseconds: RandomCluster.midnight) + Int64(window) * Window.baseNanoseconds
            let report = WindowReport(
                cluster: "default",
                reporter: Reporter(id: "r", name: "r"),
                window: Window(start: start, end: start + Window.baseNanoseconds),
                sequence: 0,
                observed: Window(start: start, end: start + Window.baseNanoseconds),
                edges: rows.sorted { $0.key < $1.key }
            )
            #expect(try store.append(report))
        }
        let reader = try GraphReader(store: store)
        let graph = try reader.graph(GraphQuery()).graph
        let edge = try #require(graph.edges.first)
        #expect(graph.edges.count == 1 && edge.client == "internet")
        let series = try #require(
            reader.series(of: .edge(edge.id), in: GraphQuery(), stepNanoseconds: 1).first
        )
        #expect(series.points.map(\.figures.metrics.connections.established) == [20, 20, 20, 20, 20, 20])
        let split = Timestamp(nanoseconds: RandomCluster.midnight) + 5 * Window.baseNanoseconds
        // Twenty strangers alone would stand apart.
        let pair = try reader.graphs(
            GraphQuery(),
            base: .between(from: nil, to: split),
            current: .between(from: split, to: nil)
        )
        #expect(pair.base.edges.map(\.id) == pair.current.edges.map(\.id))
        #expect(pair.current.edges.map(\.metrics.connections.established) == [20])
    }
}
