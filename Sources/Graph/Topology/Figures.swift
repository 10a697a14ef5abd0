// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What was measured, without whom it is of.
package struct Figures: Measured, Equatable, Sendable {
    package var metrics: EdgeMetrics
    package var observedSeconds: Double

    package init(metrics: EdgeMetrics = EdgeMetrics(), observedSeconds: Double = 0) {
        self.metrics = metrics
        self.observedSeconds = observedSeconds
    }

    /// The sum of several edges.
    ///
    /// - Parameters:
    ///   - edges: Which.
    ///   - observedSeconds: What was watched of all of them.
    package init(of edges: some Sequence<Edge>, observedSeconds: Double) {
        self.init(observedSeconds: observedSeconds)
        for edge in edges { metrics.merge(edge.metrics) }
    }
}
