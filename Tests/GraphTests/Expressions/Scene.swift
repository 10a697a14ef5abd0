// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit

/// A graph to ask about: the small shop of TestKit.
enum Scene {
    static func graph() -> ServiceGraph { ShopGraph.make() }

    /// `CLIENT->SERVER` names of the edges that match, sorted.
    static func edges(_ expression: String) throws -> [String] {
        names(try graph().filtered(EdgeFilter(expression)))
    }

    /// `CLIENT->SERVER` names of the edges of a graph, in its order.
    static func names(_ graph: ServiceGraph) -> [String] {
        graph.edges.map { "\(name($0.client))->\(name($0.server)):\($0.port)" }.sorted()
    }

    private static func name(_ id: String) -> String { id.split(separator: "/").last.map(String.init) ?? id }
}
