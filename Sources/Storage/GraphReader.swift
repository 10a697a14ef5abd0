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
    /// - Throws: `StorageError`.
    package func graph(_ query: GraphQuery) throws -> (graph: ServiceGraph, reporters: [Reporter]) {
        let window = query.window(stored: stored)
        var builder = GraphBuilder(window: window, query: query, resolver: resolver)
        var reporters: Set<Reporter> = []
        if window.start < window.end {
            try store.forEachReport(in: window) { report in
                builder.add(report)
                reporters.insert(report.reporter)
            }
        }
        return (builder.build(), reporters.sorted { $0.id < $1.id })
    }
}
