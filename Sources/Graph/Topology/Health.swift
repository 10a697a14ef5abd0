// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The state of an edge, from its worst rate.
package enum Health: String, Sendable, Codable, CaseIterable {
    case healthy
    case degraded
    case failing
    /// No outcomes and no attempts to judge by.
    case unknown
}

/// Where health begins to suffer.
///
/// Served with every graph and shown in the legend.
package struct HealthPolicy: Equatable, Sendable {
    /// Rates from here on are degraded.
    package var degradedRate = 0.01
    /// Rates from here on are failing.
    package var failingRate = 0.10
    /// Fewer failures than this never change the state.
    package var minimumFailures: UInt64 = 2

    package init() {}

    /// The worst state of error rate, failed connects and failed TLS handshakes.
    package func health(of edge: some Measured) -> Health {
        let glance = edge.glance
        let judged: [(failures: UInt64, rate: Double?)] = [
            (glance.outcomes.failed, glance.errorRate),
            (glance.connections.failed, glance.failedConnectRate),
            (glance.tlsFailures, glance.failedTLSRate),
        ]
        var worst = Health.unknown
        for (failures, rate) in judged {
            guard let rate else { continue }
            if failures >= minimumFailures, rate >= failingRate { return .failing }
            if failures >= minimumFailures, rate >= degradedRate {
                worst = .degraded
            } else if worst == .unknown {
                worst = .healthy
            }
        }
        return worst
    }
}
