// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Render
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Pictures of large maps` {
    private let renderer = PictureRenderer(
        workerPath: BuiltProducts.svcmap,
        limits: {
            // Other suites take all processors meanwhile.
            var limits = WorkerLimits()
            limits.deadline = .seconds(120)
            return limits
        }()
    )

    /// The rectangle of the first path of every element of a class, from its path data.
    private func frames(_ structure: XMLStructure, _ name: String) -> [PathFrame] {
        structure.elements.filter { $0.attributes["class"] == name }.compactMap {
            $0.attributes["d"].flatMap(PathFrame.init)
        }
    }

    @Test func `no node covers another, in any layout`() async throws {
        let graph = RealisticGraph.make(nodes: 150, edges: 400, seed: 5)
        for kind in LayoutOptions.Kind.allCases {
            let structure = XMLStructure(
                try await renderer.draw(graph, options: LayoutOptions(kind: kind)).svg
            )
            let nodes = frames(structure, "node-shape")
            #expect(nodes.count == graph.nodes.count)
            let covering = nodes.indices.flatMap { one in
                nodes.indices.filter { $0 > one && nodes[one].overlaps(nodes[$0]) }
            }
            #expect(covering.isEmpty, "\(kind)")
        }
    }

    @Test func `boxes hold their nodes and nothing else`() async throws {
        let graph = RealisticGraph.make(nodes: 300, edges: 1_000, seed: 2)
        let structure = XMLStructure(try await renderer.draw(graph).svg)
        #expect(structure.elements.first?.attributes["data-engine"] == "dot-boxes")
        let boxes = frames(structure, "namespace-box")
        let nodes = frames(structure, "node-shape")
        let namespaces = Set(graph.nodes.compactMap(\.namespace)).count
        #expect(boxes.count == namespaces)
        for (node, frame) in zip(graph.nodes, nodes) {
            #expect(boxes.count { $0.contains(frame) } == (node.namespace == nil ? 0 : 1), "\(node.id)")
            #expect(boxes.count { $0.overlaps(frame) } == (node.namespace == nil ? 0 : 1), "\(node.id)")
        }
        for (index, box) in boxes.enumerated() {
            #expect(!boxes[(index + 1)...].contains { $0.overlaps(box) })
        }
    }

    @Test func `a map of many boxes is no strip`() async throws {
        let graph = RealisticGraph.make(nodes: 800, edges: 2_500, seed: 3)
        let layout = try await renderer.layout(graph).layout
        #expect((0.5...4).contains(layout.width / layout.height))
    }

    @Test func `hubs become tags on their callers`() async throws {
        let graph = RealisticGraph.make(nodes: 150, edges: 500, seed: 1)
        let folded = XMLStructure(try await renderer.draw(graph).svg)
        let shown = XMLStructure(
            try await renderer.draw(graph, options: LayoutOptions(hubs: .show)).svg
        )
        let stubs = folded.elements(ofClass: "stub")
        let toDNS = graph.edges.filter { $0.server == "workload/kube-system/Deployment/coredns" }
        #expect(toDNS.count >= 10)
        #expect(Set(toDNS.map(\.id)).isSubset(of: stubs.compactMap { $0.attributes["data-edge"] }))
        #expect(folded.texts.contains { $0.contains("coredns") && $0.hasPrefix("\u{2192}") })
        #expect(folded.elements(ofClass: "edge").count == graph.edges.count)
        #expect(shown.elements(ofClass: "stub").isEmpty)
        #expect(shown.elements(ofClass: "edge").count == graph.edges.count)
    }

    @Test func `equal graphs give equal bytes, from any process`() async throws {
        let graph = RealisticGraph.make(nodes: 120, edges: 350, seed: 9)
        let other = PictureRenderer(workerPath: BuiltProducts.svcmap)
        let one = try await renderer.draw(graph).svg
        #expect(try await other.draw(graph).svg == one)
        #expect(try await renderer.draw(graph).svg == one)
    }
}
