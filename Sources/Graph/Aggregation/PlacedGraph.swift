// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// The nodes and edges of a graph, before anything is summed.
package struct PlacedGraph: Sendable {
    /// An edge without its metrics.
    struct Slot: Sendable {
        let client: Int
        let server: Int
        let port: UInt16
        let transport: TransportProtocol
        var isObserved = false
        /// Position in `reporterSets`.
        var reporters = 0
        /// Few, in no order.
        var dialled: [Edge.Dialled] = []

        mutating func add(dialled id: String, port: UInt16, connections: UInt64) {
            for index in dialled.indices where dialled[index].port == port && dialled[index].id == id {
                dialled[index].connections.addSaturated(connections)
                return
            }
            dialled.append(Edge.Dialled(id: id, port: port, connections: connections))
        }
    }

    /// A node and all addresses it was seen under.
    struct NodeSum: Sendable {
        var node: Node
        /// Whether it is an end of an edge.
        var isUsed = false
        /// Whether what it stands for belongs into several boxes, so that it stands in none.
        var isTorn = false
        var addresses: Set<IPAddress> = []

        init(node: Node) {
            self.node = node
        }

        mutating func absorb(_ other: Node, _ address: IPAddress) {
            addresses.insert(address)
            guard isUsed else {
                node = other
                isUsed = true
                return
            }
            node.identifiedBy = min(node.identifiedBy, other.identifiedBy)
            node.isInferred = node.isInferred || other.isInferred
            if let box = node.box, let another = other.box, box != another { isTorn = true }
            node.box = isTorn ? nil : node.box ?? other.box
            // Strings that differ only in how they compose a letter are equal to Swift and unequal
            // in bytes: the least stands for both, whichever came first.
            if other.id.utf8.lexicographicallyPrecedes(node.id.utf8) {
                node.id = other.id
                node.name = other.name
            }
        }
    }

    let level: GraphLevel
    /// By pair, the position of its edge; -1 where it is left out.
    package let slots: [Int32]
    let nodes: [NodeSum]
    let edges: [Slot]
    let reporterSets: [[Int]]
    /// How pseudo-nodes stand together in it.
    let folding: PseudoNodeFolding

    /// The pseudo-nodes at the ends of its edges.
    var pseudoNodes: [Node] { nodes.filter { $0.isUsed && $0.node.kind.isPseudo }.map(\.node) }

    /// How many edges there are.
    package var edgeCount: Int { edges.count }

    /// The id of an edge.
    package func id(ofEdge slot: Int) -> String {
        let edge = edges[slot]
        return Edge.id(
            client: nodes[edge.client].node.id,
            server: nodes[edge.server].node.id,
            port: edge.port,
            transport: edge.transport
        )
    }

    /// The positions of the edges with an id.
    package func slots(ofEdge id: String) -> [Int] {
        let length = id.utf8.count
        return edges.indices.filter { slot in
            // To make an id takes long: first whether it could be this one.
            let edge = edges[slot]
            let ends = nodes[edge.client].node.id.utf8.count + nodes[edge.server].node.id.utf8.count
            return ends < length && ends + Edge.maximumLengthOfRest >= length && self.id(ofEdge: slot) == id
        }
    }

    /// The positions of all edges in the order of a graph.
    package var slotsInOrder: [Int] {
        let ids = nodes.map(\.node.id)
        return sortedEdges(ids, ids.indices.sorted { ids[$0] < ids[$1] })
    }

    /// About how many bytes its nodes and edges take.
    package var bytes: Int {
        slots.count * 4 + edges.count * (MemoryLayout<Slot>.stride + 64)
            + nodes.count * (MemoryLayout<NodeSum>.stride + 128)
    }

    /// The positions of all edges about in the order of their ids.
    ///
    /// Comparing as many long strings would take longer than all else, and what is in order need not be
    /// moved again.
    ///
    /// - Parameters:
    ///   - ids: Of the nodes.
    ///   - order: Their positions in the order of ids, which is nearly that with an arrow behind them.
    /// - Returns: The positions.
    private func sortedEdges(_ ids: [String], _ order: [Int]) -> [Int] {
        var ranks = [UInt64](repeating: 0, count: ids.count)
        let ends = ids.map { $0 + "->" }
        for (rank, node) in order.sorted(by: { ends[$0] < ends[$1] }).enumerated() {
            ranks[node] = UInt64(rank)
        }
        var ranked: [Ranked] = []
        ranked.reserveCapacity(edges.count)
        for (position, edge) in edges.enumerated() {
            // There are less than 2^24 nodes, by far: the rank of the server need not share its bits.
            let rank = ranks[edge.client] << 40 | ranks[edge.server] << 16 | UInt64(edge.port)
            ranked.append(Ranked(rank: rank, position: position))
        }
        ranked.sort { $0.rank < $1.rank }
        return ranked.map(\.position)
    }

    private struct Ranked: BitwiseCopyable {
        let rank: UInt64
        let position: Int
    }

    private func edge(
        _ slot: Slot,
        client: String,
        server: String,
        position: Int,
        seconds: Double
    ) -> Edge {
        let isSorted = slot.dialled.count <= 1
        return Edge(
            client: client,
            server: server,
            port: slot.port,
            transport: slot.transport,
            direction: slot.isObserved ? .observed : .inferred,
            dialled: isSorted ? slot.dialled : slot.dialled.sorted { ($0.id, $0.port) < ($1.id, $1.port) },
            figures: .pending(position: position),
            observedSeconds: seconds
        )
    }

    /// The graph, with the sums of each edge.
    ///
    /// - Parameters:
    ///   - window: The range.
    ///   - spans: What reporters watched, by their numbers.
    ///   - coverage: Of all reports.
    ///   - figures: The sums of an edge by position, asked for once each.
    /// - Returns: The graph.
    func graph(
        window: Window,
        spans: ObservedSpans,
        coverage: Coverage,
        figures: (Int) -> EdgeFigures
    ) -> ServiceGraph {
        var graph = drawn(window: window, spans: spans, coverage: coverage)
        graph.fill(figures)
        return graph
    }

    /// The graph without any sums, which `fill` is to put into it.
    ///
    /// - Parameters:
    ///   - window: The range.
    ///   - spans: What reporters watched, by their numbers.
    ///   - coverage: Of all reports.
    /// - Returns: The graph.
    package func drawn(window: Window, spans: ObservedSpans, coverage: Coverage) -> ServiceGraph {
        let finished = nodes.map { sum in
            var node = sum.node
            // Most pods have one.
            let isOne = sum.addresses.count == 1
            let addresses = isOne ? Array(sum.addresses) : sum.addresses.sorted()
            node.addresses = Array(addresses.prefix(Node.maximumAddresses))
            return node
        }
        let ids = finished.map(\.id)
        let order = ids.indices.sorted { ids[$0] < ids[$1] }
        let seconds = reporterSets.map { spans.seconds(of: $0, in: window) }
        let drawn = sortedEdges(ids, order).map { position in
            let slot = edges[position]
            return edge(
                slot,
                client: ids[slot.client],
                server: ids[slot.server],
                position: position,
                seconds: seconds[slot.reporters]
            )
        }
        return ServiceGraph(
            window: window,
            observedSeconds: spans.secondsOfAll,
            level: level,
            nodes: order.filter { nodes[$0].isUsed }.map { finished[$0] },
            edges: drawn,
            coverage: coverage
        )
    }
}

extension ServiceGraph {
    /// Gives the edges of a graph that was drawn without sums their own.
    ///
    /// - Parameter figures: The sums of an edge by position, asked for once each.
    package mutating func fill(_ figures: (Int) -> EdgeFigures) {
        for index in edges.indices {
            if case .pending(let position) = edges[index].figures { edges[index].figures = figures(position) }
        }
    }
}
