// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What an edge, a node or a whole view did, step by step.
package struct Series: Equatable, Sendable {
    /// One step.
    package struct Point: Equatable, Sendable {
        /// A part of the range: as long as a step, but for the first and the last one.
        package let window: Window
        /// What was measured in that time alone, without gauges.
        package let figures: Figures

        package init(window: Window, figures: Figures) {
            self.window = window
            self.figures = figures
        }
    }

    /// The range asked for, widened.
    package let window: Window
    package let stepNanoseconds: Int64
    /// Every step of the range, in order; none where there is no such edge or node.
    package let points: [Point]

    package init(window: Window, stepNanoseconds: Int64, points: [Point] = []) {
        self.window = window
        self.stepNanoseconds = stepNanoseconds
        self.points = points
    }
}
