// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Folds window reports into a service graph.
///
/// Reports come in any order. Names come from the inventory as it was at each window.
///
/// It is the plain way, one report after the other, by value. A store reads its blocks faster;
/// `GraphPlan` decides for both which edge a row belongs to.
package struct GraphBuilder {
    /// A report is applied exactly once.
    private struct ReportID: Hashable {
        let cluster: String
        let reporter: String
        let window: Window
        let sequence: UInt64
    }

    private let window: Window
    private let query: GraphQuery
    private let resolver: IdentityResolver
    private let names: GraphPlan?
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
    ///   - names: A plan of a longer range whose names the nodes are to have.
    package init(window: Window, query: GraphQuery, resolver: IdentityResolver, names: GraphPlan? = nil) {
        self.window = window
        self.query = query
        self.resolver = resolver
        self.names = names
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
        var numbers: [String: Int] = [:]
        var lastWindow: [String: Timestamp] = [:]
        var coverage = Coverage()
        for report in reports {
            let reporter = report.reporter.id
            spans.note(report.observed, reporter: numbers.number(of: reporter))
            lastWindow[reporter] = max(lastWindow[reporter] ?? report.window.start, report.window.start)
            coverage.merge(report.coverage)
        }
        let (rows, graph) = place(numbers)
        var sums = [EdgeMetrics](repeating: EdgeMetrics(), count: graph.edgeCount)
        for row in rows where graph.slots[row.pair] >= 0 {
            let report = reports[row.report]
            var metrics = report.edges[row.edge].metrics
            if row.isTurned { metrics = metrics.reversed }
            if lastWindow[report.reporter.id] != report.window.start { metrics.clearGauges() }
            sums[Int(graph.slots[row.pair])].merge(metrics)
        }
        return graph.graph(window: window, spans: spans, coverage: coverage) { .own(sums[$0]) }
    }

    /// The sampled transactions of some edges of the graph, in no order.
    ///
    /// - Parameter isWanted: Whether those of the edge with an id are wanted.
    /// - Returns: None for edges that are not there.
    package func samples(ofEdges isWanted: (String) -> Bool) -> [EdgeSample] {
        let (rows, graph) = place([:])
        let ids = (0..<graph.edgeCount).map { slot in
            let id = graph.id(ofEdge: slot)
            return isWanted(id) ? id : nil
        }
        var samples: [EdgeSample] = []
        for row in rows where graph.slots[row.pair] >= 0 {
            guard let id = ids[Int(graph.slots[row.pair])] else { continue }
            for sample in reports[row.report].edges[row.edge].samples.sorted {
                samples.append(EdgeSample(edge: id, sample: sample))
            }
        }
        return samples
    }

    // MARK: - Places

    /// A row that counts, by positions.
    private struct Row {
        let report: Int
        let edge: Int
        let pair: Int
        let isTurned: Bool
    }

    /// An edge key of one cluster.
    private struct Key: Hashable {
        let cluster: String
        let key: EdgeKey
    }

    /// Hands every row to a plan, window by window.
    private func place(_ known: [String: Int]) -> (rows: [Row], graph: PlacedGraph) {
        var plan = GraphPlan(query: query, resolver: resolver)
        if let names { plan.note(namesOf: names) }
        var numbers = known
        var keys: [Key: Int] = [:]
        var rows: [Row] = []
        for (window, positions) in Dictionary(grouping: reports.indices, by: { reports[$0].window }) {
            var choice = ReporterChoice()
            for position in positions {
                choice.note(reports[position].localAddresses, reporter: reports[position].reporter.id)
            }
            for position in positions {
                let report = reports[position]
                let number = numbers.number(of: report.reporter.id)
                if !report.edges.isEmpty { plan.note(cluster: report.cluster) }
                for (index, row) in report.edges.enumerated() {
                    plan.note(scopesOf: row.key, cluster: report.cluster)
                    let isTurned = plan.isTurned(row.key, in: window)
                    let client = row.key.ends(isTurned: isTurned).client
                    guard choice.counts(client: client, reporter: report.reporter.id) else { continue }
                    let key = keys.number(of: Key(cluster: report.cluster, key: row.key))
                    let pair = plan.pair(
                        of: row,
                        key: key,
                        isTurned: isTurned,
                        in: window,
                        cluster: report.cluster
                    )
                    plan.note(reporter: number, on: pair)
                    rows.append(Row(report: position, edge: index, pair: pair, isTurned: isTurned))
                }
            }
        }
        return (rows, plan.placed())
    }
}

extension GraphPlan {
    /// The pair of one row of a base window.
    fileprivate mutating func pair(
        of row: EdgeRow,
        key: Int,
        isTurned: Bool,
        in window: Window,
        cluster: String
    ) -> Int {
        let transport = row.key.transport
        let ends = row.key.ends(isTurned: isTurned)
        func ask(_ endpoint: Endpoint, _ port: UInt16, _ role: EndpointRole) -> Int {
            party(endpoint, port: port, transport: transport, as: role, in: window, cluster: cluster)
        }
        let pair = pair(
            key: key,
            client: ask(ends.client, 0, .client),
            server: ask(ends.server, ends.port, .server),
            port: ends.port,
            transport: transport,
            isObserved: row.key.orientation != .undecided
        )
        for (address, connections) in row.dialled {
            // What was noted as dialled on a turned row is the client's own address. What the
            // client used to reach the server was the originator's.
            let (endpoint, port) = isTurned ? (ends.server, ends.port) : (address.endpoint, address.port)
            let party = isTurned && pairs[pair].dialled >= 0 ? nil : ask(endpoint, port, .dialled)
            note(
                dialled: party ?? Int(dialled[Int(pairs[pair].dialled)].party),
                port: port,
                connections: connections,
                on: pair
            )
        }
        return pair
    }
}

extension Dictionary where Value == Int {
    /// The number of a key, from 0 in the order they are asked for.
    fileprivate mutating func number(of key: Key) -> Int {
        if let number = self[key] { return number }
        self[key] = count
        return count - 1
    }
}
