// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What was measured in some time, of one edge or of several together.
package protocol Measured {
    var metrics: EdgeMetrics { get }
    /// Seconds that were watched: the denominator of rates.
    var observedSeconds: Double { get }
}

extension Edge: Measured {}

/// Figures of all protocols together.
extension Measured {
    package var requests: UInt64 { sum(\.requests) }

    package var started: UInt64 { sum(\.started) }

    package var inFlight: UInt64 { sum(\.inFlight) }

    package var outcomes: OutcomeCounts {
        metrics.protocols.values.reduce(into: OutcomeCounts()) { $0.merge($1.outcomes) }
    }

    package var latency: Histogram {
        metrics.protocols.values.reduce(into: Histogram()) { $0.merge($1.latency) }
    }

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
    package var errorRate: Double? {
        let outcomes = outcomes
        return outcomes.requests > 0 ? Double(outcomes.failed) / Double(outcomes.requests) : nil
    }

    /// `(refused + unanswered + unreachable) / attempted`.
    package var failedConnectRate: Double? {
        let counts = metrics.connections
        guard counts.attempted > 0 else { return nil }
        return Double(counts.failed) / Double(counts.attempted)
    }

    /// Failed TLS handshakes of those attempted; at most 1, though a range may hold the end of a
    /// handshake without its beginning.
    package var failedTLSRate: Double? {
        let handshakes = metrics.tlsHandshakes
        guard handshakes.attempted > 0 else { return nil }
        return min(1, Double(handshakes.failures) / Double(handshakes.attempted))
    }

    private func sum(_ count: (ProtocolMetrics) -> UInt64) -> UInt64 {
        metrics.protocols.values.reduce(UInt64(0)) { $0.addingSaturated(count($1)) }
    }
}
