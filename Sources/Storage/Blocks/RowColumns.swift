// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The rows of one row group, column by column, as they are gathered for writing.
///
/// Strings are ids here. All histograms lie in one pool; columns of them are places in it, 0 for empty.
/// So no row is a value of its own, which would have to be kept alive and let go.
struct RowColumns: Sendable {
    /// Maps of strings to counts: how many entries each has, and the entries of all, ids increasing.
    struct Tallies: Sendable {
        var sizes: [UInt64] = []
        var ids: [UInt64] = []
        var counts: [UInt64] = []
    }

    /// What clients dialled: how many addresses each row has, and those of all.
    struct Dialled: Sendable {
        var sizes: [UInt64] = []
        var endpoints: [UInt64] = []
        var ports: [UInt64] = []
        var connections: [UInt64] = []
    }

    var edges: [UInt64] = []
    var connections = ColumnTable(columns: ConnectionSection.columns)
    var failed = Tallies()
    var pool = DecodedHistograms(empty: 1)
    var connectTime: [Int32] = []
    var initialRtt: [Int32] = []
    var rtt: [Int32] = []
    var protocolSizes: [UInt64] = []
    var protocols = ProtocolColumns()
    var dialled = Dialled()
    var resumed: [UInt64] = []
    var handshakeTime: [Int32] = []
    /// Of each row, or nothing where no row has any.
    var samples: [TransactionSamples] = []
    var firstWindow: [UInt32] = []
    var lastWindow: [UInt32] = []
    /// Of each row, or of none behind the last that has any.
    var rests: [[BlockRow.Rest]] = []

    init() {}

    var count: Int { edges.count }

    /// Adds a row; every string needs an id.
    mutating func append(
        _ edge: UInt64,
        _ metrics: borrowing EdgeMetrics,
        _ strings: inout RowStrings
    ) throws(BlockError) {
        edges.append(edge)
        connections.append(metrics.packets)
        connections.append(metrics.bytes)
        let details = metrics.details.span
        guard !details.isEmpty else {
            for _ in 0..<3 { connections.append(DirectionalCount()) }
            connections.append(metrics.connections)
            connectTime.append(0)
            initialRtt.append(0)
            rtt.append(0)
            appendNoHandshakes()
            return protocolSizes.append(0)
        }
        connections.append(details[0].retransmitted)
        connections.append(details[0].outOfOrder)
        connections.append(details[0].zeroWindow)
        connections.append(metrics.connections)
        connectTime.append(pool.place(details[0].connectTime))
        initialRtt.append(pool.place(details[0].initialRtt))
        rtt.append(pool.place(details[0].rtt))
        if details[0].hasTLSHandshakes {
            let handshakes = details[0].tlsHandshakes
            connections.append(handshakes.attempted)
            connections.append(handshakes.completed)
            resumed.append(handshakes.resumed)
            handshakeTime.append(pool.place(handshakes.handshakeTime))
            try failed.append(handshakes.failed, &strings.alerts)
        } else {
            appendNoHandshakes()
        }
        let protocols = details[0].protocols
        protocolSizes.append(UInt64(protocols.count))
        // Mostly there is one.
        guard protocols.count <= 1 else { return try appendSorted(protocols, &strings) }
        for (name, entry) in protocols {
            let id = try strings.id(of: name)
            try self.protocols.append(id, entry, &strings, pool: &pool)
        }
    }

    private mutating func appendNoHandshakes() {
        connections.append(DirectionalCount())
        resumed.append(0)
        handshakeTime.append(0)
        failed.sizes.append(0)
    }

    private mutating func appendSorted(
        _ protocols: [ApplicationProtocol: ProtocolMetrics],
        _ strings: inout RowStrings
    ) throws(BlockError) {
        var found: [(id: UInt64, metrics: ProtocolMetrics)] = []
        for (name, entry) in protocols {
            found.append((try strings.id(of: name), entry))
        }
        found.sort { $0.id < $1.id }
        for (id, entry) in found { try self.protocols.append(id, entry, &strings, pool: &pool) }
    }

    /// Adds what else a row has, after `append`.
    mutating func finish(
        dialled: Span<BlockRow.Dialled>,
        samples: borrowing TransactionSamples,
        firstWindow: UInt32,
        lastWindow: UInt32,
        rests: [BlockRow.Rest]
    ) {
        self.dialled.sizes.append(UInt64(dialled.count))
        for place in dialled.indices { self.dialled.append(dialled[place]) }
        append(samples)
        self.firstWindow.append(firstWindow)
        self.lastWindow.append(lastWindow)
        append(rests)
    }

    /// Adds the rests of the last row.
    mutating func append(_ own: [BlockRow.Rest]) {
        guard !own.isEmpty else { return }
        while rests.count < count - 1 { rests.append([]) }
        rests.append(own)
    }

    /// Adds the samples of the last row.
    mutating func append(_ own: borrowing TransactionSamples) {
        guard !own.isEmpty || !samples.isEmpty else { return }
        while samples.count < count - 1 { samples.append(TransactionSamples()) }
        samples.append(copy own)
    }

    /// Begins anew, in the room that is there.
    mutating func removeAll() {
        edges.removeAll(keepingCapacity: true)
        connections.removeAll()
        failed.removeAll()
        pool.removeAll()
        pool.finish(count: 0, sum: 0, least: 0, greatest: 0)
        connectTime.removeAll(keepingCapacity: true)
        initialRtt.removeAll(keepingCapacity: true)
        rtt.removeAll(keepingCapacity: true)
        protocolSizes.removeAll(keepingCapacity: true)
        protocols.removeAll()
        dialled.removeAll()
        resumed.removeAll(keepingCapacity: true)
        handshakeTime.removeAll(keepingCapacity: true)
        samples = []
        firstWindow.removeAll(keepingCapacity: true)
        lastWindow.removeAll(keepingCapacity: true)
        rests.removeAll(keepingCapacity: true)
    }
}

/// The ids of the strings of rows, each kind with a memory of its own for what came last.
struct RowStrings {
    private var protocols: StringIDs
    private var lastProtocol: (name: ApplicationProtocol, id: UInt64)?
    var operations: StringIDs
    var statuses: StringIDs
    var alerts: StringIDs
    /// Of samples.
    var others: StringIDs

    init(_ ids: [String: UInt64]) {
        let strings = StringIDs(ids)
        (protocols, operations, statuses, alerts, others) = (strings, strings, strings, strings, strings)
    }

    /// The id of a protocol's name: to make the name takes longer than to compare protocols.
    mutating func id(of name: ApplicationProtocol) throws(BlockError) -> UInt64 {
        if let lastProtocol, lastProtocol.name == name { return lastProtocol.id }
        let id = try protocols.id(of: name.rawValue)
        lastProtocol = (name, id)
        return id
    }
}

extension RowColumns.Tallies {
    /// Adds a map; every key needs an id.
    mutating func append(_ tally: [String: UInt64], _ strings: inout StringIDs) throws(BlockError) {
        sizes.append(UInt64(tally.count))
        // Mostly there is one.
        guard tally.count <= 1 else {
            for (id, count) in try strings.sorted(tally) {
                ids.append(id)
                counts.append(count)
            }
            return
        }
        for (key, count) in tally {
            ids.append(try strings.id(of: key))
            counts.append(count)
        }
    }

    mutating func removeAll() {
        sizes.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
    }
}

extension RowColumns.Dialled {
    mutating func append(_ entry: BlockRow.Dialled) {
        endpoints.append(entry.endpoint)
        ports.append(UInt64(entry.port))
        connections.append(entry.connections)
    }

    mutating func removeAll() {
        sizes.removeAll(keepingCapacity: true)
        endpoints.removeAll(keepingCapacity: true)
        ports.removeAll(keepingCapacity: true)
        connections.removeAll(keepingCapacity: true)
    }
}

extension ColumnTable {
    fileprivate mutating func append(_ count: DirectionalCount) {
        append(count.sent)
        append(count.received)
    }

    fileprivate mutating func append(_ counts: ConnectionCounts) {
        append(counts.established)
        append(counts.refused)
        append(counts.unanswered)
        append(counts.unreachable)
        append(counts.answeredLate)
        append(counts.reset)
        append(counts.closed)
        append(counts.icmpErrors)
        append(counts.open)
        append(counts.pending)
    }
}
