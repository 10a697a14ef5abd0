// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// What happened step by step.
///
/// Long windows tell which stored edges are asked for, short ones, of the shards of those, the rest.
extension GraphReader {
    /// Steps of a series, at most but for one at each end.
    package static let maximumSteps: Int64 = 5_000

    /// The length of a step that is used where one was asked for.
    ///
    /// - Parameters:
    ///   - asked: The length asked for.
    ///   - query: For its range.
    /// - Returns: Whole base windows, and no more than `maximumSteps` of them in the range.
    package func step(_ asked: Int64, in query: GraphQuery) -> Int64 {
        let window = query.window(stored: stored)
        let base = Window.baseNanoseconds
        let shortest = max(asked, (window.end - window.start) / Self.maximumSteps, base)
        return (shortest / base + (shortest % base == 0 ? 0 : 1)) * base
    }

    /// What an edge, a node or several edges did together.
    ///
    /// - Parameters:
    ///   - subject: Whose.
    ///   - query: The graph that has it, with or without a view.
    ///   - view: Ids of the edges that the view has.
    ///   - stepNanoseconds: The length of a step, rounded up to whole base windows.
    /// - Returns: One series; of a node, what it served and then what it called. Long ranges get longer steps.
    /// - Throws: `StorageError`.
    package func series(
        of subject: SeriesSubject,
        in query: GraphQuery,
        view: Set<String> = [],
        stepNanoseconds: Int64
    ) throws -> [Series] {
        let step = step(stepNanoseconds, in: query)
        func groups(_ graph: PlacedGraph) -> [Set<Int>] {
            let slots = 0..<graph.edgeCount
            switch subject {
            case .edge(let id): return [Set(graph.slots(ofEdge: id))]
            case .node(let id):
                return [
                    Set(slots.filter { graph.ends(ofEdge: $0).server == id }),
                    Set(slots.filter { graph.ends(ofEdge: $0).client == id }),
                ]
            case .view: return [Set(slots.filter { view.contains(graph.id(ofEdge: $0)) })]
            }
        }
        return try folded(query, step, wanted: { groups($0).reduce(Set<Int>()) { $0.union($1) } }) {
            fold,
            steps in
            let graph = fold.graph
            let parts = groups(graph)
            let all = parts.reduce(Set<Int>()) { $0.union($1) }
            guard subject == .view || !all.isEmpty else {
                return parts.map { _ in Series(window: steps.range, stepNanoseconds: step) }
            }
            let reporters = graph.reporters(ofEdges: all)
            return try parts.map { group in
                try fold.series(of: group, in: graph, steps) { part in
                    subject == .view
                        ? fold.spans.secondsOfAll(in: part) : fold.spans.seconds(of: reporters, in: part)
                }
            }
        }
    }

    /// What each of some edges did.
    ///
    /// - Parameters:
    ///   - ids: Of the edges, sorted.
    ///   - query: The graph that has them.
    ///   - stepNanoseconds: The length of a step, rounded up to whole base windows.
    /// - Returns: A frame for each step; long ranges get longer steps.
    /// - Throws: `StorageError`.
    package func frames(
        ofEdges ids: [String],
        in query: GraphQuery,
        stepNanoseconds: Int64
    ) throws -> Frames {
        let step = step(stepNanoseconds, in: query)
        let positions = Dictionary(
            ids.enumerated().map { ($0.element, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
        func wanted(_ graph: PlacedGraph) -> [Int] {
            (0..<graph.edgeCount).map { positions[graph.id(ofEdge: $0)] ?? -1 }
        }
        func slots(_ graph: PlacedGraph) -> Set<Int> {
            Set(wanted(graph).enumerated().filter { $0.element >= 0 }.map(\.offset))
        }
        return try folded(query, step, wanted: slots) { fold, steps in
            let graph = fold.graph
            let frames = try fold.frames(of: wanted(graph), count: ids.count, in: graph, steps)
            return Frames(window: steps.range, stepNanoseconds: step, edges: ids, frames: frames)
        }
    }

    /// Reads windows that lie across no steps, of some edges only.
    private func folded<Result>(
        _ query: GraphQuery,
        _ stepNanoseconds: Int64,
        wanted: (PlacedGraph) -> Set<Int>,
        _ body: (GraphFold, Steps) throws -> Result
    ) throws -> Result {
        try store.read { database in
            let whole = try placed(query, database)
            let resolution = Steps(of: whole.window, stepNanoseconds).resolution
            let selection = whole.selection(of: wanted(whole.graph))
            let fine = try fold(query, coarsest: resolution, only: selection, database)
            remember(fine)
            return try body(fine, Steps(of: fine.tiles.window, stepNanoseconds))
        }
    }
}
