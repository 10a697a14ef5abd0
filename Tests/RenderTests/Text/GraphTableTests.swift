// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph
import Render
import TestKit
import Testing

@Suite struct `Graph table` {
    @Test func `reads as on record`() {
        Golden.expect(GraphTable.write(ShopGraph.make()), equals: "shop.txt")
    }

    @Test func `says how many edges it left out`() {
        let lines = GraphTable.write(ShopGraph.make(), limit: 3).split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines.last == "and 11 more")
    }

    @Test func `has one line for each edge, whatever their names`() {
        let graph = HostileNames.graph()
        let text = GraphTable.write(graph)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || VisibleText.isVisible($0) })
        #expect(text.split(separator: "\n").count == graph.edges.count + 1)
    }

    @Test func `is only a heading for an empty graph`() {
        let text = GraphTable.write(ServiceGraph(window: ShopGraph.window, level: .pod))
        #expect(text == "CLIENT  SERVER  PROTOCOL  REQUESTS  RATE  ERRORS  P50  P95  P99  CONNECTS  FAILED\n")
    }
}
