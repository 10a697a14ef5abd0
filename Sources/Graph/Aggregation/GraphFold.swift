// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Adds rows up to the edges and nodes of one level.
struct GraphFold {
    private struct EdgeSlot: Hashable {
        let client: Int
        let server: Int
        let port: UInt16
        let transport: TransportProtocol
    }

    private struct DialledSlot: Hashable {
        let id: String
        let port: UInt16
    }

    private struct EdgeSum {
        var metrics = EdgeMetrics()
        var isObserved = false
        var dialled: [DialledSlot: UInt64] = [:]
        var reporters: Set<String> = []

        mutating func add(
            _ row: EdgeMetrics,
            isObserved: Bool,
            dialled: [(slot: DialledSlot, connections: UInt64)],
            reporter: String
        ) {
            metrics.merge(row)
            self.isObserved = self.isObserved || isObserved
            for (slot, connections) in dialled {
                self.dialled[slot] = (self.dialled[slot] ?? 0).addingSaturated(connections)
            }
            reporters.insert(reporter)
        }
    }

    private struct NodeSum {
        var node: Node
        var addresses: Set<IPAddress> = []
    }

    /// One question to the resolver.
    private struct Question: Hashable {
        let cluster: String
        let endpoint: Endpoint
        let port: UInt16
        let transport: TransportProtocol
        let role: EndpointRole
    }

    /// What an endpoint was, and the node that stands for it at the level.
    private struct Answer {
        let identity: Identity
        let node: Node

        var service: ServiceIdentity? {
            if case .service(let service) = identity.subject { service } else { nil }
        }
    }

    private let placement: NodePlacement
    private let namespaces: Set<String>
    private let resolver: IdentityResolver

    private var window = Window.containing(Timestamp(nanoseconds: 0))
    /// Answers hold for one window: addresses change hands.
    private var answers: [Question: Answer] = [:]
    private var nodes: [NodeSum] = []
    private var positions: [String: Int] = [:]
    private var edges: [EdgeSlot: EdgeSum] = [:]

    init(placement: NodePlacement, namespaces: Set<String>, resolver: IdentityResolver) {
        self.placement = placement
        self.namespaces = namespaces
        self.resolver = resolver
    }

    /// Rows from here on are of the given window.
    mutating func begin(_ window: Window) {
        self.window = window
        answers.removeAll(keepingCapacity: true)
    }

    /// Adds a row to its edge.
    ///
    /// - Parameters:
    ///   - row: A row of the report.
    ///   - report: Where it is from.
    ///   - choice: Who speaks for which clients in this window.
    ///   - holdsGauges: Whether this is the reporter's last window of the range, whose gauges count.
    mutating func add(_ row: EdgeRow, of report: WindowReport, choice: ReporterChoice, holdsGauges: Bool) {
        guard let ends = ends(of: row, of: report, choice: choice) else { return }
        let (client, oriented) = (ends.client, ends.row)
        let slot = EdgeSlot(
            client: absorb(client, addresses: [oriented.client.address]),
            server: absorb(ends.server, addresses: ends.serverAddresses),
            port: oriented.port,
            transport: oriented.transport
        )
        var metrics = oriented.metrics
        if !holdsGauges { metrics.clearGauges() }
        let used = ends.dialled.map { entry in
            let service = entry.answer.service.map { placement.dialledID(of: $0, cluster: report.cluster) }
            let slot = DialledSlot(id: service ?? entry.answer.node.id, port: entry.dialled.port)
            return (slot: slot, connections: entry.connections)
        }
        edges[slot, default: EdgeSum()].add(
            metrics,
            isObserved: oriented.direction == .observed,
            dialled: used,
            reporter: report.reporter.id
        )
    }

    /// The nodes and edges of everything added, addresses sorted and capped.
    func finish(_ spans: inout ObservedSpans) -> (nodes: [Node], edges: [Edge]) {
        let finished = nodes.map { sum in
            var node = sum.node
            node.addresses = Array(sum.addresses.sorted().prefix(Node.maximumAddresses))
            return node
        }
        var drawn: [Edge] = []
        for (slot, sum) in edges {
            var edge = Edge(
                client: finished[slot.client].id,
                server: finished[slot.server].id,
                port: slot.port,
                transport: slot.transport,
                direction: sum.isObserved ? .observed : .inferred,
                metrics: sum.metrics,
                observedSeconds: spans.seconds(of: sum.reporters)
            )
            edge.dialled = sum.dialled
                .map { Edge.Dialled(id: $0.key.id, port: $0.key.port, connections: $0.value) }
                .sorted { ($0.id, $0.port) < ($1.id, $1.port) }
            drawn.append(edge)
        }
        return (finished, drawn)
    }

    /// The id of the edge that a row belongs to.
    ///
    /// - Parameters:
    ///   - row: A row of the report.
    ///   - report: Where it is from.
    ///   - choice: Who speaks for which clients in this window.
    /// - Returns: `nil` where the row is left out.
    mutating func edgeID(of row: EdgeRow, of report: WindowReport, choice: ReporterChoice) -> String? {
        guard let ends = ends(of: row, of: report, choice: choice) else { return nil }
        return Edge.id(
            client: ends.client.id,
            server: ends.server.id,
            port: ends.row.port,
            transport: ends.row.transport
        )
    }

    /// The pseudo-nodes among the ends of the edge that a row belongs to.
    mutating func pseudoNodes(of row: EdgeRow, of report: WindowReport, choice: ReporterChoice) -> [Node] {
        guard let ends = ends(of: row, of: report, choice: choice) else { return [] }
        return [ends.client, ends.server].filter(\.kind.isPseudo)
    }

    // MARK: - Identities

    /// A row and the nodes it lies between.
    private struct Ends {
        let row: OrientedRow
        let client: Node
        let server: Node
        let serverAddresses: Set<IPAddress>
        let dialled: [DialledAnswer]
    }

    private mutating func ends(of row: EdgeRow, of report: WindowReport, choice: ReporterChoice) -> Ends? {
        let oriented = OrientedRow(row, in: window, by: resolver)
        guard choice.counts(client: oriented.client, reporter: report.reporter.id) else { return nil }
        let (cluster, transport) = (report.cluster, oriented.transport)
        let client = answer(oriented.client, port: 0, transport, as: .client, in: cluster)
        let server = answer(oriented.server, port: oriented.port, transport, as: .server, in: cluster)
        let dialled = oriented.dialled.map { dialled, connections in
            let answer = answer(dialled.endpoint, port: dialled.port, transport, as: .dialled, in: cluster)
            return DialledAnswer(dialled: dialled, connections: connections, answer: answer)
        }
        var serverNode = server.node
        var serverAddresses: Set<IPAddress> = [oriented.server.address]
        // What a pod's own label puts into a group is there at every level.
        if placement.level == .service, server.node.kind != .group,
            let service = Self.busiestService(dialled),
            let answer = dialled.first(where: { $0.answer.service == service })?.answer
        {
            serverNode = answer.node
            serverNode.isInferred = server.identity.isInferred
            for entry in dialled where entry.answer.service == service {
                serverAddresses.insert(entry.dialled.endpoint.address)
            }
        }
        guard keeps(client.node, client.identity) || keeps(serverNode, server.identity) else { return nil }
        return Ends(
            row: oriented,
            client: client.node,
            server: serverNode,
            serverAddresses: serverAddresses,
            dialled: dialled
        )
    }

    private struct DialledAnswer {
        let dialled: EdgeRow.Dialled
        let connections: UInt64
        let answer: Answer
    }

    private mutating func answer(
        _ endpoint: Endpoint,
        port: UInt16,
        _ transport: TransportProtocol,
        as role: EndpointRole,
        in cluster: String
    ) -> Answer {
        let question = Question(
            cluster: cluster,
            endpoint: endpoint,
            port: port,
            transport: transport,
            role: role
        )
        if let answer = answers[question] { return answer }
        let identity = resolver.identity(of: endpoint, port: port, transport: transport, as: role, in: window)
        let node = placement.node(for: identity, cluster: cluster, scope: endpoint.scope)
        let answer = Answer(identity: identity, node: node)
        answers[question] = answer
        return answer
    }

    /// The Service that most connections dialled; the least by name among equals.
    private static func busiestService(_ dialled: [DialledAnswer]) -> ServiceIdentity? {
        var connections: [ServiceIdentity: UInt64] = [:]
        for entry in dialled {
            guard let service = entry.answer.service else { continue }
            connections[service] = (connections[service] ?? 0).addingSaturated(entry.connections)
        }
        return connections.min { left, right in
            left.value != right.value ? left.value > right.value : left.key < right.key
        }?.key
    }

    // MARK: - Nodes

    private func keeps(_ node: Node, _ identity: Identity) -> Bool {
        guard !namespaces.isEmpty else { return true }
        guard let namespace = node.namespace ?? identity.namespace else { return false }
        return namespaces.contains(namespace)
    }

    /// Adds what was learned of a node and tells its position.
    private mutating func absorb(_ node: Node, addresses: Set<IPAddress>) -> Int {
        guard let position = positions[node.id] else {
            positions[node.id] = nodes.count
            nodes.append(NodeSum(node: node, addresses: addresses))
            return nodes.count - 1
        }
        nodes[position].addresses.formUnion(addresses)
        nodes[position].node.identifiedBy = min(nodes[position].node.identifiedBy, node.identifiedBy)
        nodes[position].node.isInferred = nodes[position].node.isInferred || node.isInferred
        // Strings that differ only in how they compose a letter are equal to Swift and unequal
        // in bytes: the least stands for both, whichever came first.
        if node.id.utf8.lexicographicallyPrecedes(nodes[position].node.id.utf8) {
            nodes[position].node.id = node.id
            nodes[position].node.name = node.name
        }
        return position
    }
}
