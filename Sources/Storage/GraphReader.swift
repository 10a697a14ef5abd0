// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
import GRDB
package import Graph
import Synchronization

/// Makes graphs of what a store holds.
///
/// A reader keeps the inventory, names and range of the moment it was made, so that several
/// graphs can share them; make a new one when `WindowStore.dataVersion` has changed.
package final class GraphReader: Sendable {
    private let store: WindowStore
    private let resolver: IdentityResolver
    /// What graphs so far needed of the dictionaries.
    private let dictionary = Mutex(FoldDictionary())
    /// From the first to the last stored window; `nil` while the store is empty.
    package let stored: Window?

    /// Reads what all graphs of the store share.
    ///
    /// - Throws: `StorageError`.
    package init(store: WindowStore) throws {
        self.store = store
        self.stored = try store.range()
        self.resolver = IdentityResolver(inventory: try store.inventory(), names: try store.names())
    }

    /// Makes one graph.
    ///
    /// - Parameters:
    ///   - query: Of what.
    ///   - coarsest: No window longer than this is read; for tests, as all give one graph.
    /// - Returns: The graph and whose reports it was made from, sorted by id.
    /// - Throws: `StorageError`; `ViewError` where an expression of the query takes too many steps.
    package func graph(
        _ query: GraphQuery,
        coarsest: Resolution = .day
    ) throws -> (graph: ServiceGraph, reporters: [Reporter]) {
        try store.read { database in
            let fold = try fold(query, coarsest: coarsest, database)
            let graph = try query.view(of: fold.graph())
            dictionary.withLock { $0 = fold.dictionary }
            let reporters = fold.reporters.values.map(\.reporter).sorted { $0.id < $1.id }
            return (graph, reporters)
        }
    }

    /// What one edge of a graph did, step by step.
    ///
    /// - Parameters:
    ///   - id: The id of the edge.
    ///   - query: The graph that has it.
    ///   - stepNanoseconds: The length of a step, rounded up to whole base windows.
    /// - Returns: The series, with `maximumSteps` steps at most: longer ranges get longer steps.
    /// - Throws: `StorageError`.
    package func series(
        ofEdge id: String,
        in query: GraphQuery,
        stepNanoseconds: Int64
    ) throws -> EdgeSeries {
        let window = query.window(stored: stored)
        let base = Window.baseNanoseconds
        let shortest = max(stepNanoseconds, (window.end - window.start) / Self.maximumSteps, base)
        let step = (shortest / base + (shortest % base == 0 ? 0 : 1)) * base
        let series = SeriesFold(id: id, query: query, window: window, stepNanoseconds: step)
        return try store.read { database in
            try series.series { coarsest, selection in
                let fold = try fold(query, coarsest: coarsest, only: selection, database)
                dictionary.withLock { $0 = fold.dictionary }
                return fold
            }
        }
    }

    /// Steps of a series, at most but for one at each end.
    package static let maximumSteps: Int64 = 5_000

    private func fold(
        _ query: GraphQuery,
        coarsest: Resolution,
        only selection: GraphFold.Selection? = nil,
        _ database: Database
    ) throws -> GraphFold {
        try GraphFold(
            query,
            try TilePlan(query.window(stored: stored), database, coarsest: coarsest),
            resolver: resolver,
            dictionary: dictionary.withLock { $0 },
            selection: selection,
            database,
            path: store.file.path
        )
    }

    /// The sampled transactions of one edge of a graph.
    ///
    /// - Throws: `StorageError`.
    package func samples(ofEdge id: String, in query: GraphQuery) throws -> SampleList {
        let window = query.window(stored: stored)
        var builder = GraphBuilder(window: window, query: query, resolver: resolver)
        if window.start < window.end { try store.forEachReport(in: window) { builder.add($0) } }
        return builder.samples(ofEdge: id)
    }
}
