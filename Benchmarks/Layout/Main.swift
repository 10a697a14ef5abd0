// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Graph
import Render
import TestKit

/// Lays out realistic graphs of growing size as the server does, and as plain `dot` and `sfdp` do.
///
///     LayoutBenchmark curve [SECONDS]      processor time of each; SECONDS of the clock bound a layout (60)
///     LayoutBenchmark quality              crossings, lengths and areas up to 200 nodes
///     LayoutBenchmark svg NODES EDGES [KIND]  one picture, on standard output
@main
enum Main {
    private static let sizes = [
        (50, 100), (100, 250), (200, 500), (300, 1_000), (500, 1_500), (1_000, 3_000), (1_500, 5_000),
    ]
    private static let small = [(30, 50), (50, 100), (100, 250), (150, 400), (200, 500)]

    static func main() async throws {
        let arguments = CommandLine.arguments
        if arguments.dropFirst().first == RenderWorker.argument { exit(RenderWorker.main()) }
        switch arguments.dropFirst().first {
        case "curve": try await curve(seconds: arguments.count > 2 ? Int(arguments[2]) ?? 60 : 60)
        case "quality": try await quality()
        case "svg" where arguments.count > 3:
            let graph = RealisticGraph.make(nodes: Int(arguments[2]) ?? 0, edges: Int(arguments[3]) ?? 0)
            let kind = arguments.count > 4 ? LayoutOptions.Kind(rawValue: arguments[4]) ?? .layered : .layered
            print(try await renderer().draw(graph, options: LayoutOptions(kind: kind)).svg)
        default:
            print("usage: LayoutBenchmark curve [SECONDS] | quality | svg NODES EDGES [KIND]")
            exit(2)
        }
    }

    private static func limits(seconds: Int) -> WorkerLimits {
        var limits = WorkerLimits()
        limits.deadline = .seconds(seconds)
        return limits
    }

    private static func renderer() -> PictureRenderer {
        PictureRenderer(workerPath: CommandLine.arguments[0], limits: limits(seconds: 20))
    }

    /// What Graphviz alone does with the same boxes and lines, within so many seconds.
    private static func plain(
        _ graph: ServiceGraph,
        _ engine: LayoutRequest.Engine,
        seconds: Int,
        hasLabels: Bool = false
    ) async -> (layout: Layout?, seconds: Double) {
        let process = LayoutProcess(workerPath: CommandLine.arguments[0], limits: limits(seconds: seconds))
        let request = PictureRenderer.plainRequest(graph, engine, hasLabels: hasLabels)
        let start = processorSeconds()
        let layout = try? await process.layout(request)
        return (layout, processorSeconds() - start)
    }

    /// What this process and those it started and waited for have used: other work on the machine
    /// does not show in it.
    private static func processorSeconds() -> Double {
        [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, who in
            var usage = rusage()
            // Sound: the call fills in the structure it is given.
            guard unsafe getrusage(who.rawValue, &usage) == 0 else { return sum }
            return [usage.ru_utime, usage.ru_stime].reduce(sum) {
                $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
            }
        }
    }

    private static func curve(seconds: Int) async throws {
        print("nodes edges svcmap-s clock-s engine svg-bytes plain-dot-s plain-sfdp-s")
        for (nodes, edges) in sizes {
            let graph = RealisticGraph.make(nodes: nodes, edges: edges)
            let renderer = renderer()
            let (start, used) = (ContinuousClock.now, processorSeconds())
            let svg = try await renderer.draw(graph).svg
            let ours = processorSeconds() - used
            let clock = (ContinuousClock.now - start) / .seconds(1)
            let method = try await renderer.layout(graph).method
            let dot = await plain(graph, .dot, seconds: seconds)
            let sfdp = await plain(graph, .sfdp, seconds: seconds)
            let words = [dot, sfdp].map { $0.layout == nil ? "over \(seconds)" : number($0.seconds, 2) }
            print(
                graph.nodes.count,
                graph.edges.count,
                number(ours, 2),
                number(clock, 2),
                method.engine.rawValue,
                svg.utf8.count,
                words.joined(separator: " ")
            )
        }
    }

    private static func quality() async throws {
        print("nodes edges engine labels crossings length-kpt area-Mpt2 | dot crossings length area")
        for (nodes, edges) in small {
            let graph = RealisticGraph.make(nodes: nodes, edges: edges)
            let (layout, method) = try await renderer().layout(graph)
            // Like with like: labels take room, so both have them or neither has.
            let plain = await plain(graph, .dot, seconds: 120, hasLabels: method.hasLabels)
            let rows = [layout, plain.layout].map { layout in
                guard let layout else { return "none" }
                let quality = Quality(layout)
                return
                    "\(quality.crossings) \(number(quality.length / 1e3, 0)) \(number(quality.area / 1e6, 1))"
            }
            print(
                graph.nodes.count,
                graph.edges.count,
                method.engine.rawValue,
                method.hasLabels ? "yes" : "no",
                rows.joined(separator: " | ")
            )
        }
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}
