// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// One thread and two on the same capture, in turn: how long they take, and whether they agree.
struct ThreadComparison {
    private static let rounds = 5

    let path: String

    func print() throws {
        var seconds: [Int: [Double]] = [:]
        var processorSeconds: [Int: [Double]] = [:]
        var known: [WindowReport]?
        var isSame = true
        for _ in 0..<Self.rounds {
            for threads in 1...2 {
                let (clock, start) = (ContinuousClock(), ProcessorTime.now)
                var reports: [WindowReport] = []
                let time = try clock.measure { reports = try self.reports(threads: threads) }
                seconds[threads, default: []].append(
                    Double(time.components.attoseconds) / 1e18
                        + Double(time.components.seconds)
                )
                processorSeconds[threads, default: []].append((ProcessorTime.now - start) / 1e9)
                isSame = isSame && reports == known ?? reports
                known = reports
            }
        }
        Swift.print("| threads | seconds | processor seconds |")
        Swift.print("|--:|--:|--:|")
        for threads in 1...2 {
            Swift.print(
                "| \(threads) | \(Self.median(seconds[threads])) | \(Self.median(processorSeconds[threads])) |"
            )
        }
        Swift.print(isSame ? "all reports are the same" : "REPORTS DIFFER")
    }

    private func reports(threads: Int) throws -> [WindowReport] {
        var configuration = MeteringEngine.Configuration()
        configuration.threads = threads
        var reports: [WindowReport] = []
        let engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: "benchmark", name: "benchmark")
        ) { reports.append($0) }
        var source = try SavefilePacketSource(path: path)
        while try !source.prepare() {}
        if let streams = engine.streamThread { source.readAhead(for: streams) }
        while try source.read(batches: { engine.account($0, of: $1) }) != .ended {}
        engine.finish()
        return reports
    }

    private static func median(_ values: [Double]?) -> Double {
        let sorted = (values ?? []).sorted()
        return sorted.isEmpty ? 0 : (sorted[sorted.count / 2] * 1_000).rounded() / 1_000
    }
}
