// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

extension GraphReader {
    /// Makes two graphs whose nodes have the same names: those of the range that holds both.
    ///
    /// - Parameters:
    ///   - query: What both are of, but for the range.
    ///   - base: The range of the one.
    ///   - current: The range of the other.
    /// - Returns: The graphs, without a view.
    /// - Throws: `StorageError`.
    package func graphs(
        _ query: GraphQuery,
        base: GraphQuery.Range,
        current: GraphQuery.Range
    ) throws -> (base: ServiceGraph, current: ServiceGraph) {
        let queries = [base, current].map { range in
            var part = query.whole
            part.range = range
            return part
        }
        let windows = queries.map { $0.window(stored: stored) }
        var both = query.whole
        both.range = .between(from: windows.map(\.start).min(), to: windows.map(\.end).max())
        return try store.read { database in
            let names = try placed(both, database).names
            let selection = GraphFold.Selection(edges: nil, names: names)
            let graphs = try queries.map { part in
                let fold = try fold(part, coarsest: .coarsest, only: selection, database)
                remember(fold)
                return try fold.sum { origin(part, $0, names: names) }
            }
            return (graphs[0], graphs[1])
        }
    }
}
