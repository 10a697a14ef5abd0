// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph

/// Hands the rows of blocks to a plan, and remembers its answers by id for as long as they hold.
struct RowPlacer: ~Copyable {
    /// What became of a row.
    enum Place {
        case pair(Int, isTurned: Bool)
        /// Another reporter counts it.
        case leftOut
        /// Its ends changed while it was active: finer windows tell.
        case ambiguous
    }

    /// How it is told whether rows count.
    enum Counting {
        case kept(Counted)
        /// By who was nearest to the client in a base window.
        case nearest(ReporterChoice, reporter: String)
    }

    /// Whose rows they are, and when.
    struct Origin {
        /// The window of the block.
        let window: Window
        let isBase: Bool
        /// Whether there is nothing finer to ask.
        let isFinest: Bool
        let cluster: UInt64
        let clusterName: String
        let reporter: Int
        let counting: Counting
    }

    /// The last answer for an edge.
    private struct Known {
        var cluster: UInt64 = 0
        var from = Timestamp(nanoseconds: .max)
        var to = Timestamp(nanoseconds: .min)
        var pair: Int32 = -1
        /// The party of the server's own address as dialled; -1 if nobody asked.
        var ownDialled: Int32 = -1
        var isTurned = false

        /// Whether it answers for a time.
        func holds(_ cluster: UInt64, _ activity: Window) -> Bool {
            self.cluster == cluster && from <= activity.start && activity.end <= to
        }

        /// Whether it answers for what clients dialled: nothing, or the server's own address.
        func knows(_ dialled: [BlockRow.Dialled]) -> Bool {
            dialled.isEmpty || (dialled.count == 1 && dialled[0].endpoint == 0 && ownDialled >= 0)
        }
    }

    private struct PartyKey: Hashable {
        let endpoint: UInt64
        let cluster: UInt64
        let port: UInt16
        let transport: TransportProtocol
        let role: EndpointRole
    }

    private struct KnownParty {
        let from: Timestamp
        let to: Timestamp
        let party: Int
    }

    private(set) var plan: GraphPlan
    private(set) var dictionary: FoldDictionary
    private var known: [Known] = []
    private var knownShard = UInt64.max
    private var shards: [UInt64: [Known]] = [:]
    private var memory = EndpointMemory()
    /// What does not fit into the memory: endpoints on several ports.
    private var parties: [PartyKey: KnownParty] = [:]
    private var clusters: [UInt64: Int] = [:]

    init(query: GraphQuery, resolver: IdentityResolver, dictionary: FoldDictionary) {
        plan = GraphPlan(query: query, resolver: resolver)
        self.dictionary = dictionary
    }

    /// Notes that a report of a cluster has rows.
    mutating func note(cluster: String) { plan.note(cluster: cluster) }

    /// Takes over what names depend on; see `GraphPlan`.
    mutating func note(namesOf other: GraphPlan) { plan.note(namesOf: other) }

    /// The text of a string id.
    mutating func string(_ id: UInt64, _ database: Database) throws -> String {
        try dictionary.string(id, database)
    }

    mutating func endpoint(_ id: UInt64, _ database: Database) throws -> Endpoint {
        try dictionary.endpoint(id, database)
    }

    /// Rows from here on are of one shard.
    mutating func begin(shard: UInt64) {
        guard shard != knownShard else { return }
        if knownShard != .max { shards[knownShard] = known }
        known = shards.removeValue(forKey: shard) ?? [Known](repeating: Known(), count: Self.shardLength)
        knownShard = shard
    }

    private static let shardLength = Int(BlockFormat.edgesPerShard)

    // MARK: - Rows

    /// Finds the pair of a row.
    ///
    /// - Parameters:
    ///   - edge: The id of its edge, of the shard that was begun.
    ///   - activity: From the start of its first base window to the end of its last.
    ///   - origin: Whose it is.
    ///   - database: The snapshot.
    ///   - dialled: The addresses that clients used.
    /// - Returns: The pair, which has learned of the reporter and the dialled addresses.
    /// - Throws: What is wrong with the dictionaries.
    mutating func place(
        _ edge: UInt64,
        activity: Window,
        _ origin: Origin,
        _ database: Database,
        dialled: [BlockRow.Dialled]
    ) throws -> Place {
        let last = known[Int(edge % BlockFormat.edgesPerShard)]
        let stored = try dictionary.edge(edge, database)
        guard last.pair >= 0, last.holds(origin.cluster, activity), last.knows(dialled) else {
            return try placeAnew(edge, stored, activity: activity, origin, database, dialled: dialled)
        }
        guard try counts(stored, isTurned: last.isTurned, origin, database) else { return .leftOut }
        let pair = Int(last.pair)
        plan.note(reporter: origin.reporter, on: pair)
        if let own = dialled.first {
            let party = Int(last.ownDialled)
            plan.note(dialled: party, port: stored.port, connections: own.connections, on: pair)
        }
        return .pair(pair, isTurned: last.isTurned)
    }

    private mutating func placeAnew(
        _ edge: UInt64,
        _ stored: FoldDictionary.Edge,
        activity: Window,
        _ origin: Origin,
        _ database: Database,
        dialled: [BlockRow.Dialled]
    ) throws -> Place {
        let position = Int(edge % BlockFormat.edgesPerShard)
        let key = try dictionary.key(stored, database)
        if known[position].cluster != origin.cluster {
            plan.note(scopesOf: key, cluster: origin.clusterName)
            known[position] = Known(cluster: origin.cluster)
        }
        var answers = Answers(activity: activity, origin: origin)
        answers.span = constancy(of: key, stored, around: activity)
        if answers.span == nil, !origin.isBase {
            answers.course = plan.course(of: key, in: activity)
        }
        if answers.span != nil || answers.course != nil || origin.isBase,
            let place = try place(edge, stored, key, answers, database, dialled: dialled)
        {
            return place
        }
        guard origin.isFinest else { return .ambiguous }
        answers.isGuess = true
        return try place(edge, stored, key, answers, database, dialled: dialled) ?? .ambiguous
    }

    /// Finds the pair of a row whose ends are asked for in one way.
    ///
    /// - Returns: `nil` where an end was not one thing all the time.
    private mutating func place(
        _ edge: UInt64,
        _ stored: FoldDictionary.Edge,
        _ key: EdgeKey,
        _ answers: Answers,
        _ database: Database,
        dialled: [BlockRow.Dialled]
    ) throws -> Place? {
        let origin = answers.origin
        let isTurned = answers.course?.isTurned ?? plan.isTurned(key, in: answers.window)
        guard try counts(stored, isTurned: isTurned, origin, database) else { return .leftOut }
        let (caller, answerer, port) =
            isTurned
            ? (stored.server, stored.client, stored.originatorPort)
            : (stored.client, stored.server, stored.port)
        let transport = stored.transport
        guard let client = try ask(caller, 0, transport, .client, answers, database),
            let server = try ask(answerer, port, transport, .server, answers, database)
        else { return nil }
        var used: [(party: Int, port: UInt16, connections: UInt64)] = []
        for entry in dialled {
            // What was noted as dialled on a turned row is the client's own address. What the
            // client used to reach the server was the originator's.
            let isOwn = isTurned || entry.endpoint == 0
            let (endpoint, port) = isOwn ? (answerer, port) : (entry.endpoint, entry.port)
            guard let party = try ask(endpoint, port, transport, .dialled, answers, database) else {
                return nil
            }
            used.append((party, port, entry.connections))
        }

        let position = Int(edge % BlockFormat.edgesPerShard)
        let pair: Int
        if known[position].pair >= 0, known[position].holds(origin.cluster, answers.activity) {
            pair = Int(known[position].pair)
        } else {
            pair = plan.pair(
                key: number(of: edge, cluster: origin.cluster),
                client: client,
                server: server,
                port: port,
                transport: transport,
                isObserved: stored.orientation != .undecided
            )
            if let span = answers.span {
                known[position] = Known(
                    cluster: origin.cluster,
                    from: span.start,
                    to: span.end,
                    pair: Int32(truncatingIfNeeded: pair),
                    isTurned: isTurned
                )
            }
        }
        if answers.span != nil, !isTurned, dialled.count == 1, dialled[0].endpoint == 0 {
            known[position].ownDialled = Int32(truncatingIfNeeded: used[0].party)
        }
        plan.note(reporter: origin.reporter, on: pair)
        for entry in used {
            plan.note(dialled: entry.party, port: entry.port, connections: entry.connections, on: pair)
        }
        return .pair(pair, isTurned: isTurned)
    }

    private mutating func counts(
        _ edge: FoldDictionary.Edge,
        isTurned: Bool,
        _ origin: Origin,
        _ database: Database
    ) throws -> Bool {
        switch origin.counting {
        case .kept(.always): return true
        case .kept(.ifStraight): return !isTurned
        case .kept(.ifTurned): return isTurned
        case .kept(.never): return false
        case .nearest(let choice, let reporter):
            let client = try dictionary.endpoint(isTurned ? edge.server : edge.client, database)
            return choice.counts(client: client, reporter: reporter)
        }
    }

    // MARK: - Answers

    /// How the ends of one row are asked for.
    private struct Answers {
        let activity: Window
        let origin: Origin
        /// The time in which both ends are what they were while it was active.
        var span: Window?
        /// Where something changed while it was active, and all may be told nevertheless.
        var course: GraphPlan.Course?
        /// Whether nobody can tell any more, and the answer is the likeliest.
        var isGuess = false

        init(activity: Window, origin: Origin) {
            self.activity = activity
            self.origin = origin
        }

        /// Where nothing changed, one base window is as good as all.
        var window: Window { span == nil ? activity : Window.containing(activity.start) }
    }

    private mutating func ask(
        _ id: UInt64,
        _ port: UInt16,
        _ transport: TransportProtocol,
        _ role: EndpointRole,
        _ answers: Answers,
        _ database: Database
    ) throws -> Int? {
        let (activity, cluster) = (answers.activity, answers.origin.clusterName)
        let last = memory.answer(id, as: role)
        if let last, last.holds(answers.origin.cluster, port, transport, activity) { return Int(last.party) }
        let key = PartyKey(
            endpoint: id,
            cluster: answers.origin.cluster,
            port: port,
            transport: transport,
            role: role
        )
        // The first answer about an endpoint is in the memory alone.
        if let last, last.party >= 0, let known = parties[key], known.from <= activity.start,
            activity.end <= known.to
        {
            return known.party
        }
        let endpoint = try dictionary.endpoint(id, database)
        func ask(in window: Window, isGuess: Bool) -> Int {
            plan.party(
                endpoint,
                port: port,
                transport: transport,
                as: role,
                in: window,
                cluster: cluster,
                isGuess: isGuess
            )
        }
        if let span = constancy(of: endpoint, id, around: activity) {
            let party = ask(in: Window.containing(activity.start), isGuess: false)
            if let last, last.party >= 0 {
                parties[key] = KnownParty(from: span.start, to: span.end, party: party)
            } else {
                let answer = EndpointMemory.Answer(
                    cluster: answers.origin.cluster,
                    from: span.start,
                    to: span.end,
                    party: Int32(truncatingIfNeeded: party),
                    port: port,
                    transport: transport
                )
                memory.note(id, as: role, answer)
            }
            return party
        }
        if answers.origin.isBase { return ask(in: activity, isGuess: false) }
        // Of a dialled address the ends know nothing.
        let isOwnCourse = role == .dialled || answers.course == nil
        let course = isOwnCourse ? plan.course(in: activity, of: endpoint) : answers.course
        let settled = course.flatMap {
            plan.party(
                endpoint,
                port: port,
                transport: transport,
                as: role,
                along: $0,
                cluster: cluster
            )
        }
        return settled ?? (answers.isGuess ? ask(in: activity, isGuess: true) : nil)
    }

    /// The time around a window in which both ends are what they are in it.
    private mutating func constancy(
        of key: EdgeKey,
        _ stored: FoldDictionary.Edge,
        around window: Window
    ) -> Window? {
        guard let client = constancy(of: key.client, stored.client, around: window),
            let server = constancy(of: key.server, stored.server, around: window)
        else { return nil }
        return Window(start: max(client.start, server.start), end: min(client.end, server.end))
    }

    private mutating func constancy(of endpoint: Endpoint, _ id: UInt64, around window: Window) -> Window? {
        if let known = memory.span(id, around: window) { return known }
        guard let span = plan.constancy(of: endpoint, around: window) else { return nil }
        memory.note(id, span: span)
        return span
    }

    /// The id of the edge that a key of the plan stands for.
    static func edge(ofKey key: Int) -> UInt64 { UInt64(truncatingIfNeeded: key) >> 16 }

    /// Equal for rows of one key in one cluster.
    private mutating func number(of edge: UInt64, cluster: UInt64) -> Int {
        let known = clusters[cluster]
        let number = known ?? clusters.count
        if known == nil { clusters[cluster] = number }
        return Int(truncatingIfNeeded: edge << 16 | UInt64(truncatingIfNeeded: number & 0xFFFF))
    }
}
