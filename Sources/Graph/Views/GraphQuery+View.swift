// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension GraphQuery {
    /// The query without what makes a part of a graph: all parts of one graph have it in common.
    package var whole: GraphQuery {
        GraphQuery(
            range: range,
            level: level,
            namespaces: namespaces,
            group: group,
            collapsed: collapsed,
            boxLabel: boxLabel,
            folding: folding
        )
    }

    /// The part of a graph that the query asks for: filter, then hide, focus, top, and find last.
    ///
    /// - Parameter graph: Everything in the range, at the level asked for.
    /// - Returns: The graph itself where no view was asked for.
    /// - Throws: `ViewError` where an expression takes too many steps.
    package func view(of graph: ServiceGraph) throws(ViewError) -> ServiceGraph {
        var view = graph
        do throws(ExpressionError) {
            if let filter { view = try view.filtered(filter) }
        } catch { throw ViewError(part: .filter, text: filter?.text ?? "", error: error) }
        do throws(ExpressionError) {
            if let hide { view = try view.hiding(hide) }
        } catch { throw ViewError(part: .hide, text: hide?.text ?? "", error: error) }
        if let focus { view = view.focused(on: focus.node, depth: focus.depth) }
        if let top { view = view.top(top) }
        do throws(ExpressionError) {
            if let find { view.found = try view.findings(of: find) }
        } catch { throw ViewError(part: .find, text: find?.text ?? "", error: error) }
        return view
    }
}
