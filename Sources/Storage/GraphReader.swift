// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// Makes graphs of what a store holds.
///
/// A reader keeps the inventory, names and range of the moment it was made, so that several
/// graphs can share them; make a new one when `WindowStore.dataVersion` has changed.
package struct GraphReader: Sendable {
    private let store: WindowStore
    private let resolver: IdentityResolver
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
    /// - Returns: The graph and whose reports it was made from, sorted by id.
    /// - Throws: `StorageError`; `ExpressionError` where the query's filter takes too many steps.
    package func graph(_ query: GraphQuery) throws -> (graph: ServiceGraph, reporters: [Reporter]) {
        var reporters: Set<Reporter> = []
        let builder = try fold(query) { reporters.insert($0) }
        return (try query.view(of: builder.build()), reporters.sorted { $0.id < $1.id })
    }

    /// The sampled transactions of one edge of a graph.
    ///
    /// - Throws: `StorageError`.
    package func samples(ofEdge id: String, in query: GraphQuery) throws -> SampleList {
        try fold(query) { _ in }.samples(ofEdge: id)
    }

    private func fold(_ query: GraphQuery, note: (Reporter) -> Void) throws -> GraphBuilder {
        let window = query.window(stored: stored)
        var builder = GraphBuilder(window: window, query: query, resolver: resolver)
        guard window.start < window.end else { return builder }
        try store.forEachReport(in: window) { report in
            builder.add(report)
            note(report.reporter)
        }
        return builder
    }
}
