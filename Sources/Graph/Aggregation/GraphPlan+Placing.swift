// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension GraphPlan {
    /// Gives every pair its edge, once all rows were handed over.
    package func placed() -> PlacedGraph {
        var placement = placement
        if let folding {
            placement.folding = folding
            return placed(by: placement)
        }
        let unfolded = placed(by: placement)
        placement.folding = folding(of: unfolded)
        return placement.folding == .unfolded ? unfolded : placed(by: placement)
    }

    /// How the pseudo-nodes of everything that was handed over stand together.
    var chosenFolding: PseudoNodeFolding {
        query.folding == .none ? .unfolded : folding(of: placed(by: placement))
    }

    private func folding(of unfolded: PlacedGraph) -> PseudoNodeFolding {
        guard query.folding != .none else { return .unfolded }
        return PseudoNodeFolding(nodes: unfolded.pseudoNodes, policy: query.folding)
    }

    private func placed(by placement: NodePlacement) -> PlacedGraph {
        var placing = Placing(self, placement)
        for position in pairs.indices { placing.place(position) }
        return placing.finish()
    }

    /// How nodes are named, which depends on what the rows hold.
    var placement: NodePlacement {
        NodePlacement(
            level: query.level,
            namesClusters: clusters.count > 1,
            namesReporters: ownScopes.count > 1,
            group: query.group,
            collapsedNamespaces: Set(query.collapsed.compactMap(\.namespace)),
            collapsedLabels: query.collapsed.compactMap(\.label).sorted(),
            boxLabel: query.boxLabel
        )
    }
}

/// The work of giving pairs their nodes and edges.
private struct Placing {
    private struct SlotKey: Hashable {
        let client: Int
        let server: Int
        let port: UInt16
        let transport: TransportProtocol

        /// As one number: each number costs the same.
        func hash(into hasher: inout Hasher) {
            hasher.combine(client << 40 ^ server << 16 ^ Int(port))
        }
    }

    /// Rows of one edge key between the same nodes, which go to the same Service.
    private struct ServiceKey: Hashable {
        let key: Int
        let client: Int
        let server: Int
        let port: UInt16
        let transport: TransportProtocol
    }

    private let plan: GraphPlan
    private let placement: NodePlacement
    /// The node of each party, and where the node with its id lies in `nodes`.
    private let own: [Node]
    private var positions: [Int]
    private var nodes: [PlacedGraph.NodeSum] = []
    private var positionsByID: [String: Int] = [:]
    private var isAbsorbed: [Bool]
    /// By party, the id of what is dialled there; empty where nobody asked.
    private var dialledIDs: [String]
    /// At level service: the party of the Service that the rows of a key dialled most.
    private var services: [ServiceKey: Int] = [:]

    private var slots: [Int32]
    private var edges: [PlacedGraph.Slot] = []
    private var edgePositions: [SlotKey: Int] = [:]
    private var reporters = ReporterSets()

    init(_ plan: GraphPlan, _ placement: NodePlacement) {
        self.plan = plan
        self.placement = placement
        own = plan.parties.map {
            placement.node(for: $0.identity, cluster: $0.cluster, scope: $0.endpoint.scope)
        }
        positions = [Int](repeating: -1, count: own.count)
        isAbsorbed = [Bool](repeating: false, count: own.count)
        dialledIDs = [String](repeating: "", count: own.count)
        slots = [Int32](repeating: -1, count: plan.pairs.count)
        edges.reserveCapacity(plan.pairs.count)
        edgePositions.reserveCapacity(plan.pairs.count)
        reporters = plan.reporters
        if plan.query.level == .service { chooseServices() }
    }

    mutating func place(_ position: Int) {
        let pair = plan.pairs[position]
        let (client, server) = (Int(pair.client), Int(pair.server))
        let party = services.isEmpty ? nil : services[serviceKey(of: pair)]
        let service = party.flatMap { plan.parties[$0].service }
        let serviceNode = party.map { node(of: $0, server: server) }
        guard keeps(own[client], client) || keeps(serviceNode ?? own[server], server) else { return }
        let clientPosition = absorb(client)
        let serverPosition = serviceNode.map { absorb($0, plan.parties[server].endpoint) } ?? absorb(server)
        let key = SlotKey(
            client: clientPosition,
            server: serverPosition,
            port: pair.port,
            transport: pair.transport
        )
        let slot = edgePositions[key] ?? edges.count
        if slot == edges.count {
            edgePositions[key] = slot
            edges.append(
                PlacedGraph.Slot(
                    client: clientPosition,
                    server: serverPosition,
                    port: pair.port,
                    transport: pair.transport
                )
            )
        }
        slots[position] = Int32(truncatingIfNeeded: slot)
        if pair.isObserved { edges[slot].isObserved = true }
        // The sets here begin as those of the plan.
        if edges[slot].reporters == 0 {
            edges[slot].reporters = Int(pair.reporters)
        } else if edges[slot].reporters != Int(pair.reporters) {
            for reporter in plan.reporters.sets[Int(pair.reporters)] {
                edges[slot].reporters = reporters.adding(reporter, to: edges[slot].reporters)
            }
        }
        addDialled(of: pair, to: slot, service: service, server: serverPosition)
    }

    func finish() -> PlacedGraph {
        PlacedGraph(
            level: plan.query.level,
            slots: slots,
            nodes: nodes,
            edges: edges,
            reporterSets: reporters.sets,
            folding: placement.folding
        )
    }

    private mutating func addDialled(
        of pair: GraphPlan.Pair,
        to slot: Int,
        service: ServiceIdentity?,
        server: Int
    ) {
        var position = pair.dialled
        while position >= 0 {
            let entry = plan.dialled[Int(position)]
            position = entry.next
            let party = Int(entry.party)
            edges[slot].add(dialled: dialledID(of: party), port: entry.port, connections: entry.connections)
            if let service, plan.parties[party].service == service {
                nodes[server].addresses.insert(plan.parties[party].endpoint.address)
            }
        }
    }

    private mutating func dialledID(of party: Int) -> String {
        if dialledIDs[party].isEmpty {
            let cluster = plan.parties[party].cluster
            let service = plan.parties[party].service
            dialledIDs[party] =
                service.map { placement.dialledID(of: $0, cluster: cluster) } ?? own[party].id
        }
        return dialledIDs[party]
    }

    // MARK: - Services

    /// The Service that most connections of a key dialled; the least by name among equals.
    private mutating func chooseServices() {
        var sums: [ServiceKey: [ServiceIdentity: (party: Int, connections: UInt64)]] = [:]
        // What a pod's own label puts into a group is there at every level.
        for pair in plan.pairs where own[Int(pair.server)].kind != .group {
            var position = pair.dialled
            while position >= 0 {
                let entry = plan.dialled[Int(position)]
                position = entry.next
                let party = Int(entry.party)
                guard let service = plan.parties[party].service else { continue }
                let key = serviceKey(of: pair)
                var sum = sums[key]?[service] ?? (party, 0)
                sum.connections.addSaturated(entry.connections)
                // A label may have changed meanwhile: the least id, whichever came first.
                if own[party].id < own[sum.party].id { sum.party = party }
                sums[key, default: [:]][service] = sum
            }
        }
        services = sums.compactMapValues { sums in
            sums.min { left, right in
                let (mine, theirs) = (left.value.connections, right.value.connections)
                return mine != theirs ? mine > theirs : left.key < right.key
            }?.value.party
        }
    }

    private mutating func serviceKey(of pair: GraphPlan.Pair) -> ServiceKey {
        ServiceKey(
            key: pair.key,
            client: find(Int(pair.client)),
            server: find(Int(pair.server)),
            port: pair.port,
            transport: pair.transport
        )
    }

    private func node(of service: Int, server: Int) -> Node {
        var node = own[service]
        node.isInferred = plan.parties[server].identity.isInferred
        return node
    }

    // MARK: - Nodes

    private func keeps(_ node: Node, _ party: Int) -> Bool {
        guard !plan.query.namespaces.isEmpty else { return true }
        guard let namespace = node.namespace ?? plan.parties[party].identity.namespace else { return false }
        return plan.query.namespaces.contains(namespace)
    }

    /// Where the node of a party is.
    private mutating func find(_ party: Int) -> Int {
        if positions[party] < 0 { positions[party] = find(own[party]) }
        return positions[party]
    }

    private mutating func find(_ node: Node) -> Int {
        if let position = positionsByID[node.id] { return position }
        positionsByID[node.id] = nodes.count
        nodes.append(PlacedGraph.NodeSum(node: node))
        return nodes.count - 1
    }

    /// Adds what was learned of a node by a party at an end of an edge.
    private mutating func absorb(_ party: Int) -> Int {
        let position = find(party)
        guard !isAbsorbed[party] else { return position }
        isAbsorbed[party] = true
        nodes[position].absorb(own[party], plan.parties[party].endpoint.address)
        return position
    }

    private mutating func absorb(_ node: Node, _ endpoint: Endpoint) -> Int {
        let position = find(node)
        nodes[position].absorb(node, endpoint.address)
        return position
    }
}

extension GraphPlan.Party {
    var service: ServiceIdentity? {
        if case .service(let service) = identity.subject { service } else { nil }
    }
}
