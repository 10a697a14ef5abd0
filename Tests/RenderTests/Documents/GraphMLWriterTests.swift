// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph
import Render
import TestKit
import Testing

@Suite struct `GraphML writer` {
    @Test func `writes the graph on record`() {
        Golden.expect(GraphMLWriter.write(ShopGraph.make()), equals: "shop.graphml")
    }

    @Test(arguments: [ShopGraph.make(), HostileNames.graph()])
    func `is XML whose edges join its nodes and whose values are declared`(graph: ServiceGraph) throws {
        let document = XMLStructure(GraphMLWriter.write(graph))
        #expect(document.error == nil)
        let named = { (name: String) in document.elements.filter { $0.name == name }.map(\.attributes) }
        let (nodes, edges) = (named("node"), named("edge"))
        #expect(nodes.count == graph.nodes.count)
        #expect(edges.count == graph.edges.count)
        let ids = Set(nodes.compactMap { $0["id"] })
        #expect(ids.count == nodes.count)
        #expect(edges.allSatisfy { ids.contains($0["source"] ?? "") && ids.contains($0["target"] ?? "") })
        let keys = Set(named("key").compactMap { $0["id"] })
        #expect(Set(named("data").compactMap { $0["key"] }).isSubset(of: keys))
    }
}
