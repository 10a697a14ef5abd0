// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What a reader that sums steps by itself asks of a graph.
extension PlacedGraph {
    /// Position in `reporterSets` of those who reported an edge.
    package func reporters(ofEdge slot: Int) -> Int { edges[slot].reporters }

    /// Who reported any of some edges.
    package func reporters(ofEdges slots: some Sequence<Int>) -> [Int] {
        let sets = Set(slots.map { edges[$0].reporters })
        return Set(sets.flatMap { reporterSets[$0] }).sorted()
    }

    /// Seconds of a part of the range that each set of reporters watched.
    package func seconds(of spans: ObservedSpans, in part: Window) -> [Double] {
        reporterSets.map { spans.seconds(of: $0, in: part) }
    }

    /// The ids of the nodes at the ends of an edge.
    package func ends(ofEdge slot: Int) -> (client: String, server: String) {
        (nodes[edges[slot].client].node.id, nodes[edges[slot].server].node.id)
    }
}
