// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Render
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Pictures that keep their places` {
    private let renderer = PictureRenderer(
        workerPath: BuiltProducts.svcmap,
        limits: {
            // Other suites take all processors meanwhile.
            var limits = WorkerLimits()
            limits.deadline = .seconds(120)
            return limits
        }()
    )

    /// The map without some of its nodes.
    private func without(_ graph: ServiceGraph, _ isGone: (Int) -> Bool) -> ServiceGraph {
        var part = graph
        part.nodes = graph.nodes.enumerated().filter { !isGone($0.offset) }.map(\.element)
        let left = Set(part.nodes.map(\.id))
        part.edges = graph.edges.filter { left.contains($0.client) && left.contains($0.server) }
        return part
    }

    /// The outlines of nodes by id.
    private func outlines(_ svg: String) -> [String: PathFrame] {
        var outlines: [String: PathFrame] = [:]
        var node: String?
        for element in XMLStructure(svg).elements {
            node = element.attributes["data-node"] ?? node
            guard element.attributes["class"] == "node-shape", let id = node else { continue }
            outlines[id] = element.attributes["d"].flatMap(PathFrame.init)
        }
        return outlines
    }

    /// The lines of edges by id, as they are written.
    private func lines(_ svg: String) -> [String: String] {
        var lines: [String: String] = [:]
        var edge: String?
        for element in XMLStructure(svg).elements {
            edge = element.attributes["data-edge"] ?? edge
            guard element.attributes["class"] == "edge-hit", let id = edge else { continue }
            lines[id] = element.attributes["d"]
        }
        return lines
    }

    private func root(_ svg: String) throws -> [String: String] {
        try #require(XMLStructure(svg).elements.first).attributes
    }

    @Test(arguments: [40, 200])
    func `what stood stays, what is new covers nothing`(count: Int) async throws {
        let whole = RealisticGraph.make(nodes: count, edges: count * 2, seed: 4)
        let part = without(whole) { $0 % 9 == 4 }
        let first = try await renderer.draw(part)
        let second = try await renderer.draw(whole, keep: first.arrangement.id)
        #expect(try root(second.svg)["data-kept"] == "true")
        #expect(try root(second.svg)["data-picture"] == second.arrangement.id)
        #expect(second.arrangement.id != first.arrangement.id)
        let (before, after) = (outlines(first.svg), outlines(second.svg))
        #expect(before.count == part.nodes.count && after.count == whole.nodes.count)
        for node in part.nodes { #expect(before[node.id] == after[node.id], "\(node.id)") }
        let (old, new) = (lines(first.svg), lines(second.svg))
        #expect(old.count == part.edges.count && new.count == whole.edges.count)
        let stubs = Set(
            XMLStructure(second.svg).elements(ofClass: "stub").compactMap { $0.attributes["data-edge"] }
        )
        for edge in part.edges where !stubs.contains(edge.id) {
            #expect(old[edge.id] == new[edge.id], "\(edge.id)")
        }
        let frames = whole.nodes.compactMap { after[$0.id] }
        for (index, frame) in frames.enumerated() {
            #expect(!frames[(index + 1)...].contains { $0.overlaps(frame) }, "\(whole.nodes[index].id)")
        }
        #expect(XMLStructure(second.svg).elements(ofClass: "edge").count == whole.edges.count)
    }

    @Test func `what went finds its place when it is back`() async throws {
        let whole = RealisticGraph.make(nodes: 60, edges: 120, seed: 6)
        let first = try await renderer.draw(whole)
        let second = try await renderer.draw(without(whole) { $0 % 3 == 0 }, keep: first.arrangement.id)
        let third = try await renderer.draw(whole, keep: second.arrangement.id)
        #expect(outlines(third.svg) == outlines(first.svg))
    }

    @Test func `a namespace that is new gets a box that covers nothing`() async throws {
        let whole = RealisticGraph.make(nodes: 90, edges: 200, seed: 7)
        let names = Set(whole.nodes.compactMap(\.namespace)).sorted()
        let last = try #require(names.last)
        let part = without(whole) { whole.nodes[$0].namespace == last }
        let first = try await renderer.draw(part)
        let second = try await renderer.draw(whole, keep: first.arrangement.id)
        let boxes = XMLStructure(second.svg).elements.filter { $0.attributes["class"] == "namespace-box" }
            .compactMap { $0.attributes["d"].flatMap(PathFrame.init) }
        #expect(boxes.count == names.count)
        for (index, box) in boxes.enumerated() {
            #expect(!boxes[(index + 1)...].contains { $0.overlaps(box) })
        }
    }

    @Test func `an unknown picture keeps nothing`() async throws {
        let graph = ShopGraph.make()
        let fresh = try await renderer.draw(graph)
        let asked = try await renderer.draw(graph, keep: "0123456789abcdef")
        #expect(asked.svg == fresh.svg)
        #expect(try root(asked.svg)["data-kept"] == "false")
    }

    @Test func `figures that change move nothing`() async throws {
        let graph = RealisticGraph.make(nodes: 100, edges: 300, seed: 8)
        var later = graph
        for index in later.edges.indices { later.edges[index].metrics.protocols.removeAll() }
        let first = try await renderer.draw(graph)
        let second = try await renderer.draw(later)
        #expect(first.svg != second.svg)
        #expect(first.arrangement.id == second.arrangement.id)
    }
}
