// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What was measured in some time, of one edge or of several together.
package protocol Measured {
    var metrics: EdgeMetrics { get }
    /// Seconds that were watched: the denominator of rates.
    var observedSeconds: Double { get }
    /// What is mostly asked of it.
    var glance: EdgeGlance { get }
}

extension Edge: Measured {}

/// Figures of all protocols together.
extension Measured {
    package var glance: EdgeGlance { EdgeGlance(metrics) }

    package var requests: UInt64 { glance.outcomes.requests }

    package var started: UInt64 { sum(\.started) }

    package var inFlight: UInt64 { sum(\.inFlight) }

    package var outcomes: OutcomeCounts { glance.outcomes }

    package var latency: Histogram { glance.latency }

    package var serverTime: Histogram {
        metrics.protocols.values.reduce(into: Histogram()) { $0.merge($1.serverTime) }
    }

    /// The protocol with most requests (started ones where none ended, else connections); the first
    /// by name among equals.
    package var busiestProtocol: ApplicationProtocol? {
        metrics.protocols.min { left, right in
            let (mine, theirs) = (left.value, right.value)
            if mine.requests != theirs.requests { return mine.requests > theirs.requests }
            if mine.started != theirs.started { return mine.started > theirs.started }
            if mine.recognized != theirs.recognized { return mine.recognized > theirs.recognized }
            return left.key.rawValue < right.key.rawValue
        }?.key
    }

    /// Requests per observed second; `nil` where nothing was observed.
    package var rate: Double? { observedSeconds > 0 ? Double(requests) / observedSeconds : nil }

    /// `(serverError + unanswered other than clientGaveUp) / requests`.
    package var errorRate: Double? { glance.errorRate }

    /// `(refused + unanswered + unreachable) / attempted`.
    package var failedConnectRate: Double? { glance.failedConnectRate }

    /// Failed TLS handshakes of those attempted; at most 1, though a range may hold the end of a
    /// handshake without its beginning.
    package var failedTLSRate: Double? { glance.failedTLSRate }

    private func sum(_ count: (ProtocolMetrics) -> UInt64) -> UInt64 {
        metrics.protocols.values.reduce(UInt64(0)) { $0.addingSaturated(count($1)) }
    }
}

extension EdgeGlance {
    var errorRate: Double? {
        outcomes.requests > 0 ? Double(outcomes.failed) / Double(outcomes.requests) : nil
    }

    var failedConnectRate: Double? {
        guard connections.attempted > 0 else { return nil }
        return Double(connections.failed) / Double(connections.attempted)
    }

    var failedTLSRate: Double? {
        guard tlsAttempted > 0 else { return nil }
        return min(1, Double(tlsFailures) / Double(tlsAttempted))
    }
}
