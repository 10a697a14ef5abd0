// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// The query parameters of a graph, checked.
package enum GraphParameters {
    /// More namespaces than this in one request are refused.
    package static let maximumNamespaces = 100
    /// Longer ids of nodes are refused.
    package static let maximumNodeLength = 512

    static let known = [
        "from", "to", "window", "level", "namespace", "group", "collapse", "fold", "filter", "hide", "focus",
        "depth", "top", "find", "include",
    ]

    /// Reads a request out of a query string.
    ///
    /// - Parameters:
    ///   - query: The raw query string.
    ///   - now: The wall clock, for relative times.
    /// - Returns: The request.
    /// - Throws: `Problem` with 400 that names the parameter at fault.
    package static func parse(_ query: String?, now: Timestamp) throws(Problem) -> GraphQuery {
        let items = try QueryItems(query)
        try items.require(names: known)
        return try graph(items, now: now)
    }

    /// The graph that parameters ask for.
    static func graph(_ items: QueryItems, now: Timestamp) throws(Problem) -> GraphQuery {
        GraphQuery(
            range: try range(items, now: now),
            level: try items.choice("level", default: .workload),
            namespaces: try list("namespace", "a namespace", in: items) {
                CollapsedBox.isNamespace($0) ? String($0) : nil
            },
            group: try group(items),
            collapsed: try list("collapse", "a namespace or KEY=VALUE, a label", in: items) {
                CollapsedBox($0)
            },
            folding: try items.choice("fold", default: .automatic),
            filter: try expression("filter", in: items),
            hide: try expression("hide", in: items),
            focus: try focus(items),
            top: try items.single("top") == nil
                ? nil : try items.integer("top", in: GraphQuery.tops, default: GraphQuery.tops.lowerBound),
            find: try expression("find", in: items),
            include: try include(items)
        )
    }

    private static func include(_ items: QueryItems) throws(Problem) -> Set<GraphDetail> {
        guard let text = try items.single("include") else { return .all }
        guard let details = GraphDetail.set(text) else {
            throw .badParameter("include", "It must be \(GraphDetail.choices).")
        }
        return details
    }

    private static func expression(_ name: String, in items: QueryItems) throws(Problem) -> EdgeFilter? {
        guard let text = try items.single(name) else { return nil }
        do {
            return try EdgeFilter(text)
        } catch {
            throw .badExpression(name, error)
        }
    }

    private static func focus(_ items: QueryItems) throws(Problem) -> GraphQuery.Focus? {
        let depth = try items.integer("depth", in: GraphQuery.Focus.depths, default: 1)
        guard let node = try items.single("focus") else {
            guard try items.single("depth") == nil else {
                throw .badParameter("depth", "It goes with \"focus\", the id of a node.")
            }
            return nil
        }
        guard (1...maximumNodeLength).contains(node.utf8.count) else {
            throw .badParameter("focus", "It must be the id of a node of the graph.")
        }
        return GraphQuery.Focus(node: node, depth: depth)
    }

    private static func range(_ items: QueryItems, now: Timestamp) throws(Problem) -> GraphQuery.Range {
        let from = try instant("from", in: items, now: now)
        let to = try instant("to", in: items, now: now)
        if let from, let to, from >= to {
            throw .badParameter("to", "It must be later than \"from\".")
        }
        guard let nanoseconds = try items.duration("window") else { return .between(from: from, to: to) }
        guard from == nil, to == nil else {
            throw .badParameter("window", "It cannot be combined with \"from\" or \"to\".")
        }
        return .last(nanoseconds: nanoseconds)
    }

    static func instant(
        _ name: String,
        in items: QueryItems,
        now: Timestamp
    ) throws(Problem) -> Timestamp? {
        guard let text = try items.single(name) else { return nil }
        guard let instant = TimeExpression.instant(text, now: now) else {
            throw .badParameter(
                name,
                "It must be a time such as 2026-01-31T12:00:00Z, now or now-15m, from 1970 to 2200."
            )
        }
        return instant
    }

    private static func group(_ items: QueryItems) throws(Problem) -> GraphGroup? {
        guard let text = try items.single("group") else { return nil }
        guard let group = GraphGroup(text) else {
            throw .badParameter("group", "It must be label:KEY, the key of a Kubernetes label, or namespace.")
        }
        return group
    }

    /// What a parameter that may be repeated names, by commas too.
    private static func list<Element: Hashable>(
        _ name: String,
        _ kind: String,
        in items: QueryItems,
        element: (Substring) -> Element?
    ) throws(Problem) -> Set<Element> {
        var elements: Set<Element> = []
        var given = 0
        for value in items.values(name) {
            for text in value.split(separator: ",", omittingEmptySubsequences: false) {
                guard let element = element(text) else {
                    throw .badParameter(name, "It must be \(kind), or several separated by commas.")
                }
                elements.insert(element)
                given += 1
            }
        }
        guard given <= maximumNamespaces else {
            throw .badParameter(name, "At most \(maximumNamespaces) can be given.")
        }
        return elements
    }
}
