// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Folds window reports into a service graph.
///
/// Reports come in any order. Names come from the inventory as it was at each window.
///
/// ```text
/// report → window → oriented row → (client, server) at the level ──┐
///             └ who was nearest to the client → counted or not ────┴→ edge
/// ```
package struct GraphBuilder {
    /// A report is applied exactly once.
    private struct ReportID: Hashable {
        let cluster: String
        let reporter: String
        let window: Window
        let sequence: UInt64
    }

    private let window: Window
    private let level: GraphLevel
    private let namespaces: Set<String>
    private let group: GraphGroup?
    private let folding: PseudoNodePolicy
    private let resolver: IdentityResolver
    private var applied: Set<ReportID> = []
    private var reports: [WindowReport] = []

    /// Prepares to fold the reports of one range.
    ///
    /// - Parameters:
    ///   - window: The range, already widened to whole base windows; reports outside it are ignored.
    ///   - query: The level to build and the namespaces to keep.
    ///   - inventory: Every observation known, in any order.
    ///   - names: Names that traffic gave to addresses, in any order, from the whole store.
    package init(
        window: Window,
        query: GraphQuery,
        inventory: [InventoryObservation],
        names: [NameObservation]
    ) {
        self.init(
            window: window,
            query: query,
            resolver: IdentityResolver(inventory: inventory, names: names)
        )
    }

    /// Prepares to fold the reports of one range with a resolver made earlier.
    ///
    /// - Parameters:
    ///   - window: The range, already widened to whole base windows; reports outside it are ignored.
    ///   - query: The level to build and the namespaces to keep.
    ///   - resolver: Tells what endpoints were.
    package init(window: Window, query: GraphQuery, resolver: IdentityResolver) {
        self.window = window
        self.level = query.level
        self.namespaces = query.namespaces
        self.group = query.group
        self.folding = query.folding
        self.resolver = resolver
    }

    /// Takes one report into account; one that was added before, or reaches outside the range, is ignored.
    package mutating func add(_ report: WindowReport) {
        guard report.window.start >= window.start, report.window.end <= window.end else { return }
        let id = ReportID(
            cluster: report.cluster,
            reporter: report.reporter.id,
            window: report.window,
            sequence: report.sequence
        )
        guard applied.insert(id).inserted else { return }
        reports.append(report)
    }

    /// The graph of everything added so far; equal for the same reports in any order.
    package func build() -> ServiceGraph {
        var spans = ObservedSpans(range: window)
        var lastWindow: [String: Timestamp] = [:]
        var coverage = Coverage()
        for report in reports {
            let reporter = report.reporter.id
            spans.note(report.observed, reporter: reporter)
            lastWindow[reporter] = max(lastWindow[reporter] ?? report.window.start, report.window.start)
            coverage.merge(report.coverage)
        }
        var fold = GraphFold(
            placement: placement,
            namespaces: namespaces,
            resolver: resolver
        )
        forEachRow(&fold) { fold, row, report, choice in
            let holdsGauges = lastWindow[report.reporter.id] == report.window.start
            fold.add(row, of: report, choice: choice, holdsGauges: holdsGauges)
        }
        let (nodes, edges) = fold.finish(&spans)
        return ServiceGraph(
            window: window,
            observedSeconds: spans.seconds(of: spans.all),
            level: level,
            nodes: nodes,
            edges: edges,
            coverage: coverage
        )
    }

    /// The sampled transactions of one edge of the graph, the latest first; none where there is
    /// no such edge.
    package func samples(ofEdge id: String) -> SampleList {
        var fold = GraphFold(placement: placement, namespaces: namespaces, resolver: resolver)
        var samples: [TransactionSample] = []
        forEachRow(&fold) { fold, row, report, choice in
            guard !row.samples.isEmpty, fold.edgeID(of: row, of: report, choice: choice) == id else { return }
            samples += row.samples.sorted
        }
        samples.sort { $1.isOrderedBefore($0) }
        return SampleList(edge: id, window: window, samples: samples)
    }

    /// Hands over every row, window by window, with who speaks for which clients in it.
    private func forEachRow(
        _ fold: inout GraphFold,
        _ body: (inout GraphFold, EdgeRow, WindowReport, ReporterChoice) -> Void
    ) {
        for (window, reports) in Dictionary(grouping: reports, by: \.window) {
            var choice = ReporterChoice()
            for report in reports { choice.note(report.localAddresses, reporter: report.reporter.id) }
            fold.begin(window)
            for report in reports {
                for row in report.edges { body(&fold, row, report, choice) }
            }
        }
    }

    /// How nodes are named, which depends on what the reports hold.
    private var placement: NodePlacement {
        var clusters: Set<String> = []
        var ownScopes: Set<String> = []
        for report in reports where !report.edges.isEmpty {
            clusters.insert(report.cluster)
            for row in report.edges {
                for scope in [row.key.client.scope, row.key.server.scope] where scope != report.cluster {
                    ownScopes.insert(scope)
                }
            }
        }
        var placement = NodePlacement(
            level: level,
            namesClusters: clusters.count > 1,
            namesReporters: ownScopes.count > 1,
            group: group
        )
        placement.folding = folding(of: placement)
        return placement
    }

    /// Which pseudo-nodes of the graph stand together.
    private func folding(of placement: NodePlacement) -> PseudoNodeFolding {
        guard folding != .none, folding != .automatic || mayHaveManyPseudoNodes else { return .unfolded }
        var fold = GraphFold(placement: placement, namespaces: namespaces, resolver: resolver)
        var nodes: [String: Node] = [:]
        forEachRow(&fold) { fold, row, report, choice in
            for node in fold.pseudoNodes(of: row, of: report, choice: choice) { nodes[node.id] = node }
        }
        return PseudoNodeFolding(nodes: nodes.values, policy: folding)
    }

    /// Whether there are as many addresses that the inventory does not know; without names for
    /// them, each would be a pseudo-node.
    private var mayHaveManyPseudoNodes: Bool {
        var strangers: Set<Endpoint> = []
        for report in reports {
            for row in report.edges {
                for end in [row.key.client, row.key.server] where !strangers.contains(end) {
                    guard !resolver.knows(end, throughout: window) else { continue }
                    strangers.insert(end)
                    if strangers.count > PseudoNodeFolding.maximumUnfolded { return true }
                }
            }
        }
        return false
    }
}
