// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Graphs made from a graph; each counts in `omitted` what it leaves out.
extension ServiceGraph {
    /// The edges that an expression keeps, and their ends.
    ///
    /// An edge for which the expression reads a field without a value does not match.
    ///
    /// - Throws: `ExpressionError` of kind `limit` where the expression takes too many steps.
    package func filtered(_ filter: EdgeFilter) throws(ExpressionError) -> ServiceGraph {
        var kept: [Edge] = []
        var omission = omitted
        try judge(by: filter) { edge, verdict in
            switch verdict {
            case .matches: kept.append(edge)
            case .doesNotMatch: break
            case .absent: omission.absent += 1
            case .failed: omission.failed += 1
            }
        }
        return keeping(kept, omission)
    }

    /// The edges that an expression does not match, and their ends.
    ///
    /// An edge for which the expression has no answer stays.
    ///
    /// - Throws: `ExpressionError` of kind `limit` where the expression takes too many steps.
    package func hiding(_ hidden: EdgeFilter) throws(ExpressionError) -> ServiceGraph {
        var kept: [Edge] = []
        var omission = omitted
        try judge(by: hidden) { edge, verdict in
            if verdict != .matches { kept.append(edge) }
            if verdict == .absent || verdict == .failed { omission.undecided += 1 }
        }
        return keeping(kept, omission)
    }

    /// The edges that an expression matches.
    ///
    /// - Throws: `ExpressionError` of kind `limit` where the expression takes too many steps.
    package func findings(of filter: EdgeFilter) throws(ExpressionError) -> Findings {
        var findings = Findings()
        var ends: Set<String> = []
        try judge(by: filter) { edge, verdict in
            switch verdict {
            case .matches:
                findings.edges.append(edge.id)
                ends.formUnion([edge.client, edge.server])
            case .doesNotMatch: break
            case .absent: findings.absent += 1
            case .failed: findings.failed += 1
            }
        }
        findings.nodes = nodes.map(\.id).filter(ends.contains)
        return findings
    }

    /// Hands over every edge and what an expression says of it.
    private func judge(
        by filter: EdgeFilter,
        _ body: (Edge, EdgeFilter.Verdict) -> Void
    ) throws(ExpressionError) {
        let byID = Dictionary(nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var steps = 0
        for edge in edges {
            guard let client = byID[edge.client], let server = byID[edge.server] else { continue }
            let subject = EdgeSubject(edge, client: client, server: server, in: self)
            body(edge, try filter.verdict(on: subject, steps: &steps))
            guard steps <= ExpressionLimits.maximumStepsOfView else {
                throw ExpressionError(
                    .limit,
                    "the expression takes more than \(ExpressionLimits.maximumStepsOfView) steps for this graph",
                    at: SourceSpan(offset: 0, length: filter.text.unicodeScalars.count)
                )
            }
        }
    }

    /// The edges that are at most so many steps from a node, whatever their direction.
    ///
    /// - Parameters:
    ///   - id: The node's; a graph without it has nothing to show.
    ///   - depth: 1 for the edges of the node itself.
    /// - Returns: Those edges, and the nodes at their ends.
    package func focused(on id: String, depth: Int) -> ServiceGraph {
        var neighbours: [String: [String]] = [:]
        for edge in edges {
            neighbours[edge.client, default: []].append(edge.server)
            neighbours[edge.server, default: []].append(edge.client)
        }
        var reached: Set<String> = nodes.contains { $0.id == id } ? [id] : []
        var frontier = Array(reached)
        // Edges from nodes that are one step less away than their depth.
        for _ in 0..<max(0, depth - 1) {
            let next = Set(frontier.flatMap { neighbours[$0] ?? [] }).subtracting(reached)
            guard !next.isEmpty else { break }
            reached.formUnion(next)
            frontier = Array(next)
        }
        let kept =
            depth < 1 ? [] : edges.filter { reached.contains($0.client) || reached.contains($0.server) }
        return keeping(kept, omitted, also: reached.contains(id) ? id : nil)
    }

    /// The busiest edges, by requests and then by bytes, and every edge that is failing.
    package func top(_ count: Int) -> ServiceGraph {
        let ranked = edges.indices.map { index in
            let glance = edges[index].glance
            return (
                index: index, requests: glance.outcomes.requests,
                bytes: glance.bytes.sent.addingSaturated(glance.bytes.received)
            )
        }.sorted { left, right in
            if left.requests != right.requests { return left.requests > right.requests }
            return left.bytes != right.bytes ? left.bytes > right.bytes : left.index < right.index
        }
        let busiest = Set(ranked.prefix(max(0, count)).map(\.index))
        let kept = edges.indices.filter { busiest.contains($0) || health.health(of: edges[$0]) == .failing }
        return keeping(kept.map { edges[$0] }, omitted)
    }

    /// The graph with some of its edges, in their order, and the nodes at their ends.
    private func keeping(_ kept: [Edge], _ omission: Omission, also node: String? = nil) -> ServiceGraph {
        let ends = Set(kept.flatMap { [$0.client, $0.server] } + (node.map { [$0] } ?? []))
        var graph = self
        graph.edges = kept
        graph.nodes = nodes.filter { ends.contains($0.id) }
        graph.omitted = omission
        graph.omitted.edges += edges.count - kept.count
        graph.omitted.nodes += nodes.count - graph.nodes.count
        return graph
    }
}
