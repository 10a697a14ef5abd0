// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph

/// Hands the rows of blocks to a plan, and remembers its answers by id for as long as they hold.
struct RowPlacer: ~Copyable {
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
    private var parties: [CourseMemory.Subject: KnownParty] = [:]
    private var clusters: [UInt64: Int] = [:]
    private var courses = CourseMemory()

    init(query: GraphQuery, resolver: IdentityResolver, isExact: Bool, dictionary: FoldDictionary) {
        plan = GraphPlan(query: query, resolver: resolver, isExact: isExact)
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
    ///   - spans: When it was active, where it rested for long in between; else nothing.
    ///   - origin: Whose it is.
    ///   - database: The snapshot.
    ///   - dialled: The addresses that clients used.
    /// - Returns: The pair, which has learned of the reporter and the dialled addresses.
    /// - Throws: What is wrong with the dictionaries.
    mutating func place(
        _ edge: UInt64,
        activity: Window,
        spans: [Window],
        _ origin: Origin,
        _ database: Database,
        dialled: [BlockRow.Dialled]
    ) throws -> Place {
        let last = known[Int(edge % BlockFormat.edgesPerShard)]
        let stored = try dictionary.edge(edge, database)
        guard last.pair >= 0, last.holds(origin.cluster, activity), last.knows(dialled) else {
            let answers = Answers(
                activity: activity,
                spans: spans.isEmpty ? [activity] : spans,
                origin: origin
            )
            return try placeAnew(edge, stored, answers, database, dialled: dialled)
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
        _ answers: Answers,
        _ database: Database,
        dialled: [BlockRow.Dialled]
    ) throws -> Place {
        let (origin, activity) = (answers.origin, answers.activity)
        let position = Int(edge % BlockFormat.edgesPerShard)
        let key = try dictionary.key(stored, database)
        if known[position].cluster != origin.cluster {
            plan.note(scopesOf: key, cluster: origin.clusterName)
            known[position] = Known(cluster: origin.cluster)
        }
        var answers = answers
        answers.span = constancy(of: key, stored, around: activity)
        if answers.span == nil, !origin.isBase {
            answers.isTurned = plan.isTurned(key, throughout: answers.spans)
        }
        if answers.span != nil || answers.isTurned != nil || origin.isBase,
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
        let isTurned = answers.isTurned ?? plan.isTurned(key, in: answers.window)
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
        /// The parts of it in which it was active for all that is known.
        let spans: [Window]
        let origin: Origin
        /// The time in which both ends are what they were while it was active.
        var span: Window?
        /// Where something changed while it was active: whether its ends are exchanged, if all along alike.
        var isTurned: Bool?
        /// Whether nobody can tell any more, and the answer is the likeliest.
        var isGuess = false

        init(activity: Window, spans: [Window], origin: Origin) {
            self.activity = activity
            self.spans = spans
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
        let key = CourseMemory.Subject(
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
        let cuts = cuts(of: endpoint, id)
        let mark = CourseMemory.Mark(answers.spans, cuts)
        let settled: Int
        if let known = courses.party(of: key, mark) {
            settled = known
        } else {
            let found = plan.party(
                endpoint,
                port: port,
                transport: transport,
                as: role,
                throughout: answers.spans,
                cuts: cuts,
                cluster: cluster
            )
            settled = found ?? -1
            courses.note(settled, of: key, mark)
        }
        guard settled < 0 else { return settled }
        return answers.isGuess ? ask(in: activity, isGuess: true) : nil
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

    private mutating func cuts(of endpoint: Endpoint, _ id: UInt64) -> [Timestamp] {
        if let known = courses.cuts[id] { return known }
        let found = plan.cuts(of: endpoint)
        courses.cuts[id] = found
        return found
    }

    private mutating func constancy(of endpoint: Endpoint, _ id: UInt64, around window: Window) -> Window? {
        if let known = memory.span(id, around: window) { return known }
        if window.end - window.start > Resolution.day.nanoseconds {
            // Where a pod's address is asked for again and again, each time anew.
            let cuts = cuts(of: endpoint, id)
            guard !cuts.contains(where: { window.start < $0 && $0 < window.end }) else { return nil }
        }
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
