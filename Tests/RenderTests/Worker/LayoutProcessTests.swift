// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Render
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct `Layout process` {
    /// For work that ends, however busy the machine is.
    private static let patient: WorkerLimits = {
        var limits = WorkerLimits()
        limits.deadline = .seconds(120)
        return limits
    }()

    private func run(_ text: String, limits: WorkerLimits = patient) async throws -> [UInt8] {
        try await LayoutProcess(workerPath: BuiltProducts.svcmap, limits: limits)
            .run(Array(text.utf8), within: .seconds(120))
    }

    @Test(arguments: LayoutRequest.Engine.allCases)
    func `finds a place for every node, line and label`(engine: LayoutRequest.Engine) async throws {
        let request = LayoutRequest.knot(nodes: 9, edges: 14, engine: engine)
        let process = LayoutProcess(workerPath: BuiltProducts.svcmap, limits: Self.patient)
        let layout = try await process.layout(request)
        #expect(layout.nodes.count == 9)
        #expect(layout.edges.count == 14)
        #expect(layout.edges.allSatisfy { !$0.splines.isEmpty && $0.label != nil })
        for node in layout.nodes {
            #expect((0...layout.width).contains(node.x) && (0...layout.height).contains(node.y))
        }
    }

    @Test func `keeps room for titles and labels`() async throws {
        let request = LayoutRequest(
            engine: .dot,
            attributes: "rankdir=LR, newrank=true",
            nodes: [.init(width: 100, height: 40), .init(width: 100, height: 40)],
            clusters: [.init(nodes: [0], title: .init(width: 300, height: 18))],
            edges: [.init(tail: 0, head: 1, label: .init(width: 250, height: 31))]
        )
        let process = LayoutProcess(workerPath: BuiltProducts.svcmap, limits: Self.patient)
        let layout = try await process.layout(request)
        let box = try #require(layout.clusters[0])
        #expect(box.width >= 300 && box.height >= 58)
        #expect(layout.nodes[1].x - layout.nodes[0].x >= 350)
    }

    @Test(arguments: [
        "", "\n", "garbage", "svcmap-layout 1 dot", "svcmap-layout 1 dot\n",
        "svcmap-layout 1 dot\ndigraph g {",
        "svcmap-layout 1 dot\ndigraph g { a [label=\"\u{E9}\"] }", "svcmap-layout 1 dot\ndigraph g { \0 }",
        "svcmap-layout 1 neato\ndigraph g {}", "svcmap-layout 2 dot\ndigraph g {}", "digraph g {}",
        "svcmap-layout 1 dot\n}{", "svcmap-layout 1 dot\n<svg/>",
    ])
    func `refuses what is not a request`(text: String) async throws {
        let error = await #expect(throws: RenderError.self) { _ = try await run(text) }
        #expect(error?.code == .workerFailed)
        #expect(error?.message.contains("refused the request") == true, "\(error?.message ?? "")")
    }

    @Test func `is killed when it overruns`() async throws {
        let request = LayoutRequest.knot(nodes: 900, edges: 3_500)
        let clock = ContinuousClock()
        let start = clock.now
        let error = await #expect(throws: RenderError.self) {
            let process = LayoutProcess(workerPath: BuiltProducts.svcmap)
            _ = try await process.run(Array(request.text.utf8), within: .seconds(1))
        }
        #expect(error?.code == .timedOut)
        // Generous: what counts is that nobody waited for the layout, which takes minutes.
        #expect(clock.now - start < .seconds(60))
    }

    @Test func `ends when it needs more memory than it may`() async throws {
        var limits = WorkerLimits()
        limits.memoryBytes = 1 << 20
        let request = LayoutRequest.knot(nodes: 200, edges: 400)
        let error = await #expect(throws: RenderError.self) {
            _ = try await run(request.text, limits: limits)
        }
        #expect(error?.code == .workerFailed)
    }

    @Test func `ends when it answers more than it may`() async throws {
        var limits = WorkerLimits()
        limits.maximumOutputBytes = 1_000
        let request = LayoutRequest.knot(nodes: 40, edges: 60)
        let error = await #expect(throws: RenderError.self) {
            _ = try await run(request.text, limits: limits)
        }
        #expect(error?.code == .outputTooLarge)
        #expect(error?.message.contains("1000 bytes") == true)
    }

    @Test func `says so when it cannot be started`() async throws {
        let process = LayoutProcess(workerPath: "/nonexistent/svcmap")
        let error = await #expect(throws: RenderError.self) {
            _ = try await process.layout(LayoutRequest.knot(nodes: 2, edges: 1))
        }
        #expect(error?.code == .workerFailed)
        #expect(error?.message.contains("/nonexistent/svcmap") == true)
    }

    @Test(arguments: [
        "", "{}", "[]", "{\"bb\": \"0,0\"}", "{\"bb\": \"0,0,nan,1\"}",
        "{\"bb\": \"0,0,9,9\", \"objects\": []}",
        "{\"bb\": \"0,0,9,9\", \"objects\": [{\"name\": \"n0\", \"pos\": \"1\"}]}",
        "{\"bb\": \"0,0,9,9\", \"objects\": [{\"name\": \"n7\", \"pos\": \"1,1\"}]}",
    ])
    func `refuses answers that are not the layout`(answer: String) {
        #expect(throws: RenderError.self) {
            _ = try Layout(json: Array(answer.utf8), nodes: 1, clusters: 0, edges: 0)
        }
    }
}
