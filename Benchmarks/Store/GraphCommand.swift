// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Storage

/// Makes one graph, in a process that has read nothing before.
enum GraphCommand {
    static func run(_ arguments: Arguments) throws {
        let seconds = try arguments.number("range", 0)
        guard let level = GraphLevel(rawValue: arguments.text("level", "workload")) else {
            throw Arguments.Invalid()
        }
        let (clock, processor) = (ProcessorTime.clock, ProcessorTime.now)
        let store = try WindowStore(path: arguments.path, access: .readOnly)
        let reader = try GraphReader(store: store)
        let opened = ProcessorTime.clock
        var query = GraphQuery(level: level)
        if seconds > 0 { query.range = .last(nanoseconds: Int64(seconds) * 1_000_000_000) }
        let graph = try reader.graph(query).graph
        let done = ProcessorTime.clock
        print("nodes \(graph.nodes.count), edges \(graph.edges.count)")
        print("open, inventory and names: \(milliseconds(opened - clock)) ms")
        print("graph: \(milliseconds(done - opened)) ms")
        print("processor time of both: \(milliseconds(ProcessorTime.now - processor)) ms")
    }

    private static func milliseconds(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10 }
}
