// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Storage
import TestKit
import Testing

/// Stores written by every released schema; `Tests/Fixtures/store/README.md` says how.
@Suite struct `A store of an earlier schema` {
    @Test(arguments: ["v1", "v2", "v3", "v4"])
    func `opens and holds what was written`(name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(try Data(contentsOf: FixedStore.file(name)), to: "map.db")
        // A writer migrates; only then can this build read it.
        try WindowStore(path: folder.file("map.db"), access: .readWrite).close()
        let store = try WindowStore(path: folder.file("map.db"), access: .readOnly)
        #expect(try store.reports() == FixedStore.reports(of: name))
        #expect(try store.inventory() == SampleInventory.observations)
        #expect(try store.names() == FixedStore.names)
        #expect(try StoreInspection(folder.file("map.db")).problems == [])
    }

    /// Equal content makes equal dictionaries and blocks, so the format cannot drift unnoticed.
    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: FixedStore.file(FixedStore.current).path)
                || FixedStore.pathToWrite != nil,
            "no file of this schema is stored yet: see Tests/Fixtures/store/README.md"
        )
    )
    func `of this schema holds as many bytes of blocks as are written today`() throws {
        if let path = FixedStore.pathToWrite {
            try FixedStore.write(to: path)
        }
        let folder = try TemporaryFolder()
        try folder.write(try Data(contentsOf: FixedStore.file(FixedStore.current)), to: "old.db")
        try FixedStore.write(to: folder.file("new.db"))
        let old = try StoreInspection(folder.file("old.db"))
        let new = try StoreInspection(folder.file("new.db"))
        #expect(old.blockBytes == new.blockBytes)
    }
}

/// Content that never changes: every stored old schema holds it.
private enum FixedStore {
    /// The schema this build writes.
    static let current = "v4"

    /// Where a file of this schema is to be stored, if it is.
    static var pathToWrite: String? { ProcessInfo.processInfo.environment["SVCMAP_TEST_WRITE_STORE"] }

    static func file(_ name: String) -> URL {
        URL(filePath: Checkout.fixtures + "/store/\(name).db")
    }

    static func write(to path: String) throws {
        let store = try WindowStore(path: path, access: .readWrite)
        for report in reports(of: current) { _ = try store.append(report) }
        try store.append(inventory: SampleInventory.observations)
        try store.close()
    }

    static let web = Endpoint(scope: "default", address: IPAddress(v4: 0x0A2A_0009))
    static let client = Endpoint(scope: "default", address: IPAddress(v4: 0x0A2A_000B))
    static let service = Endpoint(scope: "default", address: IPAddress(v4: 0x0A2B_0001))
    static let remote = Endpoint(scope: "node-1/any", address: IPAddress(high: 0xFE80 << 48, low: 7))

    static var names: [NameObservation] {
        [
            NameObservation(endpoint: service, name: "web.shop.svc.cluster.local", source: .dns),
            NameObservation(endpoint: remote, name: "evil\0name", source: .httpHost),
        ]
    }

    /// What the store of a schema holds: those before version 2 had no place for what application
    /// dissectors find, those before version 3 none for header fields.
    static func reports(of name: String) -> [WindowReport] {
        let start = Timestamp(seconds: 1_760_000_000)
        let window = Window(start: start, end: start + Window.baseNanoseconds)
        let reporter = Reporter(id: "file:demo", name: "demo.pcap")
        var first = WindowReport(
            cluster: "default",
            reporter: reporter,
            window: window,
            sequence: 0,
            observed: Window(start: start + 2_000_000_000, end: window.end)
        )
        let edges =
            [http, undecided] + (name == "v1" ? [] : [postgres])
            + (["v1", "v2"].contains(name) ? [] : [asked])
        first.edges = edges.sorted { $0.key < $1.key }
        first.names = names
        first.localAddresses = [LocalAddress(endpoint: client, locality: .adjacent)]
        first.coverage.frames = 120
        first.coverage.metered = 40
        first.coverage.duplicate = 79
        first.coverage.undecodable = ["ipv4.truncated": 1]
        first.coverage.losses = [.oneSidedFlows: 2]
        let late = WindowReport(
            cluster: "default",
            reporter: reporter,
            window: window,
            sequence: 1,
            observed: Window(start: start, end: start),
            edges: [undecided]
        )
        let next = WindowReport(
            cluster: "default",
            reporter: reporter,
            window: window.next,
            sequence: 0,
            observed: window.next
        )
        return [first, late, next]
    }

    private static var http: EdgeRow {
        var metrics = EdgeMetrics()
        metrics.packets = DirectionalCount(sent: 12, received: 10)
        metrics.bytes = DirectionalCount(sent: 1_200, received: 98_765)
        metrics.retransmitted = DirectionalCount(sent: 1, received: 0)
        metrics.connections.established = 3
        metrics.connections.refused = 1
        metrics.connections.open = 2
        metrics.connectTime.record(nanoseconds: 250_000)
        metrics.initialRtt.record(nanoseconds: 300_000)
        for nanoseconds in [90_000, 110_000, 950] as [Int64] { metrics.rtt.record(nanoseconds: nanoseconds) }
        metrics.tlsHandshakes.attempted = 1
        metrics.tlsHandshakes.failed = ["certificate_expired": 1]
        var read = OperationMetrics()
        read.outcomes.ok = 2
        read.latency.record(nanoseconds: 1_500_000)
        read.latency.record(nanoseconds: 3_000_000_000)
        var write = OperationMetrics()
        write.outcomes.serverError = 1
        write.latency.record(nanoseconds: 7_000_000)
        var http = ProtocolMetrics()
        http.started = 4
        http.inFlight = 1
        http.statuses = ["200": 2, "503": 1]
        http.operations = ["GET /cart/{id}": read, "POST /cart": write]
        http.outcomes = read.outcomes
        http.outcomes.merge(write.outcomes)
        http.latency = read.latency
        http.latency.merge(write.latency)
        http.serverTime.record(nanoseconds: 1_400_000)
        metrics.protocols[.http] = http
        return EdgeRow(
            key: EdgeKey(client: client, server: web, port: 8_080, transport: .tcp, orientation: .observed),
            metrics: metrics,
            dialled: [
                EdgeRow.Dialled(endpoint: service, port: 80): 2,
                EdgeRow.Dialled(endpoint: web, port: 8_080): 1,
            ]
        )
    }

    private static var postgres: EdgeRow {
        var metrics = EdgeMetrics()
        metrics.connections.established = 2
        metrics.tlsHandshakes.attempted = 2
        metrics.tlsHandshakes.completed = 1
        metrics.tlsHandshakes.resumed = 1
        metrics.tlsHandshakes.failed = ["unknown_ca": 1]
        metrics.tlsHandshakes.handshakeTime.record(nanoseconds: 2_300_000)
        var postgresql = ProtocolMetrics()
        postgresql.recognized = 2
        postgresql.session = 5
        postgresql.messages = DirectionalCount(sent: 0, received: 17)
        metrics.protocols[.postgresql] = postgresql
        metrics.protocols[.tls] = ProtocolMetrics()
        metrics.protocols[.tls]?.recognized = 1
        let start = Timestamp(seconds: 1_760_000_001)
        var row = EdgeRow(
            key: EdgeKey(client: client, server: web, port: 5_432, transport: .tcp, orientation: .dissected),
            metrics: metrics
        )
        row.samples.offer(
            TransactionSample(
                applicationProtocol: .postgresql,
                operation: "SELECT cart",
                outcome: .ok,
                status: "00000",
                at: start,
                requestEnd: 40_000,
                responseStart: 900_000,
                responseEnd: 1_200_000,
                ended: 1_200_000,
                requestBytes: 64,
                responseBytes: 4_096,
                serverName: "db.shop"
            )
        )
        row.samples.offer(
            TransactionSample(
                applicationProtocol: .postgresql,
                operation: "SELECT",
                outcome: .timedOut,
                at: start + -20_000_000_000,
                requestEnd: 10_000,
                ended: 20_500_000_000
            )
        )
        return row
    }

    /// With header fields that somebody asked for.
    private static var asked: EdgeRow {
        var row = EdgeRow(
            key: EdgeKey(client: client, server: web, port: 8_081, transport: .tcp, orientation: .observed)
        )
        row.samples.offer(
            TransactionSample(
                applicationProtocol: .http,
                operation: "GET /cart/{id}",
                outcome: .serverError,
                status: "503",
                at: Timestamp(seconds: 1_760_000_002),
                requestEnd: 40_000,
                responseStart: 900_000,
                responseEnd: 1_200_000,
                ended: 1_200_000,
                fields: [
                    HeaderField(.request, "user-agent", "curl/8.5.0"),
                    HeaderField(.request, "referer", "https://shop.example/…"),
                    HeaderField(.response, "retry-after", "120"),
                    HeaderField(.response, "x-note", "é <b>\u{FFFD}"),
                ]
            )
        )
        return row
    }

    private static var undecided: EdgeRow {
        var metrics = EdgeMetrics()
        metrics.packets.sent = 1
        metrics.bytes.sent = .max
        return EdgeRow(
            key: EdgeKey(
                client: client,
                server: remote,
                port: 9,
                originatorPort: 40_000,
                transport: .udp,
                orientation: .undecided
            ),
            metrics: metrics
        )
    }
}
