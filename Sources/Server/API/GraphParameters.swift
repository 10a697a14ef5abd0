// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// The query parameters of a graph, checked.
package enum GraphParameters {
    /// More namespaces than this in one request are refused.
    package static let maximumNamespaces = 100
    /// The longest name Kubernetes allows (RFC 1123 label).
    package static let maximumNamespaceLength = 63

    private static let known = ["from", "to", "window", "level", "namespace"]

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
        return GraphQuery(
            range: try range(items, now: now),
            level: try level(items),
            namespaces: try namespaces(items)
        )
    }

    static func range(_ items: QueryItems, now: Timestamp) throws(Problem) -> GraphQuery.Range {
        let from = try instant("from", in: items, now: now)
        let to = try instant("to", in: items, now: now)
        if let from, let to, from >= to {
            throw .badParameter("to", "It must be later than \"from\".")
        }
        guard let window = try items.single("window") else { return .between(from: from, to: to) }
        guard from == nil, to == nil else {
            throw .badParameter("window", "It cannot be combined with \"from\" or \"to\".")
        }
        guard let nanoseconds = DurationText.nanoseconds(window) else {
            throw .badParameter("window", "It must be a duration such as 90s, 15m, 1h30m or 7d.")
        }
        return .last(nanoseconds: nanoseconds)
    }

    private static func instant(
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

    static func level(_ items: QueryItems) throws(Problem) -> GraphLevel {
        guard let text = try items.single("level") else { return .workload }
        guard let level = GraphLevel(rawValue: text) else {
            let levels = GraphLevel.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badParameter("level", "It must be one of \(levels).")
        }
        return level
    }

    static func namespaces(_ items: QueryItems) throws(Problem) -> Set<String> {
        var names: Set<String> = []
        for value in items.values("namespace") {
            for name in value.split(separator: ",", omittingEmptySubsequences: false) {
                guard isNamespace(name) else {
                    throw .badParameter(
                        "namespace",
                        "It must be a namespace, or several separated by commas."
                    )
                }
                names.insert(String(name))
            }
        }
        guard names.count <= maximumNamespaces else {
            throw .badParameter("namespace", "At most \(maximumNamespaces) can be given.")
        }
        return names
    }

    private static func isNamespace(_ name: Substring) -> Bool {
        (1...maximumNamespaceLength).contains(name.utf8.count)
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }
}
