// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The rows of one window, with a limit on how many are kept apart.
///
/// Anyone who can send packets makes any number of edges that nobody answers. These have limits
/// of their own, in all and for each end, so that a scan or a flood folds its own rows:
///
/// ```text
/// scan    one client, many servers    (client, 0.0.0.0, port)
/// flood   many clients, one server    (0.0.0.0, server, port)
/// more of these than are kept         (client, 0.0.0.0, 0), then (0.0.0.0, 0.0.0.0, 0)
/// ```
struct EdgeTable: ~Copyable {
    /// What a folded row has in place of an address.
    static let foldedAddress = IPAddress(v4: 0)

    struct Limits {
        /// Edges with a conversation.
        var conversations: Int
        /// Edges that nobody answered.
        var oneWay: Int
        /// The same of one client, and of one server.
        var oneWayOfOneEnd: Int
        /// Folded rows of the first kind that fits, and as many of the second; the last needs few.
        var folded: Int
    }

    /// Connections that reached a server under one address and are not in its row yet.
    private struct LastDialled {
        let dialled: EdgeRow.Dialled
        var begun: UInt64
    }

    /// In the order they were made.
    private(set) var rows: [EdgeRow] = []
    private var isOneWay: [Bool] = []
    /// Of each row, under which address clients reached its server last; most have one.
    private var lastDialled: [LastDialled?] = []
    /// The row that was changed last: connections of one edge come in runs.
    private var lastRow = -1
    private var index = SlotIndex()
    /// Random, so that nobody can choose edges that fall together.
    private let seed = UInt64.random(in: .min ... .max)
    private var conversationCount = 0
    private var oneWayCount = 0
    private var foldedCount = 0
    private var oneWayOfClient: [Endpoint: Int] = [:]
    private var oneWayOfServer: [Endpoint: Int] = [:]

    /// Changes the row of an edge, which is made if it is not there, or that of its fold.
    ///
    /// - Parameters:
    ///   - key: The edge.
    ///   - isOneWay: Whether what is added was not answered.
    ///   - limits: On rows kept apart.
    ///   - change: What is added.
    /// - Returns: The place of the row, and whether it is a folded one.
    mutating func withRow(
        _ key: EdgeKey,
        isOneWay: Bool,
        limits: Limits,
        _ change: (inout EdgeRow) -> Void
    ) -> (row: Int, isFolded: Bool) {
        if let slot = find(key) {
            lastRow = slot
            if !isOneWay { noteConversation(slot, limits) }
            change(&rows[slot])
            return (slot, false)
        }
        let isApart = isOneWay ? hasRoom(forOneWay: key, limits) : conversationCount < limits.conversations
        let slot = isApart ? insert(key, isOneWay: isOneWay) : folded(key, isOneWay: isOneWay, limits)
        change(&rows[slot])
        return (slot, !isApart)
    }

    /// Notes under which address clients reached the server of a row.
    ///
    /// - Parameters:
    ///   - dialled: What they dialled.
    ///   - begun: Connections that began so.
    ///   - row: The place of the row.
    /// - Returns: Whether the address was kept or has no place by design, not for want of room.
    mutating func note(_ dialled: EdgeRow.Dialled, begun: UInt64, of row: Int) -> Bool {
        if let last = lastDialled[row], last.dialled.port == dialled.port,
            last.dialled.endpoint == dialled.endpoint
        {
            lastDialled[row]?.begun.addSaturated(begun)
            return true
        }
        settleDialled(of: row)
        guard rows[row].note(dialled, begun: begun) else { return false }
        lastDialled[row] = LastDialled(dialled: dialled, begun: 0)
        return true
    }

    private mutating func settleDialled(of row: Int) {
        guard let last = lastDialled[row] else { return }
        lastDialled[row] = nil
        if last.begun > 0 { _ = rows[row].note(last.dialled, begun: last.begun) }
    }

    /// Takes all rows, sorted by key.
    mutating func takeSorted() -> [EdgeRow] {
        for row in rows.indices { settleDialled(of: row) }
        var taken: [EdgeRow] = []
        swap(&taken, &rows)
        self = EdgeTable()
        taken.sort { $0.key < $1.key }
        return taken
    }

    private func find(_ key: EdgeKey) -> Int? {
        if lastRow >= 0, rows[lastRow].key == key { return lastRow }
        return index.find(hash(key)) { rows[$0].key == key }
    }

    /// Scopes are few, so they are left to the comparison.
    private func hash(_ key: EdgeKey) -> UInt64 {
        var hash = PacketHash(seed: seed)
        hash.combine(key.client.address)
        hash.combine(key.server.address)
        hash.combine(
            UInt64(key.port) << 32 | UInt64(key.originatorPort) << 16 | UInt64(key.transport.number)
        )
        return hash.value
    }

    private mutating func append(_ key: EdgeKey, isOneWay: Bool) -> Int {
        rows.append(EdgeRow(key: key))
        self.isOneWay.append(isOneWay)
        lastDialled.append(nil)
        index.insert(hash(key), slot: rows.count - 1)
        return rows.count - 1
    }

    private mutating func insert(_ key: EdgeKey, isOneWay: Bool) -> Int {
        if isOneWay {
            oneWayCount += 1
            oneWayOfClient[key.client, default: 0] += 1
            oneWayOfServer[key.server, default: 0] += 1
        } else {
            conversationCount += 1
        }
        return append(key, isOneWay: isOneWay)
    }

    private func hasRoom(forOneWay key: EdgeKey, _ limits: Limits) -> Bool {
        oneWayCount < limits.oneWay
            && oneWayOfClient[key.client] ?? 0 < limits.oneWayOfOneEnd
            && oneWayOfServer[key.server] ?? 0 < limits.oneWayOfOneEnd
    }

    /// A row whose attempts came to nothing at first is one of conversations after all, if there
    /// is a place for it; else it keeps its own.
    private mutating func noteConversation(_ slot: Int, _ limits: Limits) {
        guard isOneWay[slot], conversationCount < limits.conversations else { return }
        isOneWay[slot] = false
        oneWayCount -= 1
        conversationCount += 1
        oneWayOfClient[rows[slot].key.client, default: 1] -= 1
        oneWayOfServer[rows[slot].key.server, default: 1] -= 1
    }

    // MARK: - Folding

    /// The row that stands for an edge without one of its own.
    private mutating func folded(_ key: EdgeKey, isOneWay: Bool, _ limits: Limits) -> Int {
        let nobody = Endpoint(scope: key.client.scope, address: Self.foldedAddress)
        let ofServer = Self.replacing(key, client: nobody, port: key.port)
        let ofClient = Self.replacing(key, server: nobody, port: key.port)
        // A client with as many as the server, or more, is who makes them.
        let isScan =
            isOneWay && oneWayOfClient[key.client] ?? 0 >= oneWayOfServer[key.server] ?? 0
        for (fold, room) in [
            (isScan ? ofClient : ofServer, limits.folded),
            (Self.replacing(key, server: nobody, port: 0), limits.folded * 2),
        ] {
            if let slot = find(fold) { return slot }
            if foldedCount < room { return insertFolded(fold) }
        }
        let all = Self.replacing(key, client: nobody, server: nobody, port: 0)
        return find(all) ?? insertFolded(all)
    }

    private mutating func insertFolded(_ key: EdgeKey) -> Int {
        foldedCount += 1
        // Never counted as one-way again, whatever is folded into it.
        return append(key, isOneWay: false)
    }

    private static func replacing(
        _ key: EdgeKey,
        client: Endpoint? = nil,
        server: Endpoint? = nil,
        port: UInt16
    ) -> EdgeKey {
        EdgeKey(
            client: client ?? key.client,
            server: server ?? key.server,
            port: port,
            transport: key.transport,
            orientation: key.orientation
        )
    }
}
