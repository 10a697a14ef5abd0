// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Puts rows of a report together where there are more than a store keeps apart in one window.
///
/// Rows that fail stay apart, and then those of most bytes; all others go into rows that say nobody
/// (`0.0.0.0`) for the end that has more of them:
///
/// ```text
/// one client, many servers           (client, 0.0.0.0, port)
/// many clients, one server           (0.0.0.0, server, port)
/// more of these than are kept        (0.0.0.0, 0.0.0.0, 0)
/// ```
///
/// A collector folds what comes when its tables are full, and cannot know what will matter; here the window
/// is over. Sums over all rows stay what they were.
package struct EdgeFold {
    /// Rows kept apart by default.
    package static let standardLimit = 100_000

    /// Rows kept apart.
    private let limit: Int
    /// Rows that stand for others, but for the last kind.
    private let maximumFolded: Int

    package init(limit: Int, maximumFolded: Int = 4_096) {
        self.limit = limit
        self.maximumFolded = maximumFolded
    }

    private static let nobody = IPAddress(v4: 0)

    /// Folds a report if it has too many rows, and counts what was folded.
    package func apply(to report: inout WindowReport) {
        guard report.edges.count > limit else { return }
        let order = report.edges.indices.sorted { isKept($0, before: $1, report.edges) }
        let (kept, others) = (order.prefix(limit).sorted(), order.dropFirst(limit))
        var rows: [EdgeKey: EdgeRow] = [:]
        for index in kept { rows[report.edges[index].key] = report.edges[index] }
        for (key, members) in groups(others, report.edges) {
            var sum = rows[key] ?? EdgeRow(key: key)
            for index in members { Self.add(report.edges[index], to: &sum) }
            rows[key] = sum
        }
        report.coverage.losses[.foldedEndpoints, default: 0].addSaturated(UInt64(others.count))
        report.edges = rows.values.sorted { $0.key < $1.key }
    }

    private func isKept(_ left: Int, before right: Int, _ edges: [EdgeRow]) -> Bool {
        let (mine, theirs) = (edges[left], edges[right])
        // What a collector has folded stands for many, and takes more of them.
        if Self.isFolded(mine.key) != Self.isFolded(theirs.key) { return Self.isFolded(mine.key) }
        if mine.metrics.isFailing != theirs.metrics.isFailing { return mine.metrics.isFailing }
        let (bytes, others) = (Self.bytes(mine), Self.bytes(theirs))
        return bytes == others ? left < right : bytes > others
    }

    /// Which rows each folded row stands for.
    private func groups(_ others: ArraySlice<Int>, _ edges: [EdgeRow]) -> [(key: EdgeKey, members: [Int])] {
        var (clients, servers): ([Endpoint: Int], [Endpoint: Int]) = ([:], [:])
        for index in others {
            clients[edges[index].key.client, default: 0] += 1
            servers[edges[index].key.server, default: 0] += 1
        }
        var members: [EdgeKey: [Int]] = [:]
        for index in others.sorted() {
            let key = edges[index].key
            let isClients = clients[key.client] ?? 0 >= servers[key.server] ?? 0
            members[Self.folding(key, isClients ? [.server] : [.client]), default: []].append(index)
        }
        let order = members.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        var groups = order.prefix(maximumFolded).map { (key: $0.key, members: $0.value) }
        var rest: [EdgeKey: [Int]] = [:]
        for (key, members) in order.dropFirst(maximumFolded) {
            rest[Self.folding(key, [.client, .server]), default: []] += members
        }
        groups += rest.map { (key: $0.key, members: $0.value) }
        return groups
    }

    private enum Side { case client, server }

    /// The key of the row that an edge is folded into.
    private static func folding(_ key: EdgeKey, _ sides: [Side]) -> EdgeKey {
        let nobody = Endpoint(scope: key.client.scope, address: nobody)
        return EdgeKey(
            client: sides.contains(.client) ? nobody : key.client,
            server: sides.contains(.server) ? nobody : key.server,
            port: sides.count > 1 ? 0 : key.port,
            transport: key.transport,
            orientation: key.orientation
        )
    }

    private static func bytes(_ row: EdgeRow) -> UInt64 {
        row.metrics.bytes.sent.addingSaturated(row.metrics.bytes.received)
    }

    private static func isFolded(_ key: EdgeKey) -> Bool {
        key.client.address == nobody || key.server.address == nobody
    }

    /// Adds a row to one that stands for many; one of many servers keeps none of their addresses.
    private static func add(_ row: EdgeRow, to sum: inout EdgeRow) {
        sum.metrics.merge(row.metrics)
        sum.samples.merge(row.samples)
        let isOfMany = sum.key.server.address == nobody
        let own = EdgeRow.Dialled(endpoint: sum.key.server, port: sum.key.port)
        for (dialled, connections) in row.dialled {
            sum.dialled[isOfMany ? own : dialled, default: 0].addSaturated(connections)
        }
    }
}

extension EdgeMetrics {
    /// Whether anything failed that the map shows as failing.
    fileprivate var isFailing: Bool {
        connections.failed > 0 || !tlsHandshakes.failed.isEmpty
            || protocols.values.contains { $0.outcomes.failed > 0 }
    }
}
