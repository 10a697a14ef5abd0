// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What an expression about an edge reads: the edge, its ends and the graph it is in.
package struct EdgeSubject: Sendable {
    let edge: Edge
    let client: Node
    let server: Node
    let health: HealthPolicy
    let window: Window
    let observedSeconds: Double

    /// - Parameters:
    ///   - edge: An edge of the graph.
    ///   - client: The node its calls come from.
    ///   - server: The node that answers.
    ///   - graph: What tells the range and judges health.
    package init(_ edge: Edge, client: Node, server: Node, in graph: ServiceGraph) {
        self.edge = edge
        self.client = client
        self.server = server
        health = graph.health
        window = graph.window
        observedSeconds = graph.observedSeconds
    }
}
