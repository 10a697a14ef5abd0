// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Which edge of a graph each stored edge belongs to, from all rows of a range.
///
/// Whoever asks for a part of a graph needs it, and mostly has just asked for the graph.
struct PlacedRange: Sendable {
    /// Without a view.
    let query: GraphQuery
    let window: Window
    let plan: GraphPlan
    let graph: PlacedGraph

    /// - Parameters:
    ///   - fold: Of the whole range.
    ///   - query: Of the graph.
    init(_ fold: GraphFold, _ query: GraphQuery) {
        self.query = query.whole
        window = fold.tiles.window
        plan = fold.placer.plan
        graph = fold.graph
    }

    /// The stored edges that belong to some edges of the graph.
    func selection(of slots: Set<Int>) -> GraphFold.Selection {
        var isWanted = [Bool](repeating: false, count: graph.edgeCount)
        for slot in slots { isWanted[slot] = true }
        var edges: Set<UInt64> = []
        for pair in 0..<plan.pairCount {
            let slot = Int(graph.slots[pair])
            if slot >= 0, isWanted[slot] { edges.insert(RowPlacer.edge(ofKey: plan.key(ofPair: pair))) }
        }
        return GraphFold.Selection(edges: EdgeChoice(edges), names: names)
    }

    /// What names depend on.
    var names: GraphPlan { plan.names(in: graph) }
}
