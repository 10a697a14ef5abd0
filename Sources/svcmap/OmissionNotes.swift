// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// Says on standard error what a view left out: a part is never taken for the whole.
enum OmissionNotes {
    static func tell(_ graph: ServiceGraph, query: GraphQuery) {
        let omitted = graph.omitted
        if let focus = query.focus, !graph.nodes.contains(where: { $0.id == focus.node }) {
            Console.note("there is no node \(focus.node) in this range at level \(graph.level.rawValue)")
        }
        if omitted.undecided > 0 {
            Console.note("what is to be hidden has no answer for \(omitted.undecided) edges, which stay")
        }
        guard omitted.edges > 0 || omitted.nodes > 0 else { return }
        let all = omitted.edges + graph.edges.count
        Console.note("\(graph.edges.count) of \(all) edges; the view leaves out the rest")
        if omitted.absent > 0 {
            Console.note(
                "the filter reads a field that has no value for \(omitted.absent) of them: has() asks for it"
            )
        }
        if omitted.failed > 0 {
            Console.note("the filter has no answer for \(omitted.failed) of them, such as a division by zero")
        }
    }
}
