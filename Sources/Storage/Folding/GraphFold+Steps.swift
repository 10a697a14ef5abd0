// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

extension GraphFold {
    /// Some edges, and what a longer range, or more of them, told of names.
    struct Selection {
        /// `nil` for all.
        let edges: EdgeChoice?
        let names: GraphPlan
    }

    /// What several edges did together, step by step.
    ///
    /// - Parameters:
    ///   - slots: Which edges.
    ///   - graph: The graph that has them.
    ///   - steps: Of the range.
    ///   - seconds: What was watched in a part of the range.
    /// - Returns: The series.
    /// - Throws: What is wrong with the store.
    func series(
        of slots: Set<Int>,
        in graph: PlacedGraph,
        _ steps: Steps,
        seconds: (Window) -> Double
    ) throws -> Series {
        let isWanted = (0..<graph.edgeCount).map(slots.contains)
        var sums = SlotSums(slots: steps.count, histograms: histograms)
        try add(to: &sums, isOfGauges: false) { pair, header in
            let slot = Int(graph.slots[pair])
            return slot >= 0 && isWanted[slot] ? steps.index(of: header.window.start) : -1
        }
        let metrics = try SummedMetrics(sums) { try text($0) }
        let points = (0..<steps.count).map { step in
            let window = steps.window(step)
            let figures = Figures(metrics: metrics[step], observedSeconds: seconds(window))
            return Series.Point(window: window, figures: figures)
        }
        return Series(window: steps.range, stepNanoseconds: steps.nanoseconds, points: points)
    }

    /// Edges and steps that are summed at a time, at most: sums are much larger than what is kept of them.
    static let maximumCellsAtOnce = 20_000

    /// What each of some edges did, step by step.
    ///
    /// - Parameters:
    ///   - edges: Which, by position: those that are not among them are -1.
    ///   - count: How many they are.
    ///   - graph: The graph that has them.
    ///   - steps: Of the range.
    /// - Returns: A frame for each step.
    /// - Throws: What is wrong with the store.
    func frames(
        of edges: [Int],
        count: Int,
        in graph: PlacedGraph,
        _ steps: Steps
    ) throws -> [Frames.Frame] {
        let policy = HealthPolicy()
        var slotOfEdge = [Int](repeating: -1, count: count)
        for (slot, edge) in edges.enumerated() where edge >= 0 { slotOfEdge[edge] = slot }
        let stepsAtOnce = max(1, Self.maximumCellsAtOnce / max(1, count))
        var frames: [Frames.Frame] = []
        for first in stride(from: 0, to: steps.count, by: stepsAtOnce) {
            let batch = first..<min(first + stepsAtOnce, steps.count)
            let slots = count * batch.count
            var sums = SlotSums(slots: slots, histograms: histograms)
            try add(to: &sums, isOfGauges: false) { pair, header in
                let step = steps.index(of: header.window.start)
                let slot = Int(graph.slots[pair])
                guard batch.contains(step), slot >= 0, edges[slot] >= 0 else { return -1 }
                return (step - first) * count + edges[slot]
            }
            let metrics = try SummedMetrics(sums) { try text($0) }
            for step in batch {
                let window = steps.window(step)
                let seconds = graph.seconds(of: spans, in: window)
                var frame = Frames.Frame(window: window, observedSeconds: spans.secondsOfAll(in: window))
                for edge in 0..<count {
                    let own = metrics[(step - first) * count + edge]
                    guard own != EdgeMetrics(), slotOfEdge[edge] >= 0 else { continue }
                    let watched = seconds[graph.reporters(ofEdge: slotOfEdge[edge])]
                    let figures = Figures(metrics: own, observedSeconds: watched)
                    frame.cells.append(Frames.Cell(edge: edge, figures, policy: policy))
                }
                frames.append(frame)
            }
        }
        return frames
    }
}
