// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Which nodes and which edge of a graph each stored row belongs to.
///
/// It is handed every row of the range before anything is summed, for some of it depends on all
/// of them: whether ids name clusters, and which Service most connections dialled. Whoever hands
/// rows over remembers what it got and sums by slot afterwards.
///
/// ```text
/// endpoint, window ── resolver ──→ party ┐
/// key, client party, server party ───────┴→ pair ── placed() ──→ slot of an edge, or left out
/// ```
///
/// Parties and pairs are positions. The same question asked twice gives two of them, which come
/// to the same slot in the end: whoever asks may keep answers, and should.
package struct GraphPlan: Sendable {
    /// What an endpoint was, by one answer of the resolver.
    struct Party: Sendable {
        let identity: Identity
        let endpoint: Endpoint
        let cluster: String
    }

    /// Rows of one edge key for as long as both its ends stay what they are.
    struct Pair: Sendable, BitwiseCopyable {
        /// The number of the edge key, equal for equal keys.
        let key: Int
        let client: Int32
        let server: Int32
        /// The server's port.
        let port: UInt16
        let transport: TransportProtocol
        let isObserved: Bool
        /// Position in `reporterSets`.
        var reporters: Int32 = 0
        /// The first in `dialled`; -1 for none.
        var dialled: Int32 = -1
    }

    /// What clients dialled: a list for each pair, linked by position.
    struct Dialled: Sendable, BitwiseCopyable {
        let party: Int32
        let port: UInt16
        let next: Int32
        var connections: UInt64
    }

    let query: GraphQuery
    let resolver: IdentityResolver
    private(set) var parties: [Party] = []
    private(set) var pairs: [Pair] = []
    private(set) var dialled: [Dialled] = []
    private(set) var reporters = ReporterSets()
    private(set) var clusters: Set<String> = []
    private(set) var ownScopes: Set<String> = []
    /// How pseudo-nodes stand together where another plan has decided it.
    private(set) var folding: PseudoNodeFolding?
    /// Whether parties are always one entity, not only one node at the level.
    let isExact: Bool
    /// Whether any party is several entities, which are one node.
    package internal(set) var isMerged = false

    /// - Parameters:
    ///   - query: The level to build and the namespaces to keep.
    ///   - resolver: Tells what endpoints were.
    ///   - isExact: Whether what an endpoint was in the course of time must be one entity, where one node would
    ///     do for a graph.
    package init(query: GraphQuery, resolver: IdentityResolver, isExact: Bool = false) {
        self.query = query
        self.resolver = resolver
        self.isExact = isExact
    }

    // MARK: - What there is

    /// Notes that a report of a cluster has rows.
    package mutating func note(cluster: String) { clusters.insert(cluster) }

    /// Notes the scopes of a row, also of one that does not count.
    package mutating func note(scopesOf key: EdgeKey, cluster: String) {
        if key.client.scope != cluster { ownScopes.insert(key.client.scope) }
        if key.server.scope != cluster { ownScopes.insert(key.server.scope) }
    }

    /// Takes over what names depend on from a plan of the same range that was handed more rows.
    package mutating func note(namesOf other: GraphPlan) {
        clusters.formUnion(other.clusters)
        ownScopes.formUnion(other.ownScopes)
        folding = other.folding ?? other.chosenFolding
    }

    /// The plan of all that was handed over, without any of it: what names depend on.
    ///
    /// - Parameter graph: What the plan came to.
    /// - Returns: A plan for `note(namesOf:)`.
    package func names(in graph: PlacedGraph) -> GraphPlan {
        var names = GraphPlan(query: query, resolver: resolver)
        names.clusters = clusters
        names.ownScopes = ownScopes
        names.folding = graph.folding
        return names
    }

    /// The number of the edge key of a pair.
    package func key(ofPair pair: Int) -> Int { pairs[pair].key }

    /// How many pairs there are.
    package var pairCount: Int { pairs.count }

    /// Whether the server of a key is its client in truth; see `EdgeKey.isTurned`.
    package func isTurned(_ key: EdgeKey, in window: Window) -> Bool {
        key.isTurned(in: window, by: resolver)
    }

    /// Asks what an endpoint was.
    ///
    /// - Parameters:
    ///   - endpoint: The address.
    ///   - port: The port it was used with; 0 for clients.
    ///   - transport: The transport of that port.
    ///   - role: Whether it called, answered or was dialled.
    ///   - window: When; a window with no change in it, or one of 10 s.
    ///   - cluster: The cluster of the report.
    ///   - isGuess: Whether it may have changed in the window and nobody can tell any more.
    /// - Returns: The position of the answer.
    package mutating func party(
        _ endpoint: Endpoint,
        port: UInt16,
        transport: TransportProtocol,
        as role: EndpointRole,
        in window: Window,
        cluster: String,
        isGuess: Bool = false
    ) -> Int {
        var identity = resolver.identity(of: endpoint, port: port, transport: transport, as: role, in: window)
        if isGuess {
            identity = Identity(
                subject: identity.subject,
                identifiedBy: identity.identifiedBy,
                isInferred: true
            )
        }
        return add(identity, endpoint, cluster: cluster)
    }

    mutating func add(_ identity: Identity, _ endpoint: Endpoint, cluster: String) -> Int {
        parties.append(Party(identity: identity, endpoint: endpoint, cluster: cluster))
        return parties.count - 1
    }

    /// Begins a pair.
    ///
    /// - Parameters:
    ///   - key: The number of the edge key.
    ///   - client: The party that calls.
    ///   - server: The party that answers.
    ///   - port: The server's port.
    ///   - transport: Of the edge.
    ///   - isObserved: Whether traffic told the direction.
    /// - Returns: The position of the pair.
    package mutating func pair(
        key: Int,
        client: Int,
        server: Int,
        port: UInt16,
        transport: TransportProtocol,
        isObserved: Bool
    ) -> Int {
        pairs.append(
            Pair(
                key: key,
                client: Int32(truncatingIfNeeded: client),
                server: Int32(truncatingIfNeeded: server),
                port: port,
                transport: transport,
                isObserved: isObserved
            )
        )
        return pairs.count - 1
    }

    // MARK: - What a row adds

    /// Notes who reported a pair; reporters are numbered from 0 by whoever hands rows over.
    package mutating func note(reporter: Int, on pair: Int) {
        let set = reporters.adding(reporter, to: Int(pairs[pair].reporters))
        pairs[pair].reporters = Int32(truncatingIfNeeded: set)
    }

    /// Notes connections to an address that clients used to reach the server of a pair.
    package mutating func note(dialled party: Int, port: UInt16, connections: UInt64, on pair: Int) {
        var position = pairs[pair].dialled
        while position >= 0 {
            let entry = dialled[Int(position)]
            if Int(entry.party) == party, entry.port == port {
                dialled[Int(position)].connections.addSaturated(connections)
                return
            }
            position = entry.next
        }
        let entry = Dialled(
            party: Int32(truncatingIfNeeded: party),
            port: port,
            next: pairs[pair].dialled,
            connections: connections
        )
        pairs[pair].dialled = Int32(truncatingIfNeeded: dialled.count)
        dialled.append(entry)
    }

    /// What clients of a pair dialled.
    func dialled(of pair: Pair) -> [Dialled] {
        var entries: [Dialled] = []
        var position = pair.dialled
        while position >= 0 {
            let entry = dialled[Int(position)]
            entries.append(entry)
            position = entry.next
        }
        return entries
    }
}
