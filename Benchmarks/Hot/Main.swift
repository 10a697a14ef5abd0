// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Glibc

/// Prints nanoseconds of processor time and allocations for each frame of a capture, layer by
/// layer, so that a change of one of them shows where it happened.
@main
enum Main {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: Benchmarks CAPTURE")
            exit(2)
        }
        let path = CommandLine.arguments[1]
        print("| benchmark | ns of processor time | allocations | per |")
        print("|---|--:|--:|---|")
        for benchmark in benchmarks(path) { print(try benchmark.measure()) }
    }

    private static func benchmarks(_ path: String) -> [Benchmark] {
        [
            Benchmark(name: "Capture.read", unit: "frame") { try forEachFrame(of: path) { _ in } },
            Benchmark(name: "Wire.decode", unit: "frame") {
                var payload = 0
                let frames = try forEachFrame(of: path) { frame in
                    // An undecodable frame is a result too; only its cost matters here.
                    let headers = try? PacketHeaders.decode(frame.bytes, linkType: frame.linkType)
                    payload &+= headers?.payloadLength ?? 0
                }
                return payload >= 0 ? frames : 0
            },
            Benchmark(name: "Flows.account/everything", unit: "frame") {
                var reports = 0
                let engine = MeteringEngine(
                    configuration: MeteringEngine.Configuration(),
                    reporter: Reporter(id: "benchmark", name: "benchmark"),
                    emit: { _ in reports += 1 }
                )
                let frames = try forEachFrame(of: path) { engine.account($0) }
                engine.finish()
                return reports > 0 ? frames : 0
            },
        ]
    }

    private static func forEachFrame(
        of path: String,
        _ body: (borrowing CapturedFrame) -> Void
    ) throws -> Int {
        var source = try SavefilePacketSource(path: path)
        while try source.read(body) != .ended {}
        return Int(source.frameCount)
    }
}
