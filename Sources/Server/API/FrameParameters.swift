// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// The query parameters of a replay, checked.
package struct FrameParameters: Equatable, Sendable {
    /// Edges times steps of an answer.
    package static let maximumCells = 200_000

    static let known = GraphParameters.known + ["step"]

    package let graph: GraphQuery
    /// `nil` where the range decides.
    package let stepNanoseconds: Int64?

    /// Reads a request out of a query string.
    ///
    /// - Parameters:
    ///   - query: The raw query string.
    ///   - now: The wall clock, for relative times.
    /// - Throws: `Problem` with 400 that names the parameter at fault.
    package init(_ query: String?, now: Timestamp) throws(Problem) {
        let items = try QueryItems(query)
        try items.require(names: Self.known)
        graph = try GraphParameters.graph(items, now: now)
        stepNanoseconds = try items.duration("step")
    }
}
