// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What a node of a graph stands for.
package enum GraphLevel: String, Sendable, Codable, CaseIterable {
    case pod
    case workload
    case service
    case namespace
    case node
}

/// Who called whom in a range of time, and how it went: an immutable value.
///
/// Equal graphs render to equal bytes, so nodes and edges are sorted by id.
package struct ServiceGraph: Equatable, Sendable {
    /// The range asked for, widened to whole base windows.
    package var window: Window
    /// Seconds of the range that at least one reporter watched.
    package var observedSeconds: Double
    package var level: GraphLevel
    package var health: HealthPolicy
    package var nodes: [Node]
    package var edges: [Edge]
    package var coverage: Coverage
    /// What views left out; nothing in a graph that is no view.
    package var omitted = Omission()
    /// What was looked for; `nil` where nothing was.
    package var found: Findings?

    package init(
        window: Window,
        observedSeconds: Double = 0,
        level: GraphLevel,
        health: HealthPolicy = HealthPolicy(),
        nodes: [Node] = [],
        edges: [Edge] = [],
        coverage: Coverage = Coverage()
    ) {
        self.window = window
        self.observedSeconds = observedSeconds
        self.level = level
        self.health = health
        // Who makes many makes them in order, and to look is less work than to move them.
        self.nodes = nodes.isSorted(by: \.id) ? nodes : nodes.sorted { $0.id < $1.id }
        self.edges = edges.isSorted(by: \.id) ? edges : edges.sorted { $0.id < $1.id }
        self.coverage = coverage
    }
}

extension Array {
    fileprivate func isSorted(by id: (Element) -> String) -> Bool {
        guard count > 1 else { return true }
        for index in 1..<count where id(self[index]) < id(self[index - 1]) { return false }
        return true
    }
}
