// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Graph
import Render
import TestKit
import Testing

@Suite struct `CSV writer` {
    /// The rows as Python's reader has them.
    static func rows(_ text: String) throws -> [[String]] {
        let program = """
            import csv, json, sys
            with open(sys.argv[1], newline="", encoding="utf-8") as file:
                print(json.dumps(list(csv.reader(file, strict=True))))
            """
        return try JSONDecoder().decode([[String]].self, from: Python.run(program, on: text))
    }

    @Test func `writes the graph on record`() {
        Golden.expect(CSVWriter.write(ShopGraph.make()), equals: "shop.csv")
    }

    @Test func `has a line for each edge, as another reader reads it`() throws {
        let graph = ShopGraph.make()
        let rows = try Self.rows(CSVWriter.write(graph))
        #expect(rows.count == graph.edges.count + 1)
        #expect(Set(rows.map(\.count)).count == 1)
        #expect(rows.dropFirst().map { $0[0] } == graph.edges.map(\.id))
        let requests = try #require(rows[0].firstIndex(of: "requests"))
        #expect(rows.dropFirst().map { $0[requests] } == graph.edges.map { String($0.requests) })
    }

    @Test func `keeps hostile names in their cells`() throws {
        let graph = HostileNames.graph()
        let rows = try Self.rows(CSVWriter.write(graph))
        #expect(rows.count == graph.edges.count + 1)
        #expect(Set(rows.map(\.count)).count == 1)
        #expect(rows.dropFirst().map { $0[1] } == graph.edges.map { VisibleText.of($0.client, limit: .max) })
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")"])
    func `gives no spreadsheet a formula`(name: String) throws {
        var graph = ShopGraph.make()
        graph.edges[0].client = name
        let cells = try Self.rows(CSVWriter.write(graph)).map { $0[1] }
        #expect(cells.contains("'" + name))
        #expect(!cells.contains { $0.first.map { "=+-@".contains($0) } ?? false })
    }
}
