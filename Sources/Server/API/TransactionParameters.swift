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

    /// Longer names of operations are refused.
    package static let maximumOperationLength = 1_024

    static let known =
        GraphParameters.known + [
            "edge", "protocol", "outcome", "operation", "limit", "offset",
        ]

    /// What `outcome` calls all that count into the error rate.
    package static let failed = "failed"

    /// The id of the edge; `nil` for all edges of the view.
    package let edge: String?
    /// The graph that has it.
    package let graph: GraphQuery
    package let filter: SampleFilter
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
        edge = try items.id("edge")
        graph = try GraphParameters.graph(items, now: now)
        filter = SampleFilter(
            applicationProtocol: try items.single("protocol").map { text throws(Problem) in
                try Self.named(text, "protocol", ApplicationProtocol.self, \.rawValue)
            },
            outcomes: try items.single("outcome").map(Self.outcomes),
            operation: try Self.operation(items)
        )
        limit = try items.integer("limit", in: 1...Self.maximumLimit, default: Self.defaultLimit)
        offset = try items.integer("offset", in: 0...Self.maximumOffset, default: 0)
    }

    /// The outcomes that a word stands for.
    private static func outcomes(_ text: String) throws(Problem) -> Set<Outcome> {
        if text == failed { return Set(Outcome.allCases.filter(\.isFailure)) }
        return [try named(text, "outcome", Outcome.self, \.name, beside: [failed])]
    }

    /// One of the cases of a type by a name of it.
    private static func named<Choice: CaseIterable>(
        _ text: String,
        _ parameter: String,
        _: Choice.Type,
        _ name: (Choice) -> String,
        beside others: [String] = []
    ) throws(Problem) -> Choice {
        guard let choice = Choice.allCases.first(where: { name($0) == text }) else {
            let choices = (Choice.allCases.map(name) + others).joined(separator: ", ")
            throw .badParameter(parameter, "It must be one of \(choices).")
        }
        return choice
    }

    private static func operation(_ items: QueryItems) throws(Problem) -> String? {
        guard let operation = try items.single("operation") else { return nil }
        guard (1...maximumOperationLength).contains(operation.utf8.count) else {
            throw .badParameter("operation", "It must be the name of an operation of the graph.")
        }
        return operation
    }
}
