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
    let store: WindowStore
    let resolver: IdentityResolver
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
            remember(fold)
            let reporters = fold.reporters.values.map(\.reporter).sorted { $0.id < $1.id }
            return (graph, reporters)
        }
    }

    /// Keeps what a fold needed of the dictionaries for the next one.
    func remember(_ fold: GraphFold) { dictionary.withLock { $0 = fold.dictionary } }

    func fold(
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
}
