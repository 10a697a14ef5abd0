// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What a graph costs whoever keeps it.
extension ServiceGraph {
    /// An edge with its id and what was dialled, and a node with its names: about as many bytes as those of
    /// a large cluster take.
    private static let typicalEdgeBytes = 384
    private static let typicalNodeBytes = 512
    /// The figures of an edge that has them by value.
    private static let typicalFiguresBytes = 2_048

    /// Where the figures of its edges lie, unless each has its own; views have it in common with the graph that they
    /// are of.
    package var metricsSource: (any EdgeMetricsSource)? {
        guard case .shared(let source, _) = edges.first?.figures else { return nil }
        return source
    }

    /// About how many bytes it takes without the source of its figures.
    package var ownBytes: Int {
        let figures = metricsSource == nil ? Self.typicalFiguresBytes : 0
        return edges.count * (Self.typicalEdgeBytes + figures) + nodes.count * Self.typicalNodeBytes
    }
}
