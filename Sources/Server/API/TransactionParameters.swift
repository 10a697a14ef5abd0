// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// The query parameters of a list of transactions, checked.
package struct TransactionParameters: Equatable, Sendable {
    /// Transactions of one page.
    package static let maximumLimit = 1_000
    /// The size of a page that nobody asked for.
    package static let defaultLimit = 100
    /// Transactions that may come before a page; a shorter range shows what is beyond.
    package static let maximumOffset = 1_000_000

    private static let known = GraphParameters.known + ["edge", "limit", "offset"]

    /// The id of the edge.
    package let edge: String
    /// The graph that has it.
    package let graph: GraphQuery
    package let limit: Int
    package let offset: Int

    /// Reads a request out of a query string.
    ///
    /// - Parameters:
    ///   - query: The raw query string.
    ///   - now: The wall clock, for relative times.
    /// - Throws: `Problem` with 400 that names the parameter at fault.
    package init(_ query: String?, now: Timestamp) throws(Problem) {
        let items = try QueryItems(query)
        try items.require(names: Self.known)
        edge = try items.edge()
        graph = try GraphParameters.graph(items, now: now)
        limit = try items.integer("limit", in: 1...Self.maximumLimit, default: Self.defaultLimit)
        offset = try items.integer("offset", in: 0...Self.maximumOffset, default: 0)
    }
}
