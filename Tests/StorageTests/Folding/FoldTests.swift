// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Storage
import TestKit
import Testing

/// Blocks and summaries give the graph that reports by value give.
@Suite struct `Graphs of a store` {
    /// What `GraphBuilder` makes of all reports of a store.
    static func oracle(_ store: WindowStore, _ query: GraphQuery) throws -> ServiceGraph {
        var builder = GraphBuilder(
            window: query.window(stored: try store.range()),
            query: query,
            inventory: try store.inventory(),
            names: try store.names()
        )
        for report in try store.reports() { builder.add(report) }
        return builder.build()
    }

    /// Two of the levels: one that is asked for often, and each of the others in turn.
    static func levels(_ seed: UInt64) -> [GraphLevel] {
        [.pod, GraphLevel.allCases[Int(seed) % GraphLevel.allCases.count]]
    }

    /// The parts of a graph that differ, for a message that can be read.
    static func difference(_ found: ServiceGraph, _ expected: ServiceGraph) -> String? {
        for edge in found.edges where edge.glance != EdgeGlance(edge.metrics) {
            return "glance of \(edge.id)"
        }
        if found == expected { return nil }
        if found.window != expected.window { return "window \(found.window) for \(expected.window)" }
        if found.coverage != expected.coverage { return "coverage" }
        if found.observedSeconds != expected.observedSeconds {
            return "observed \(found.observedSeconds) for \(expected.observedSeconds)"
        }
        for (one, other) in zip(found.nodes, expected.nodes) where one != other {
            return "node \(one) for \(other)"
        }
        for (one, other) in zip(found.edges, expected.edges) where one != other {
            if one.id != other.id { return "edge \(one.id) for \(other.id)" }
            if one.metrics == other.metrics {
                return "edge \(one.id): \(one.direction) \(one.dialled) \(one.observedSeconds) for "
                    + "\(other.direction) \(other.dialled) \(other.observedSeconds)"
            }
            var (mine, theirs) = (one.metrics, other.metrics)
            (mine.protocols, theirs.protocols) = ([:], [:])
            return "metrics of \(one.id), \(mine == theirs ? "protocols" : "\(mine) for \(theirs)")"
        }
        return
            "\(found.nodes.count) nodes for \(expected.nodes.count), \(found.edges.count) edges for \(expected.edges.count)"
    }

    @Test(arguments: UInt64(1)...4)
    func `are those of its reports, whatever they hold`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var dice = RandomReports(seed: seed)
        for report in RandomHistory.reports(25, &dice) { _ = try store.append(report) }
        for level in Self.levels(seed) {
            let query = GraphQuery(level: level)
            let found = try GraphReader(store: store).graph(query, coarsest: .tenSeconds).graph
            let difference = Self.difference(found, try Self.oracle(store, query))
            #expect(difference == nil, "seed \(seed) at level \(level)")
        }
    }

    @Test(arguments: UInt64(1)...8)
    func `name what was there in each window`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var cluster = RandomCluster(seed: seed)
        for report in cluster.reports(40) { _ = try store.append(report) }
        try store.append(inventory: cluster.inventory())
        for level in Self.levels(seed) {
            let query = GraphQuery(
                range: cluster.range(),
                level: level,
                namespaces: cluster.chance(1, of: 3) ? ["shop"] : []
            )
            let found = try GraphReader(store: store).graph(query, coarsest: .tenSeconds).graph
            let difference = Self.difference(found, try Self.oracle(store, query))
            #expect(difference == nil, "seed \(seed) at level \(level)")
        }
    }

    @Test(arguments: UInt64(1)...8)
    func `are the same from any tiles`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var cluster = RandomCluster(seed: seed)
        let reports = cluster.reports(40)
        for report in reports.dropLast(3) { _ = try store.append(report) }
        #expect(try store.rollUp(.all)?.isDone == true)
        #expect(try Resolution.allCases.allSatisfy { try store.dirtyWindows($0).isEmpty })
        // Late ones leave some windows dirty.
        for report in reports.suffix(Int(seed % 4)) { _ = try store.append(report) }
        try store.append(inventory: cluster.inventory())
        for level in Self.levels(seed) {
            let query = GraphQuery(
                range: cluster.range(),
                level: level,
                namespaces: cluster.chance(1, of: 3) ? ["shop"] : []
            )
            let expected = try Self.oracle(store, query)
            for coarsest in Resolution.allCases {
                let found = try GraphReader(store: store).graph(query, coarsest: coarsest).graph
                let difference = Self.difference(found, expected)
                #expect(difference == nil, "seed \(seed) at level \(level), tiles up to \(coarsest)")
            }
        }
    }

    @Test(arguments: UInt64(1)...3)
    func `of each step have what its series says`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var cluster = RandomCluster(seed: seed)
        for report in cluster.reports(30) where report.cluster == "default" { _ = try store.append(report) }
        if seed % 2 == 0 { _ = try store.rollUp(.all) }
        try store.append(inventory: cluster.inventory())
        let reader = try GraphReader(store: store)
        let query = GraphQuery(level: .pod)
        let hour = Resolution.hour.nanoseconds
        for edge in try reader.graph(query).graph.edges.prefix(6) {
            let series = try #require(
                reader.series(of: .edge(edge.id), in: query, stepNanoseconds: hour).first
            )
            #expect(series.points.first?.window.start == series.window.start)
            #expect(series.points.last?.window.end == series.window.end)
            for point in series.points where point.figures.metrics != EdgeMetrics() {
                var part = query
                part.range = .between(from: point.window.start, to: point.window.end)
                let found = try reader.graph(part).graph.edges.first { $0.id == edge.id }
                var expected = try #require(found).metrics
                expected.clearGauges()
                #expect(point.figures.metrics == expected, "seed \(seed)")
            }
            var sum = EdgeMetrics()
            for point in series.points { sum.merge(point.figures.metrics) }
            var whole = edge.metrics
            whole.clearGauges()
            #expect(sum == whole, "seed \(seed)")
        }
        let absent = try reader.series(of: .edge("nothing"), in: query, stepNanoseconds: hour)
        #expect(absent.count == 1 && absent.allSatisfy(\.points.isEmpty))
    }
}
