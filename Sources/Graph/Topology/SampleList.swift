// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Sampled transactions of one edge of a graph, the latest first.
package struct SampleList: Equatable, Sendable {
    /// The id of the edge.
    package var edge: String
    /// The range asked for, widened to whole base windows.
    package var window: Window
    package var samples: [TransactionSample]

    package init(edge: String, window: Window, samples: [TransactionSample] = []) {
        self.edge = edge
        self.window = window
        self.samples = samples
    }
}
