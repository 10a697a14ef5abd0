// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph

/// Reads what one edge did, step by step.
///
/// Long windows tell which edge keys belong to it, short ones, of the shards of those, the rest.
struct SeriesFold {
    let id: String
    let query: GraphQuery
    /// Whole base windows.
    let window: Window
    /// A multiple of the length of a base window.
    let stepNanoseconds: Int64

    /// Reads the series.
    ///
    /// - Parameter fold: Makes a fold of tiles no longer than a resolution, of some edges only or of all.
    /// - Returns: The series.
    /// - Throws: What is wrong with the store.
    func series(_ fold: (Resolution, GraphFold.Selection?) throws -> GraphFold) throws -> EdgeSeries {
        let whole = try fold(.day, nil)
        guard let selection = whole.selection(edge: id) else {
            return EdgeSeries(window: whole.tiles.window, stepNanoseconds: stepNanoseconds)
        }
        // Steps begin at multiples of their length, so no shorter window that divides it lies across.
        let resolution = Resolution.allCases.last { stepNanoseconds % $0.nanoseconds == 0 } ?? .tenSeconds
        return try fold(resolution, selection).series(edge: id, stepNanoseconds: stepNanoseconds)
    }
}

extension GraphFold {
    /// Some edges, and what the whole range told of all of them.
    struct Selection {
        let edges: Set<UInt64>
        let plan: GraphPlan
    }

    /// The ids that belong to an edge of the graph; `nil` where it has no such edge.
    func selection(edge id: String) -> Selection? {
        let graph = placer.plan.placed()
        guard let slot = (0..<graph.edgeCount).first(where: { graph.id(ofEdge: $0) == id }) else {
            return nil
        }
        return Selection(
            edges: placer.edges { graph.slots[$0] == slot },
            plan: placer.plan
        )
    }

    func series(edge id: String, stepNanoseconds: Int64) throws -> EdgeSeries {
        let graph = placer.plan.placed()
        let range = tiles.window
        let first = Self.step(of: range.start, stepNanoseconds)
        guard let slot = (0..<graph.edgeCount).first(where: { graph.id(ofEdge: $0) == id }),
            range.start < range.end
        else { return EdgeSeries(window: range, stepNanoseconds: stepNanoseconds) }
        let count = Int(Self.step(of: range.end + -1, stepNanoseconds) - first) + 1
        var sums = SlotSums(slots: count, room: min(2 * bytesPlaced, Self.maximumRoom))
        try add(to: &sums, isOfGauges: false) { pair, header in
            graph.slots[pair] == slot
                ? Int(Self.step(of: header.window.start, stepNanoseconds) - first) : -1
        }
        let metrics = try SummedMetrics(sums) { try text($0) }
        let points = (0..<count).map { step in
            let start = Timestamp(nanoseconds: (first + Int64(step)) * stepNanoseconds)
            let window = Window(start: max(start, range.start), end: min(start + stepNanoseconds, range.end))
            let edge = graph.edge(slot, metrics: metrics[step], spans: spans, in: window)
            return EdgeSeries.Point(window: window, edge: edge)
        }
        return EdgeSeries(window: range, stepNanoseconds: stepNanoseconds, points: points)
    }

    /// The number of the step, from 1970, that holds an instant.
    private static func step(of instant: Timestamp, _ nanoseconds: Int64) -> Int64 {
        let (steps, remainder) = instant.nanoseconds.quotientAndRemainder(dividingBy: nanoseconds)
        return remainder < 0 ? steps - 1 : steps
    }
}
