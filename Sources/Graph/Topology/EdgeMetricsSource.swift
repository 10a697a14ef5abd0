// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Figures of many edges that stay where they were added up, and are made values when somebody asks.
///
/// The value of one edge is two kilobytes in six pieces of memory, and of most edges of a large graph nobody
/// asks for more than what a map shows.
package protocol EdgeMetricsSource: AnyObject, Sendable {
    /// All of an edge.
    func metrics(at position: Int) -> EdgeMetrics

    /// What a map shows of an edge, of which nothing takes memory of its own.
    func glance(at position: Int) -> EdgeGlance

    /// About how many bytes are held for all of its edges together.
    var heldBytes: Int { get }
}

/// What is mostly asked of an edge; all protocols together.
package struct EdgeGlance: Equatable, Sendable {
    package var connections = ConnectionCounts()
    package var bytes = DirectionalCount()
    package var outcomes = OutcomeCounts()
    package var latency = Histogram()
    package var tlsAttempted: UInt64 = 0
    package var tlsFailures: UInt64 = 0

    package init() {}

    /// Takes it from a value.
    package init(_ metrics: EdgeMetrics) {
        connections = metrics.connections
        bytes = metrics.bytes
        for part in metrics.protocols.values {
            outcomes.merge(part.outcomes)
            latency.merge(part.latency)
        }
        guard metrics.hasTLSHandshakes else { return }
        tlsAttempted = metrics.tlsHandshakes.attempted
        tlsFailures = metrics.tlsHandshakes.failures
    }
}

/// The figures of one edge: a value, or a place among those of others.
package enum EdgeFigures: Equatable, Sendable {
    /// Not there yet; whoever makes the graph knows of what this is the position.
    case pending(position: Int)
    indirect case own(EdgeMetrics)
    case shared(any EdgeMetricsSource, position: Int)

    package var metrics: EdgeMetrics {
        switch self {
        case .pending: EdgeMetrics()
        case .own(let metrics): metrics
        case .shared(let source, let position): source.metrics(at: position)
        }
    }

    package var glance: EdgeGlance {
        switch self {
        case .pending: EdgeGlance()
        case .own(let metrics): EdgeGlance(metrics)
        case .shared(let source, let position): source.glance(at: position)
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.metrics == right.metrics }
}
