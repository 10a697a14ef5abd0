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
    private let maximumKeptBytes: Int
    /// What graphs so far needed of the dictionaries.
    private let dictionary = Mutex(FoldDictionary())
    /// Of the last graph.
    private let lastPlaced = Mutex<PlacedRange?>(nil)
    /// From the first to the last stored window; `nil` while the store is empty.
    package let stored: Window?

    /// Reads what all graphs of the store share.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - maximumKeptBytes: How many bytes of blocks a graph may keep, to read its histograms from when they are
    ///     asked for; those of a larger one are read from the store again.
    /// - Throws: `StorageError`.
    package init(store: WindowStore, maximumKeptBytes: Int = GraphFold.maximumKeptBytes) throws {
        self.store = store
        self.maximumKeptBytes = maximumKeptBytes
        self.stored = try store.range()
        let (inventory, pods) = try store.read(InventoryTable.outlined)
        self.resolver = IdentityResolver(inventory: inventory, pods: pods, names: try store.names())
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
        coarsest: Resolution = .coarsest
    ) throws -> (graph: ServiceGraph, reporters: [Reporter]) {
        let (whole, reporters) = try store.read { database in
            let fold = try fold(query, coarsest: coarsest, database)
            let graph = try fold.sum { origin(query, $0) }
            remember(fold)
            remember(PlacedRange(fold, query))
            let reporters = fold.reporters.values.map(\.reporter).sorted { $0.id < $1.id }
            return (graph, reporters)
        }
        // A view may ask for histograms, which are read from the store then.
        return (try query.view(of: whole), reporters)
    }

    /// Keeps what a fold needed of the dictionaries for the next one.
    func remember(_ fold: GraphFold) { dictionary.withLock { $0 = fold.dictionary } }

    private func remember(_ range: PlacedRange) { lastPlaced.withLock { $0 = range } }

    /// Which rows of a range belong where.
    func placed(_ query: GraphQuery, _ database: Database) throws -> PlacedRange {
        if let last = lastPlaced.withLock({ $0 }), last.query == query.whole { return last }
        let fold = try fold(query, coarsest: .coarsest, database)
        let range = PlacedRange(fold, query)
        remember(fold)
        remember(range)
        return range
    }

    func fold(
        _ query: GraphQuery,
        coarsest: Resolution,
        only selection: GraphFold.Selection? = nil,
        isExact: Bool = false,
        keepsBlocks: Bool = true,
        _ database: Database
    ) throws -> GraphFold {
        try GraphFold(
            query,
            try TilePlan(query.window(stored: stored), database, coarsest: coarsest),
            resolver: resolver,
            dictionary: dictionary.withLock { $0 },
            selection: selection,
            database,
            path: store.file.path,
            maximumKeptBytes: keepsBlocks ? maximumKeptBytes : 0,
            isExact: isExact
        )
    }
}
