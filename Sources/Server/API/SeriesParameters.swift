// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// The query parameters of a series, checked.
package struct SeriesParameters: Equatable, Sendable {
    /// Where a request names no step: as many as a chart shows.
    package static let defaultSteps: Int64 = 120

    static let known = GraphParameters.known + ["edge", "node", "step"]

    /// Whose series it is.
    package let subject: SeriesSubject
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
        switch (try items.id("edge"), try items.id("node")) {
        case (nil, nil): subject = .view
        case (let edge?, nil): subject = .edge(edge)
        case (nil, let node?): subject = .node(node)
        case (_?, _?): throw .badParameter("node", "It cannot be combined with \"edge\".")
        }
        graph = try GraphParameters.graph(items, now: now)
        stepNanoseconds = try items.duration("step")
    }
}
