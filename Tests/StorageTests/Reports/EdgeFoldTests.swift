// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Storage
import TestKit
import Testing

@Suite struct `A report of too many edges` {
    private static let nobody = IPAddress(v4: 0)

    /// All rows as one.
    private static func sum(_ rows: [EdgeRow]) -> (metrics: EdgeMetrics, dialled: UInt64) {
        var (metrics, dialled) = (EdgeMetrics(), UInt64(0))
        for row in rows {
            metrics.merge(row.metrics)
            for count in row.dialled.values { dialled = dialled.addingSaturated(count) }
        }
        return (metrics, dialled)
    }

    private static func edge(_ number: Int, server: Int, bytes: UInt64) -> EdgeRow {
        var row = EdgeRow(
            key: EdgeKey(
                client: Endpoint(scope: "default", address: IPAddress(v4: 0x0A00_0000 + UInt32(number))),
                server: Endpoint(scope: "default", address: IPAddress(v4: 0x0B00_0000 + UInt32(server))),
                port: 80,
                transport: .tcp,
                orientation: .observed
            )
        )
        row.metrics.bytes = DirectionalCount(sent: bytes, received: bytes)
        row.metrics.connections.established = 1
        return row
    }

    private static func report(_ edges: [EdgeRow]) -> WindowReport {
        let window = Window(start: Timestamp(seconds: 0), end: Timestamp(seconds: 10))
        return WindowReport(
            cluster: "default",
            reporter: Reporter(id: "r", name: "r"),
            window: window,
            sequence: 0,
            observed: window,
            edges: edges.sorted { $0.key < $1.key }
        )
    }

    @Test(arguments: 0..<20)
    func `keeps every sum, and as many rows as it may`(seed: Int) {
        var reports = RandomReports(seed: UInt64(seed))
        let whole = reports.report(edges: 150)
        var folded = whole
        let limit = 1 + reports.number(140)
        EdgeFold(limit: limit, maximumFolded: 7).apply(to: &folded)
        #expect(Self.sum(folded.edges) == Self.sum(whole.edges))
        // The last kind has a row for each scope, transport and orientation that there is.
        let rest = Set(
            whole.edges.map { "\($0.key.client.scope) \($0.key.transport) \($0.key.orientation)" }
        )
        #expect(folded.edges.count <= limit + 7 + rest.count)
        #expect(zip(folded.edges, folded.edges.dropFirst()).allSatisfy { $0.key < $1.key })
        let known = whole.coverage.losses[.foldedEndpoints] ?? 0
        #expect(folded.coverage.losses[.foldedEndpoints] == known.addingSaturated(UInt64(150 - limit)))
    }

    @Test func `keeps what fails and the top talkers apart`() {
        var edges = (0..<100).map { Self.edge($0, server: $0 % 5, bytes: UInt64($0)) }
        for failing in [3, 50] { edges[failing].metrics.connections.refused = 1 }
        edges[7].metrics.protocols[.http] = ProtocolMetrics()
        edges[7].metrics.protocols[.http]?.outcomes.timedOut = 1
        var report = Self.report(edges)
        EdgeFold(limit: 10).apply(to: &report)
        let apart = report.edges.filter { $0.key.client.address != Self.nobody }.map(\.key)
        #expect(apart == ([3, 7, 50] + Array(93..<100)).map { edges[$0].key })
        // Each of five servers has a row for all other clients.
        #expect(report.edges.count == 15)
        #expect(report.coverage.losses[.foldedEndpoints] == 90)
    }

    @Test func `of a scan says who made it`() {
        var report = Self.report((0..<50).map { Self.edge(1, server: $0, bytes: 1) })
        EdgeFold(limit: 10).apply(to: &report)
        let folded = report.edges.filter { $0.key.server.address == Self.nobody }
        #expect(folded.map(\.key.client.address) == [IPAddress(v4: 0x0A00_0001)])
        #expect(folded.first?.metrics.connections.established == 40)
    }
}
