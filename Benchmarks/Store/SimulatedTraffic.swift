// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Glibc

/// What one edge does: how often, how much, how fast, and what fails.
///
/// Half of the edge windows of 10 s have at most 3 requests, a tenth more than 50, a hundredth more than
/// 1,000. Half of the edges are active in few windows. Latencies are lognormal, sigma 0.8, handshakes and round trips 0.4. Where messages
/// fit a segment, which they do on half of the edges, first and last byte are one packet, and serverTime is
/// latency; elsewhere the response takes a while to arrive. Half of the edges open a connection for each
/// request and have connect times, the others have round trip times of open connections.
struct SimulatedTraffic {
    /// Requests in an active window, on average.
    let requests: Double
    /// The part of windows in which it is active.
    let activity: Double
    private let latency: Durations
    private let isSegment: Bool
    private let connects: Bool
    private let failures: Double
    private let bytes: (sent: Double, received: Double)
    private let operation: String

    init(_ edge: Int, seed: UInt64) {
        var dice = Dice(seed, 3, UInt64(edge))
        requests = Self.requests(at: dice.fraction())
        activity = dice.fraction() < 0.5 ? 0.001 + 0.02 * dice.fraction() : 0.3 + 0.7 * dice.fraction()
        latency = Durations(medianNanoseconds: 4e6 * exp(dice.normal()), sigma: 0.8)
        isSegment = dice.fraction() < 0.5
        connects = dice.fraction() < 0.5
        failures = dice.fraction() < 0.05 ? 0.2 * dice.fraction() : 0
        bytes = (300 * exp(0.5 * dice.normal()), (isSegment ? 500 : 5_000) * exp(0.5 * dice.normal()))
        operation = ["GET", "POST", "PUT"][dice.number(3)] + " /api/\(dice.number(200))/{id}"
    }

    /// The quantiles of the figures above, and lines between them.
    private static func requests(at quantile: Double) -> Double {
        switch quantile {
        case ..<0.5: 0.4 + 2.1 * quantile / 0.5
        case ..<0.9: 2.5 * exp(log(18) * (quantile - 0.5) / 0.4)
        case ..<0.99: 45 * exp(log(20) * (quantile - 0.9) / 0.09)
        default: 900 * exp(log(4) * (quantile - 0.99) / 0.01)
        }
    }

    /// What it did.
    ///
    /// - Parameters:
    ///   - windows: In so many active windows.
    ///   - unit: Nanoseconds of which all durations are whole multiples.
    ///   - dice: Makes the figures.
    /// - Returns: Counts and times, all of HTTP and one operation.
    func metrics(windows: Int, unit: Int64, dice: inout Dice) -> EdgeMetrics {
        let count = max(UInt64(windows), dice.poisson(requests * Double(windows)))
        let failed = failures == 0 ? 0 : min(count, dice.poisson(failures * Double(count)))
        var metrics = EdgeMetrics()
        let segments = isSegment ? 1.0 : 4
        metrics.packets = DirectionalCount(
            sent: dice.poisson(Double(count) * (connects ? 5 : 2)),
            received: dice.poisson(Double(count) * (segments + (connects ? 3 : 1)))
        )
        let spread = exp(0.1 * dice.normal())
        metrics.bytes = DirectionalCount(
            sent: UInt64(Double(count) * bytes.sent * spread) + metrics.packets.sent * 52,
            received: UInt64(Double(count) * bytes.received * spread) + metrics.packets.received * 52
        )
        let roundTrip = Durations(medianNanoseconds: 180_000, sigma: 0.4)
        if connects {
            metrics.connections.established = count
            metrics.connections.closed = count
            metrics.connectTime = roundTrip.histogram(count, unit: unit, dice: &dice)
        } else {
            metrics.connections.open = 1 + UInt64(requests / 50)
            metrics.rtt = roundTrip.histogram(count, unit: unit, dice: &dice)
        }
        var operation = OperationMetrics()
        operation.latency = latency.histogram(count, unit: unit, dice: &dice)
        operation.outcomes.serverError = failed
        operation.outcomes.ok = operation.latency.count - min(failed, operation.latency.count)
        var http = ProtocolMetrics()
        http.started = operation.outcomes.requests
        http.outcomes = operation.outcomes
        http.latency = operation.latency
        if isSegment {
            http.serverTime = operation.latency
        } else {
            var shorter = latency
            shorter.medianNanoseconds *= 0.95
            http.serverTime = shorter.histogram(operation.latency.count, unit: unit, dice: &dice)
        }
        http.statuses["200"] = operation.outcomes.ok > 0 ? operation.outcomes.ok : nil
        http.statuses["503"] = failed > 0 ? failed : nil
        http.operations[self.operation] = operation
        metrics.protocols[.http] = http
        return metrics
    }
}
