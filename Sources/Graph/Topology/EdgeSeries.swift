// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What one edge of a graph did, step by step.
package struct EdgeSeries: Equatable, Sendable {
    /// One step.
    package struct Point: Equatable, Sendable {
        /// A part of the range: as long as a step, but for the first and the last one.
        package let window: Window
        /// The edge in that time alone, without gauges.
        package let edge: Edge

        package init(window: Window, edge: Edge) {
            self.window = window
            self.edge = edge
        }
    }

    /// The range asked for, widened.
    package let window: Window
    package let stepNanoseconds: Int64
    /// Every step of the range, in order; none where there is no such edge.
    package let points: [Point]

    package init(window: Window, stepNanoseconds: Int64, points: [Point] = []) {
        self.window = window
        self.stepNanoseconds = stepNanoseconds
        self.points = points
    }
}
