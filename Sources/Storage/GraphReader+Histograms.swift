// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Histograms of graphs whose blocks are not kept.
extension GraphReader {
    /// How to read histograms of a graph again.
    func origin(
        _ query: GraphQuery,
        _ graph: PlacedGraph,
        names: GraphPlan? = nil
    ) -> RereadHistograms.Origin {
        RereadHistograms.Origin(reader: self, query: query.whole, names: names, graph: graph)
    }

    /// Adds up histograms of some edges of a graph.
    ///
    /// - Parameters:
    ///   - kinds: Which of each edge.
    ///   - ids: Of the edges.
    ///   - isMost: Whether they are so many that it is no use to look for the row groups that have them.
    ///   - origin: Of the graph.
    ///   - values: What is wanted of each that was added up, by position.
    /// - Returns: Of each by what it is of; its slot is the position of its edge among the ids.
    /// - Throws: `StorageError`.
    func histograms<Value>(
        _ kinds: HistogramKinds,
        ofEdges ids: [String],
        isMost: Bool,
        in origin: RereadHistograms.Origin,
        _ values: (inout SlotSums) -> [Value]
    ) throws -> [HistogramKey: Value] {
        let positions = Dictionary(zip(ids, ids.indices)) { first, _ in first }
        return try store.read { database in
            var selection = origin.names.map { GraphFold.Selection(edges: nil, names: $0) }
            if !isMost {
                let whole = try placed(origin.query, database)
                selection = whole.selection(of: Set(ids.flatMap(whole.graph.slots(ofEdge:))))
            }
            let fold = try fold(
                origin.query,
                coarsest: .coarsest,
                only: selection,
                keepsBlocks: !isMost,
                database
            )
            remember(fold)
            let graph = fold.graph
            let targets = (0..<graph.edgeCount).map { positions[graph.id(ofEdge: $0)] ?? -1 }
            var sums = SlotSums(slots: ids.count, histograms: FoldedHistograms(.summed(kinds, room: 0)))
            try fold.add(to: &sums, isOfGauges: false) { pair, _ in
                let slot = Int(graph.slots[pair])
                return slot < 0 ? -1 : targets[slot]
            }
            let keys = sums.histogramKeys(sums.histograms.count)
            return Dictionary(zip(keys, values(&sums))) { first, _ in first }
        }
    }
}
