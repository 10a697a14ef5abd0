// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
import Foundation
package import Graph

/// The query parameters of a part of a graph, checked.
package struct DetailParameters: Equatable, Sendable {
    static let knownOfOperations = GraphParameters.known + ["edge"]

    /// The id of the part.
    package let id: String
    /// The graph that has it, without a view.
    package let graph: GraphQuery

    /// Reads a request whose path has the id.
    ///
    /// - Parameters:
    ///   - segment: The last segment of the path, as it was sent.
    ///   - query: The raw query string.
    ///   - now: The wall clock, for relative times.
    /// - Throws: `Problem` with 400 that names what is at fault.
    package init(segment: String?, _ query: String?, now: Timestamp) throws(Problem) {
        guard let id = segment?.removingPercentEncoding, !id.isEmpty else {
            throw .badRequest("The path has a malformed percent escape.")
        }
        self.id = id
        graph = try GraphParameters.parse(query, now: now).whole
    }

    /// Reads a request whose parameter `edge` has the id.
    ///
    /// - Parameters:
    ///   - query: The raw query string.
    ///   - now: The wall clock, for relative times.
    /// - Throws: `Problem` with 400 that names the parameter at fault.
    package init(edgeOf query: String?, now: Timestamp) throws(Problem) {
        let items = try QueryItems(query)
        try items.require(names: Self.knownOfOperations)
        id = try items.edge()
        graph = try GraphParameters.graph(items, now: now).whole
    }
}
