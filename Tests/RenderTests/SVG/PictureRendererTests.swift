// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Render
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Picture renderer` {
    private func draw(_ graph: ServiceGraph) async throws -> String {
        // Other suites take all processors meanwhile.
        var limits = WorkerLimits()
        limits.deadline = .seconds(120)
        let svg = try await PictureRenderer(workerPath: BuiltProducts.svcmap, limits: limits)
            .draw(graph).svg
        if let folder = ProcessInfo.processInfo.environment["SVCMAP_TEST_PICTURES"] {
            let file = URL(filePath: folder).appending(path: "\(graph.nodes.count)-\(graph.edges.count).svg")
            try Data(svg.utf8).write(to: file)
        }
        return svg
    }

    @Test func `draws every node and edge once, with its ids`() async throws {
        let graph = ShopGraph.make()
        let structure = XMLStructure(try await draw(graph))
        #expect(structure.error == nil)
        let root = try #require(structure.elements.first)
        #expect(root.name == "svg" && root.attributes["role"] == "img" && root.attributes["viewBox"] != nil)
        let nodes = structure.elements(ofClass: "node")
        #expect(nodes.compactMap { $0.attributes["data-node"] } == graph.nodes.map(\.id))
        #expect(nodes.allSatisfy { $0.attributes["tabindex"] == "0" })
        let edges = structure.elements(ofClass: "edge")
        #expect(edges.compactMap { $0.attributes["data-edge"] } == graph.edges.map(\.id))
        #expect(edges.compactMap { $0.attributes["data-client"] } == graph.edges.map(\.client))
        #expect(edges.compactMap { $0.attributes["data-server"] } == graph.edges.map(\.server))
        #expect(structure.elements(ofClass: "edge-label").count == graph.edges.count)
        #expect(structure.elements(ofClass: "namespace").count == 3)
        #expect(structure.texts.contains("6.5/s · 2.6 % · p95 6 ms · 1 refused"))
        let ids = structure.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
    }

    @Test func `shows health by class, color and dashes`() async throws {
        let structure = XMLStructure(try await draw(ShopGraph.make()))
        for health in Health.allCases {
            let edges = structure.elements(ofClass: "health-\(health.rawValue)").filter { $0.name == "g" }
            #expect(!edges.isEmpty, "\(health)")
        }
        let dashes = structure.elements(ofClass: "edge-path").map { $0.attributes["stroke-dasharray"] }
        #expect(Set(dashes).count == Health.allCases.count)
        let failing = structure.elements(ofClass: "node").filter {
            ($0.attributes["class"] ?? "").contains("health-failing")
        }
        #expect(failing.map { $0.attributes["data-node"] } == ["service/demo/redis"])
    }

    @Test func `needs nothing from outside and no inline style`() async throws {
        let svg = try await draw(HostileNames.graph())
        let structure = XMLStructure(svg)
        #expect(structure.error == nil)
        let allowed: Set = ["svg", "title", "defs", "marker", "path", "rect", "g", "text"]
        #expect(Set(structure.elements.map(\.name)).isSubset(of: allowed))
        for element in structure.elements {
            for (name, value) in element.attributes where !name.hasPrefix("data-") {
                #expect(name != "style" && !name.hasPrefix("on") && !name.hasSuffix("href"), "\(name)")
                #expect(!value.contains("url(") || value.hasPrefix("url(#arrow-"), "\(value)")
            }
        }
        #expect(svg.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
        let graph = HostileNames.graph()
        #expect(structure.elements(ofClass: "node").count == graph.nodes.count)
        #expect(structure.elements(ofClass: "edge").count == graph.edges.count)
        #expect(structure.texts.allSatisfy { $0.unicodeScalars.allSatisfy(VisibleText.isVisible) })
    }

    @Test func `keeps text within its box`() async throws {
        let structure = XMLStructure(try await draw(HostileNames.graph()))
        let names = structure.classedTexts.filter {
            $0.className == "node-name" || $0.className == "node-detail"
        }
        #expect(names.count == 2 * HostileNames.all.count)
        // The widest box that a map draws, less its padding.
        #expect(names.allSatisfy { FontMetrics.width($0.text, size: 13) <= 300 })
        #expect(names.contains { $0.text.contains("\u{2026}") })
    }

    @Test func `draws equal graphs as equal bytes`() async throws {
        var graph = ShopGraph.make()
        graph.nodes.reverse()
        graph.edges.reverse()
        #expect(try await draw(graph) == draw(ShopGraph.make()))
    }

    @Test func `draws an empty graph without a worker`() async throws {
        let graph = ServiceGraph(window: ShopGraph.window, level: .service)
        let svg = try await PictureRenderer(workerPath: "/nonexistent").draw(graph).svg
        #expect(XMLStructure(svg).error == nil)
        #expect(svg.contains("0 nodes"))
    }

    @Test func `says what the map did not see`() async throws {
        let structure = XMLStructure(try await draw(ShopGraph.make()))
        #expect(
            structure.texts.contains("Not seen: kernel dropped 12 · one sided flows 3 · undecodable frames 2")
        )
    }

    @Test func `drops labels before it drops the picture`() async throws {
        let graph = CrowdedGraph.make(nodes: 300, edges: 800, seed: 1)
        let structure = XMLStructure(try await draw(graph))
        #expect(structure.elements(ofClass: "edge").count == graph.edges.count)
        #expect(structure.elements(ofClass: "edge-label").isEmpty)
        #expect(structure.elements.first?.attributes["data-engine"] == "dot-boxes")
        #expect(structure.texts.contains { $0.hasPrefix("Drawn box by box") })
    }

    @Test func `draws five thousand edges and says how`() async throws {
        let graph = CrowdedGraph.make(nodes: 1_500, edges: 5_000, seed: 2)
        let structure = XMLStructure(try await draw(graph))
        #expect(structure.elements(ofClass: "node").count == graph.nodes.count)
        #expect(structure.texts.contains { $0.hasPrefix("Drawn box by box") })
        #expect(structure.elements(ofClass: "namespace").count == 60)
    }

    @Test func `names the deadline when nothing comes in time`() async throws {
        var limits = WorkerLimits()
        limits.deadline = .milliseconds(1)
        let renderer = PictureRenderer(workerPath: BuiltProducts.svcmap, limits: limits)
        let error = await #expect(throws: RenderError.self) {
            _ = try await renderer.draw(CrowdedGraph.make(nodes: 500, edges: 1_500, seed: 3))
        }
        #expect(error?.code == .timedOut)
        #expect(error?.description.contains("export DOT or JSON") == true)
    }
}
