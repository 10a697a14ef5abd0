// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation

/// Limits so low that every input meets them, for inputs of odd length.
private func configuration(isTight: Bool) -> MeteringEngine.Configuration {
    var configuration = MeteringEngine.Configuration()
    guard isTight else { return configuration }
    configuration.maximumFlows = 5
    configuration.maximumEdges = 2
    configuration.maximumNames = 1
    configuration.maximumLocalAddresses = 1
    return configuration
}

/// A capture through the whole engine: the sums of its reports must add up.
func fuzzEngine(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    unsafe ScratchFile.write(start, count)
    var checks = ReportChecks()
    let engine = MeteringEngine(
        configuration: configuration(isTight: count % 2 == 1),
        reporter: Reporter(id: "fuzz", name: "fuzz")
    ) { checks.take($0) }
    var frames: UInt64 = 0
    do throws(CaptureError) {
        var source = try SavefilePacketSource(path: ScratchFile.path)
        if let clocks = try? ClockSurvey(path: ScratchFile.path) { source.align(clocks) }
        while try source.read({ frame in
            frames += 1
            engine.account(frame)
        }) != .ended {}
    } catch {
        // Damage ends the input; what came before it must still add up.
    }
    engine.finish()
    checks.finish(frames: frames)
    return 0
}

/// What is true of the reports of any input.
private struct ReportChecks {
    private struct Identity: Hashable {
        let window: Timestamp
        let sequence: UInt64
    }

    private var identities: Set<Identity> = []
    private var coverage = Coverage()
    private var packets: UInt64 = 0
    private var started: UInt64 = 0
    private var ended: UInt64 = 0

    mutating func take(_ report: WindowReport) {
        require(report.coverage.isBalanced, "a frame is in no class, or in two: \(report.coverage)")
        let identity = Identity(window: report.window.start, sequence: report.sequence)
        require(identities.insert(identity).inserted, "two reports have one identity")
        require(
            report.window.start <= report.observed.start && report.observed.start <= report.observed.end
                && report.observed.end <= report.window.end,
            "observed outside the window"
        )
        require(
            zip(report.edges, report.edges.dropFirst()).allSatisfy { $0.key < $1.key },
            "edges are not sorted"
        )
        coverage.merge(report.coverage)
        for row in report.edges {
            packets += row.metrics.packets.sent + row.metrics.packets.received
            for metrics in row.metrics.protocols.values { take(metrics) }
        }
    }

    private mutating func take(_ metrics: ProtocolMetrics) {
        started += metrics.started
        ended += metrics.requests
        let byOperation = metrics.operations.values.reduce(UInt64(0)) { $0 + $1.outcomes.requests }
        require(byOperation <= metrics.requests, "operations have more requests than there are")
        require(metrics.latency.count <= metrics.requests, "more latencies than requests")
    }

    func finish(frames: UInt64) {
        require(coverage.frames == frames, "\(frames) frames were read, \(coverage.frames) accounted for")
        require(packets <= coverage.metered, "edges have \(packets) packets of \(coverage.metered)")
        require(ended <= started, "\(started) requests began, \(ended) ended")
    }
}
