// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A sampled transaction and the edge of a graph that it was seen on.
package struct EdgeSample: Equatable, Sendable {
    /// The id of the edge.
    package let edge: String
    package let sample: TransactionSample

    package init(edge: String, sample: TransactionSample) {
        self.edge = edge
        self.sample = sample
    }
}

/// Sampled transactions of edges of a graph, the latest first.
package struct SampleList: Equatable, Sendable {
    /// The range asked for, widened to whole base windows.
    package var window: Window
    /// Transactions that ended before were not looked for; `nil` where the whole range was searched.
    package var searchedFrom: Timestamp?
    package var samples: [EdgeSample]

    package init(window: Window, samples: [EdgeSample] = []) {
        self.window = window
        self.samples = samples
    }
}
