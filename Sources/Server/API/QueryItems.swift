// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Graph

/// The name-value pairs of a query string, decoded.
///
/// A plus sign stays a plus sign: times with an offset (`+01:00`) and sums have them. A space is
/// `%20`.
package struct QueryItems: Equatable, Sendable {
    /// More pairs than this are refused.
    package static let maximumItems = 128

    /// One pair of the query, percent-decoded.
    package struct Item: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    package let items: [Item]

    /// Parses a query string.
    ///
    /// - Throws: `Problem` with 400 where an escape is malformed or there are too many pairs.
    package init(_ query: String?) throws(Problem) {
        let pairs = (query ?? "").split(separator: "&")
        guard pairs.count <= Self.maximumItems else {
            throw .badRequest("The query has more than \(Self.maximumItems) parameters.")
        }
        var items: [Item] = []
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = String(parts[0]).removingPercentEncoding,
                let value = (parts.count == 2 ? String(parts[1]) : "").removingPercentEncoding
            else { throw .badRequest("The query has a malformed percent escape.") }
            items.append(Item(name: name, value: value))
        }
        self.items = items
    }

    /// All values of a parameter.
    package func values(_ name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value)
    }

    /// The only value of a parameter.
    ///
    /// - Throws: `Problem` with 400 where it is given twice.
    package func single(_ name: String) throws(Problem) -> String? {
        let values = values(name)
        guard values.count <= 1 else { throw .badParameter(name, "It is given more than once.") }
        return values.first
    }

    /// Longer names are cut where a problem tells them.
    private static let maximumToldLength = 63

    /// Refuses names that a resource does not know.
    ///
    /// - Throws: `Problem` with 400 that names the first of them.
    func require(names known: [String]) throws(Problem) {
        for item in items where !known.contains(item.name) {
            throw .badParameter(
                String(item.name.prefix(Self.maximumToldLength)),
                "There is no such parameter. Known are \(known.joined(separator: ", "))."
            )
        }
    }

    /// Refuses every parameter.
    ///
    /// - Throws: `Problem` with 400 that names the first.
    func requireNone() throws(Problem) {
        guard let item = items.first else { return }
        throw .badParameter(String(item.name.prefix(64)), "This resource has no parameters.")
    }

    /// The id of an edge or a node.
    ///
    /// - Throws: `Problem` with 400 where it is empty.
    func id(_ name: String) throws(Problem) -> String? {
        guard let id = try single(name) else { return nil }
        guard !id.isEmpty else {
            throw .badParameter(name, "It must be the id of an element of the graph.")
        }
        return id
    }

    /// The id of an edge, which a resource is of.
    ///
    /// - Throws: `Problem` with 400 where it is not given.
    func edge() throws(Problem) -> String {
        guard let edge = try id("edge") else {
            throw .badParameter("edge", "It must be given: the id of an edge of the graph.")
        }
        return edge
    }

    /// The only value of a parameter as nanoseconds.
    ///
    /// - Throws: `Problem` with 400 where it is no duration.
    func duration(_ name: String) throws(Problem) -> Int64? {
        guard let text = try single(name) else { return nil }
        guard let nanoseconds = DurationText.nanoseconds(text) else {
            throw .badParameter(name, "It must be a duration such as 10s, 15m, 1h30m or 7d.")
        }
        return nanoseconds
    }

    /// The only value of a parameter as a whole number.
    ///
    /// - Throws: `Problem` with 400 where it is none or not in the range.
    func integer(
        _ name: String,
        in range: ClosedRange<Int>,
        default fallback: Int
    ) throws(Problem) -> Int {
        guard let text = try single(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw .badParameter(
                name,
                "It must be a whole number from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return number
    }

    /// The only value of a parameter, one of a few words.
    ///
    /// - Throws: `Problem` with 400 that lists them.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        default fallback: Choice
    ) throws(Problem) -> Choice {
        guard let text = try single(name) else { return fallback }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badParameter(name, "It must be one of \(choices).")
        }
        return choice
    }
}
