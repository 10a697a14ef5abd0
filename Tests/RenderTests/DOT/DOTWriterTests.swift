// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Render
import TestKit
import Testing

@Suite(.serialized) struct `DOT writer` {
    @Test func `writes the graph on record`() {
        Golden.expect(DOTWriter.write(ShopGraph.make()), equals: "shop.dot")
    }

    @Test func `writes equal graphs as equal bytes`() {
        var graph = ShopGraph.make()
        graph.nodes.reverse()
        graph.edges.reverse()
        #expect(DOTWriter.write(graph) == DOTWriter.write(ShopGraph.make()))
    }

    @Test(arguments: GraphLevel.allCases)
    func `is accepted by dot when empty`(level: GraphLevel) throws {
        let text = DOTWriter.write(ServiceGraph(window: ShopGraph.window, level: level))
        #expect(try !Dot.run(text, format: "svg").isEmpty)
    }

    @Test func `is drawn by dot`() throws {
        let svg = try String(
            decoding: Dot.run(DOTWriter.write(ShopGraph.make()), format: "svg"),
            as: UTF8.self
        )
        let texts = XMLStructure(svg).texts.map { $0.replacing("\u{A0}", with: " ") }
        for line in ["nginx", "6.5/s  2.6 %  p95 6 ms  1 refused", "http :80", "kube-system"] {
            #expect(texts.contains(line), "\(line)")
        }
    }

    @Test func `is drawn by dot though it is crowded`() throws {
        let text = DOTWriter.write(CrowdedGraph.make(nodes: 100, edges: 200, seed: 4))
        #expect(try !Dot.run(text, format: "plain").isEmpty)
    }

    @Test func `draws every kind of node`() throws {
        let nodes = NodeKind.allCases.map {
            Node(id: "\($0.rawValue)/x", kind: $0, name: $0.rawValue, identifiedBy: .nothing)
        }
        let text = DOTWriter.write(ServiceGraph(window: ShopGraph.window, level: .pod, nodes: nodes))
        let drawing = try Dot.parse(text)
        #expect(Set((drawing.objects ?? []).map(\.name)) == Set(nodes.map(\.id)))
    }

    @Test func `gives dot hostile names without harm`() throws {
        let graph = HostileNames.graph()
        let text = DOTWriter.write(graph)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || VisibleText.isVisible($0) })
        let objects = try #require(try Dot.parse(text).objects)
        let nodes = objects.filter { !$0.name.hasPrefix("cluster_") }
        #expect(nodes.count == graph.nodes.count)
        // What dot read back, as a reader sees it, is what was to be shown.
        let shown = Set(nodes.map { Dot.lines(ofLabel: $0.label ?? "") })
        #expect(shown == Set(graph.nodes.map { [NodeLabel($0).name, NodeLabel($0).detail] }))
        let titles = Set(
            objects.filter { $0.name.hasPrefix("cluster_") }.map { Dot.lines(ofLabel: $0.label ?? "") }
        )
        #expect(titles == Set(NodeGroups(graph.nodes).groups.map { [VisibleText.of($0.name)] }))
        #expect(nodes.allSatisfy { ($0.label ?? "").unicodeScalars.count < 500 })
    }

    @Test func `makes of hostile names a picture without their markup`() throws {
        let svg = String(
            decoding: try Dot.run(DOTWriter.write(HostileNames.graph()), format: "svg"),
            as: UTF8.self
        )
        #expect(!svg.contains("<script"))
        #expect(!svg.contains("<b>"))
        #expect(!svg.contains("xlink:href"))
        let parser = XMLStructure(svg)
        #expect(parser.error == nil)
        #expect(parser.texts.contains("</svg><script>alert(1)</script>"))
        #expect(parser.texts.contains("&lt;&amp;&#60;&quot;"))
        #expect(parser.texts.contains("\\N\\G\\L\\l\\r\\n"))
    }
}
