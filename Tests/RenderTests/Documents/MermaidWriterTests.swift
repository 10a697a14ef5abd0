// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph
import Render
import TestKit
import Testing

@Suite struct `Mermaid writer` {
    @Test func `writes the graph on record`() {
        Golden.expect(MermaidWriter.write(ShopGraph.make()), equals: "shop.mmd")
    }

    @Test func `writes equal graphs as equal bytes`() {
        var graph = ShopGraph.make()
        graph.nodes.reverse()
        graph.edges.reverse()
        #expect(MermaidWriter.write(graph) == MermaidWriter.write(ShopGraph.make()))
    }

    @Test func `leaves nothing in a label that Mermaid, Markdown or HTML would read`() {
        for line in MermaidWriter.write(HostileNames.graph()).split(separator: "\n") {
            guard let open = line.firstIndex(of: "\""), let close = line.lastIndex(of: "\"") else { continue }
            let label = line[line.index(after: open)..<close].replacing("<br/>", with: "")
            #expect(!label.contains { "\"<>&`*~|[]{}\\$@!'\n".contains($0) }, "\(label)")
            // A number sign begins a number, and nothing else.
            for part in label.split(separator: "#", omittingEmptySubsequences: false).dropFirst() {
                #expect(part.prefix { $0.isNumber }.count > 0 && part.contains(";"), "\(label)")
            }
        }
    }

    @Test func `says when it is larger than renderers take`() {
        let text = MermaidWriter.write(CrowdedGraph.make(nodes: 300, edges: 600, seed: 1))
        #expect(text.contains("larger than most renderers take"))
        #expect(!MermaidWriter.write(ShopGraph.make()).contains("larger than"))
    }
}
