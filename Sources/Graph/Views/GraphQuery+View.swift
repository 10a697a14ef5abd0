// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension GraphQuery {
    /// The part of a graph that the query asks for: filter, then focus, then top.
    ///
    /// - Parameter graph: Everything in the range, at the level asked for.
    /// - Returns: The graph itself where no view was asked for.
    /// - Throws: `ExpressionError` of kind `limit` where the filter takes too many steps.
    package func view(of graph: ServiceGraph) throws(ExpressionError) -> ServiceGraph {
        var view = graph
        if let filter { view = try view.filtered(filter) }
        if let focus { view = view.focused(on: focus.node, depth: focus.depth) }
        if let top { view = view.top(top) }
        return view
    }
}
