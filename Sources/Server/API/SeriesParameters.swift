// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// The query parameters of a series, checked.
package struct SeriesParameters: Equatable, Sendable {
    /// Where a request names no step: as many as a chart shows.
    package static let defaultSteps: Int64 = 120

    private static let known = GraphParameters.known + ["edge", "step"]

    /// The id of the edge.
    package let edge: String
    /// The graph that has it.
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
        edge = try items.edge()
        graph = try GraphParameters.graph(items, now: now)
        guard let text = try items.single("step") else {
            stepNanoseconds = nil
            return
        }
        guard let step = DurationText.nanoseconds(text) else {
            throw .badParameter("step", "It must be a duration such as 10s, 1m or 1h.")
        }
        stepNanoseconds = step
    }
}
