// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What every edge of a view did, step by step: a replay.
package struct Frames: Equatable, Sendable {
    /// One edge in one step, without gauges.
    package struct Cell: Equatable, Sendable {
        /// Position in `edges`.
        package let edge: Int
        package let requests: UInt64
        package let failed: UInt64
        /// Nanoseconds; `nil` where there was no request to measure.
        package let p50: UInt64?
        package let p95: UInt64?
        package let p99: UInt64?
        package let health: Health
        package let attempted: UInt64
        package let failedConnects: UInt64
        package let bytes: DirectionalCount
        /// Seconds of the step in which the reporters of the edge watched.
        package let observedSeconds: Double

        /// Reads the figures of an edge.
        ///
        /// - Parameters:
        ///   - edge: Position in `edges`.
        ///   - figures: What it did in the step.
        ///   - policy: Where health begins to suffer.
        package init(edge: Int, _ figures: some Measured, policy: HealthPolicy) {
            let latency = figures.latency
            self.edge = edge
            requests = figures.requests
            failed = figures.outcomes.failed
            p50 = latency.quantileNanoseconds(0.5)
            p95 = latency.quantileNanoseconds(0.95)
            p99 = latency.quantileNanoseconds(0.99)
            health = policy.health(of: figures)
            attempted = figures.metrics.connections.attempted
            failedConnects = figures.metrics.connections.failed
            bytes = figures.metrics.bytes
            observedSeconds = figures.observedSeconds
        }
    }

    /// One step.
    package struct Frame: Equatable, Sendable {
        package let window: Window
        /// Seconds of it that at least one reporter watched.
        package let observedSeconds: Double
        /// Of the edges that did anything, in their order.
        package var cells: [Cell]

        package init(window: Window, observedSeconds: Double, cells: [Cell] = []) {
            self.window = window
            self.observedSeconds = observedSeconds
            self.cells = cells
        }
    }

    /// The range asked for, widened.
    package let window: Window
    package let stepNanoseconds: Int64
    /// Ids, sorted.
    package let edges: [String]
    /// Every step of the range, in order.
    package let frames: [Frame]

    package init(window: Window, stepNanoseconds: Int64, edges: [String], frames: [Frame]) {
        self.window = window
        self.stepNanoseconds = stepNanoseconds
        self.edges = edges
        self.frames = frames
    }
}
