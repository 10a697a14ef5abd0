// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// The query parameters of a comparison, checked.
package struct DiffParameters: Equatable, Sendable {
    /// What the range of the view is compared with.
    package enum Base: Equatable, Sendable {
        case between(from: Timestamp, to: Timestamp)
        /// So many nanoseconds that end where the range begins.
        case before(nanoseconds: Int64)
        /// As long as the range, and before it.
        case sameLength
    }

    static let known = GraphParameters.known + ["baseFrom", "baseTo", "baseWindow"]

    package let graph: GraphQuery
    package let base: Base

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
        let from = try GraphParameters.instant("baseFrom", in: items, now: now)
        let to = try GraphParameters.instant("baseTo", in: items, now: now)
        let length = try items.duration("baseWindow")
        switch (from, to, length) {
        case (nil, nil, nil): base = .sameLength
        case (nil, nil, let length?): base = .before(nanoseconds: length)
        case (_, _, _?):
            throw .badParameter("baseWindow", "It cannot be combined with \"baseFrom\" or \"baseTo\".")
        case (nil, _, _): throw .badParameter("baseFrom", "It goes with \"baseTo\".")
        case (_, nil, _): throw .badParameter("baseTo", "It goes with \"baseFrom\".")
        case (let from?, let to?, nil):
            guard from < to else { throw .badParameter("baseTo", "It must be later than \"baseFrom\".") }
            base = .between(from: from, to: to)
        }
    }

    /// The range to compare with.
    ///
    /// - Parameter window: The range of the view.
    /// - Returns: It begins in 1970 at the earliest.
    package func baseRange(of window: Window) -> GraphQuery.Range {
        switch base {
        case .between(let from, let to): .between(from: from, to: to)
        case .before(let nanoseconds): Self.range(nanoseconds, before: window.start)
        case .sameLength: Self.range(window.end - window.start, before: window.start)
        }
    }

    private static func range(_ nanoseconds: Int64, before end: Timestamp) -> GraphQuery.Range {
        .between(from: max(TimeExpression.earliest, end + -nanoseconds), to: end)
    }
}
