// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Storage

/// Makes one graph in a process that has read nothing before, the same again, and the series of one of its
/// edges.
enum GraphCommand {
    static func run(_ arguments: Arguments) throws {
        let query = try query(arguments)
        let (clock, processor) = (ProcessorTime.clock, ProcessorTime.now)
        let store = try measured("open") { try WindowStore(path: arguments.path, access: .readOnly) }
        let reader = try measured("inventory and names") { try GraphReader(store: store) }
        let graph = try measured("graph") { try reader.graph(query).graph }
        let (took, used) = (ProcessorTime.clock - clock, ProcessorTime.now - processor)
        print("all of it: \(milliseconds(took)) ms, processor \(milliseconds(used)) ms")
        print("nodes \(graph.nodes.count), edges \(graph.edges.count), kB \(PeakMemory.kilobytes)")
        guard try arguments.number("looks", 1) > 0 else { return }
        // What a map and a table show: histograms are read when they are asked for.
        let greatest = measured("p50, p95 and p99 of each edge") { graph.edges.map(slowest).max() ?? 0 }
        print("greatest p99: \(greatest) ns, kB \(PeakMemory.kilobytes)")
        _ = try measured("graph again") { try reader.graph(query).graph }
        let step = try arguments.number("step", 86_400)
        let edge = try arguments.number("edge", 0)
        guard step > 0, graph.edges.indices.contains(edge) else { return }
        let id = graph.edges[edge].id
        let nanoseconds = Int64(step) * 1_000_000_000
        let series = try measured("series") {
            try reader.series(of: .edge(id), in: query, stepNanoseconds: nanoseconds)
        }
        print("points \(series.first?.points.count ?? 0), peak kB \(PeakMemory.kilobytes)")
    }

    private static func slowest(_ edge: Edge) -> UInt64 {
        let latency = edge.latency
        return [0.5, 0.95, 0.99].compactMap { latency.quantileNanoseconds($0) }.max() ?? 0
    }

    private static func query(_ arguments: Arguments) throws -> GraphQuery {
        let seconds = Int64(try arguments.number("range", 0))
        guard let level = GraphLevel(rawValue: arguments.text("level", "workload")) else {
            throw Arguments.Invalid()
        }
        var query = GraphQuery(level: level)
        let from = Int64(try arguments.number("from", -1))
        if from >= 0 {
            let start = Arguments.start + from * 1_000_000_000
            query.range = .between(from: start, to: start + seconds * 1_000_000_000)
        } else if seconds > 0 {
            query.range = .last(nanoseconds: seconds * 1_000_000_000)
        }
        return query
    }

    private static func measured<T>(_ name: String, _ body: () throws -> T) rethrows -> T {
        let (clock, processor) = (ProcessorTime.clock, ProcessorTime.now)
        let result = try body()
        let (took, used) = (ProcessorTime.clock - clock, ProcessorTime.now - processor)
        print("\(name): \(milliseconds(took)) ms, processor \(milliseconds(used)) ms")
        return result
    }

    private static func milliseconds(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10 }
}
