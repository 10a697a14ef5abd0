// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

extension GraphFold {
    /// Sums every row into its edge.
    ///
    /// - Parameter origin: What reads histograms again whose blocks are not kept, given the edges.
    /// - Returns: The graph; its histograms must not be looked into while the store is read.
    /// - Throws: What is wrong with the store.
    func sum(again origin: (PlacedGraph) -> RereadHistograms.Origin) throws -> ServiceGraph {
        // Nodes and edges need no sums.
        let drawing = Meanwhile { [graph, tiles, spans, coverage] in
            graph.drawn(window: tiles.window, spans: spans, coverage: coverage)
        }
        let slots = graph.slots
        let histograms = FoldedHistograms(keepsBlocks ? .noted : .counted(origin(graph)))
        var sums = SlotSums(slots: graph.edgeCount, histograms: histograms)
        try add(to: &sums) { pair, _ in Int(slots[pair]) }
        let metrics = try SummedMetrics(sums, blockBytes: keepsBlocks ? bytesPlaced : 0) { try text($0) }
        var drawn = drawing.take()
        drawn.fill { .shared(metrics, position: $0) }
        return drawn
    }

    /// Adds every row to the sum that a body names for its pair and window, or to none where that is less
    /// than 0.
    func add(
        to sums: inout SlotSums,
        isOfGauges: Bool = true,
        slot: (Int, PartHeader) -> Int
    ) throws {
        var rows = GroupFolder.Rows()
        for part in placed {
            rows.holdsGauges = isOfGauges && holdsGauges(part.header)
            try naming(part.header) {
                let reader = try part.reader ?? reader(of: part.block, only: part.only, isChecked: true)
                var next = 0
                for group in reader.groups {
                    rows.slots.removeAll(keepingCapacity: true)
                    rows.isTurned.removeAll(keepingCapacity: true)
                    var isAnyKept = false
                    for row in part.rows[next..<next + group.edges] {
                        let target = row < 0 ? -1 : slot(Int(row >> 1), part.header)
                        rows.slots.append(target)
                        rows.isTurned.append(row & 1 == 1)
                        isAnyKept = isAnyKept || target >= 0
                    }
                    next += group.edges
                    guard isAnyKept else { continue }
                    try GroupFolder(rows).add(group, reader.bytes, to: &sums)
                }
            }
        }
    }
}
