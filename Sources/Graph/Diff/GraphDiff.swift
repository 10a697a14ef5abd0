// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Two graphs side by side: what was, and what is.
package struct GraphDiff: Equatable, Sendable {
    /// A part of a range that was asked about.
    package struct Side: Equatable, Sendable {
        package let window: Window
        package let observedSeconds: Double

        /// Whether anybody was watching.
        package var isWatched: Bool { observedSeconds > 0 }
    }

    /// One edge; at least one side has it.
    package struct EdgeEntry: Equatable, Sendable {
        package let judgement: Judgement
        package let base: Edge?
        package let current: Edge?
    }

    /// One node; at least one side has it.
    package struct NodeEntry: Equatable, Sendable {
        package let judgement: Judgement
        /// As it is, or as it was where it is gone.
        package let node: Node
        /// What it served; `nil` on a side that does not have it.
        package let base: Figures?
        package let current: Figures?
    }

    package let base: Side
    package let current: Side
    package let level: GraphLevel
    package let health: HealthPolicy
    package let policy: DiffPolicy
    /// Sorted by id.
    package let edges: [EdgeEntry]
    package let nodes: [NodeEntry]

    /// Compares two graphs.
    ///
    /// - Parameters:
    ///   - base: Everything before, without a view.
    ///   - current: Everything after, without a view.
    ///   - shown: Ids of the edges to compare: those that the view has on either side. Figures of an edge
    ///     count wherever it is, or what a filter leaves out on one side would be new on the other.
    ///   - nodes: Ids of the nodes to compare.
    ///   - policy: From where on a difference is one.
    package init(
        base: ServiceGraph,
        current: ServiceGraph,
        edges shown: Set<String>,
        nodes: Set<String>,
        policy: DiffPolicy = DiffPolicy()
    ) {
        self.base = Side(window: base.window, observedSeconds: base.observedSeconds)
        self.current = Side(window: current.window, observedSeconds: current.observedSeconds)
        level = current.level
        health = current.health
        self.policy = policy
        let comparison = Comparison(base: self.base, current: self.current, policy: policy)
        let before = Dictionary(base.edges.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(current.edges.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        edges = shown.sorted().compactMap { id in
            let (before, after) = (before[id], after[id])
            guard let judgement = comparison.judge(before, after) else { return nil }
            return EdgeEntry(judgement: judgement, base: before, current: after)
        }
        let (servedBefore, servedAfter) = (Self.served(base), Self.served(current))
        let known = Dictionary(base.nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            .merging(current.nodes.map { ($0.id, $0) }) { _, current in current }
        self.nodes = nodes.sorted().compactMap { id in
            let (before, after) = (servedBefore[id], servedAfter[id])
            guard let node = known[id], let judgement = comparison.judge(before, after) else { return nil }
            return NodeEntry(judgement: judgement, node: node, base: before, current: after)
        }
    }

    /// How many of the edges changed how.
    package var counts: [Change: Int] {
        edges.reduce(into: [:]) { $0[$1.judgement.change, default: 0] += 1 }
    }

    /// What every node of a graph served; nothing for those that only called.
    private static func served(_ graph: ServiceGraph) -> [String: Figures] {
        let nothing = Figures(observedSeconds: graph.observedSeconds)
        var figures = Dictionary(
            graph.nodes.map { ($0.id, nothing) },
            uniquingKeysWith: { first, _ in first }
        )
        for edge in graph.edges { figures[edge.server]?.metrics.merge(edge.metrics) }
        return figures
    }
}

/// Judges what is on both sides, and what is on one.
private struct Comparison {
    let base: GraphDiff.Side
    let current: GraphDiff.Side
    let policy: DiffPolicy

    func judge<Part: Measured>(_ before: Part?, _ after: Part?) -> Judgement? {
        switch (before, after) {
        case (nil, nil): nil
        case (let before?, let after?): policy.judge(before, after)
        case (nil, let after?): missing(after, on: base, means: .new)
        case (let before?, nil): missing(before, on: current, means: .gone)
        }
    }

    /// What nobody watched for cannot be told to have been missing.
    private func missing(_ part: some Measured, on side: GraphDiff.Side, means change: Change) -> Judgement {
        guard side.isWatched else { return Judgement(.same, isUncertain: true) }
        return Judgement(
            change,
            isUncertain: policy.isChance(part, missingFor: side.observedSeconds)
        )
    }
}
