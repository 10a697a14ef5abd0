// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Storage
import TestKit
import Testing

@Suite struct `Window store` {
    private let folder: TemporaryFolder
    private let store: WindowStore

    init() throws {
        folder = try TemporaryFolder()
        store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
    }

    @Test func `gives back hundreds of random reports exactly and in order`() throws {
        var dice = RandomReports(seed: 42)
        var reports: [WindowReport] = []
        for index in 0..<300 {
            reports.append(
                dice.report(
                    reporter: index % 3,
                    window: Int64(index / 6) - 20,
                    sequence: UInt64(index / 3 % 2),
                    edges: dice.number(12)
                )
            )
        }
        for report in reports.shuffled(using: &dice) { #expect(try store.append(report)) }
        reports.sort {
            ($0.window.start, $0.reporter.id, $0.sequence) < ($1.window.start, $1.reporter.id, $1.sequence)
        }
        let stored = try store.reports()
        #expect(stored.count == reports.count)
        for (mine, theirs) in zip(reports, stored) where mine != theirs {
            Issue.record("window \(mine.window.start), \(mine.reporter.id), \(mine.sequence) differs")
        }
        #expect(try StoreInspection(folder.file("map.db")).problems == [])
    }

    @Test func `keeps apart edges of which all but one thing is the same`() throws {
        // As many as make the tables of ids grow, and each looked up again in the second window.
        var keys: Set<EdgeKey> = []
        for number in 0..<150 {
            let bits = UInt32(0x0A00_0000 + number)
            let addresses = [
                IPAddress(v4: bits), IPAddress(high: 0, low: 0xFFFF_0000_0000 | UInt64(bits)),
                IPAddress(high: UInt64(bits), low: 0),
            ]
            for (address, scope) in addresses.flatMap({ [($0, "one"), ($0, "two")] }) {
                let server = Endpoint(scope: scope, address: address)
                for (port, originator) in [(UInt16(80), UInt16(0)), (0, 80), (80, 80)] {
                    let key = EdgeKey(
                        client: Endpoint(scope: "one", address: addresses[0]),
                        server: server,
                        port: port,
                        originatorPort: originator,
                        transport: number % 2 == 0 ? .tcp : .udp,
                        orientation: .observed
                    )
                    keys.insert(key)
                }
            }
        }
        var dice = RandomReports(seed: 3)
        let reports = (0..<2).map { window in
            var report = dice.report(window: Int64(window), edges: 0)
            report.edges = keys.sorted().map { EdgeRow(key: $0) }
            return report
        }
        #expect(keys.count == 2_700)
        for report in reports { #expect(try store.append(report)) }
        #expect(try store.reports() == reports)
    }

    @Test func `applies a report once`() throws {
        var dice = RandomReports(seed: 1)
        let report = dice.report(edges: 5)
        #expect(try store.append(report))
        let before = try StoreInspection(folder.file("map.db"))
        #expect(try !store.append(report))
        // Another name for the same reporter is the same reporter.
        var renamed = report
        renamed.reporter = Reporter(id: report.reporter.id, name: "copy.pcap")
        #expect(try !store.append(renamed))
        #expect(try StoreInspection(folder.file("map.db")) == before)
        #expect(try store.reports() == [report])
    }

    @Test func `tells sequences, windows and reporters apart`() throws {
        var dice = RandomReports(seed: 2)
        let report = dice.report(edges: 1)
        var late = report
        late.sequence = 1
        var other = report
        other.reporter = Reporter(id: "other", name: "other.pcap")
        let next = dice.report(window: 1, edges: 1)
        for one in [report, late, other, next] { #expect(try store.append(one)) }
        #expect(try store.reports() == [other, report, late, next])
    }

    @Test func `hands over the windows that lie in the range`() throws {
        var dice = RandomReports(seed: 3)
        for window in 0..<5 { _ = try store.append(dice.report(window: Int64(window), edges: 1)) }
        let range = Window(
            start: Timestamp(seconds: 10),
            end: Timestamp(seconds: 35)
        )
        // The window from 30 to 40 does not lie in it.
        #expect(try store.reports(in: range).map(\.window.start) == [10, 20].map { Timestamp(seconds: $0) })
        #expect(try store.range() == Window(start: Timestamp(seconds: 0), end: Timestamp(seconds: 50)))
    }

    @Test func `lets the body stop`() throws {
        struct Enough: Error {}
        var dice = RandomReports(seed: 4)
        for window in 0..<5 { _ = try store.append(dice.report(window: Int64(window), edges: 1)) }
        var seen = 0
        #expect(throws: Enough.self) {
            try store.forEachReport(in: everything) { _ in
                seen += 1
                if seen == 2 { throw Enough() }
            }
        }
        #expect(seen == 2)
        #expect(try store.reports().count == 5)
    }

    @Test func `is empty at first`() throws {
        #expect(try store.range() == nil)
        #expect(try store.names() == [])
        #expect(try store.inventory() == [])
        #expect(try store.reports() == [])
        #expect(try StoreInspection(folder.file("map.db")).schemaVersion == 4)
    }

    @Test func `keeps ten thousand edges in one report`() throws {
        var dice = RandomReports(seed: 5)
        let report = OrdinaryReports.report(window: 1, edges: 10_000, dice: &dice)
        #expect(try store.append(report))
        #expect(try store.reports() == [report])
        let info = try StoreInspection(folder.file("map.db"))
        #expect(info.edgeWindows == 10_000)
        #expect(info.edges == 10_000)
    }

    @Test func `refuses a report that breaks the rules`() throws {
        var dice = RandomReports(seed: 6)
        let report = dice.report(edges: 2)
        var unaligned = report
        unaligned.window = Window(start: Timestamp(seconds: 1), end: Timestamp(seconds: 11))
        var long = report
        long.window = Window(start: Timestamp(seconds: 0), end: Timestamp(seconds: 60))
        var counted = report
        counted.sequence = .max
        var twice = report
        twice.edges.append(report.edges[0])
        for bad in [unaligned, long, counted, twice] {
            let error = storageError { _ = try store.append(bad) }
            #expect(error?.code == .invalidReport)
        }
        #expect(try store.reports() == [])
        #expect(try store.append(report))
    }

    @Test func `lists names once, sorted`() throws {
        let one = Endpoint(scope: "default", address: IPAddress(v4: 1))
        let two = Endpoint(scope: "default", address: IPAddress(v4: 2))
        let names = [
            NameObservation(endpoint: one, name: "a.example", source: .dns),
            NameObservation(endpoint: one, name: "b.example", source: .dns),
            NameObservation(endpoint: one, name: "a.example", source: .httpHost),
            NameObservation(endpoint: two, name: "a.example", source: .tls),
        ]
        var dice = RandomReports(seed: 7)
        for window in 0..<3 {
            var report = dice.report(window: Int64(window), edges: 0)
            report.names = names.reversed()
            _ = try store.append(report)
        }
        #expect(try store.names() == names)
        #expect(try store.reports().map(\.names) == [names.reversed(), names.reversed(), names.reversed()])
    }

    @Test func `keeps dictionary ids when it is opened again`() throws {
        var dice = RandomReports(seed: 9)
        var report = dice.report(edges: 20)
        _ = try store.append(report)
        let before = try StoreInspection(folder.file("map.db"))
        try store.close()
        let again = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        report.sequence = 1
        #expect(try again.append(report))
        let after = try StoreInspection(folder.file("map.db"))
        #expect(after.edges == before.edges)
        #expect(after.endpoints == before.endpoints)
        #expect(after.reporters == 1)
        #expect(after.reports == 2)
        #expect(try again.reports().map(\.edges) == [report.edges, report.edges])
    }

    @Test func `leaves a single file when it is closed, and refuses calls after`() throws {
        var dice = RandomReports(seed: 10)
        _ = try store.append(dice.report(edges: 3))
        try store.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(left == ["map.db", "map.db.lock", "map.db.maintenance.lock"])
        #expect(storageError { _ = try store.range() }?.code == .closed)
        #expect(storageError { _ = try store.append(dice.report(window: 1, edges: 0)) }?.code == .closed)
    }

    @Test func `moves a long log into the file by itself`() throws {
        var conditions = WindowStore.Conditions()
        conditions.checkpointBytes = 100_000
        let small = try WindowStore(path: folder.file("small.db"), access: .readWrite, conditions: conditions)
        var dice = RandomReports(seed: 12)
        for window in 0..<40 { _ = try small.append(dice.report(window: Int64(window), edges: 30)) }
        // Without a checkpoint the log would hold everything and the file one page.
        #expect(try folder.read("small.db").count > 100_000)
        #expect(try folder.read("small.db-wal").count < 500_000)
        #expect(try small.reports().count == 40)
    }
}

@Suite struct `Size of a store` {
    /// The figures are deterministic; the bound has a tenth of slack for a different draw.
    @Test func `is bounded for an edge with ordinary traffic`() throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        var dice = RandomReports(seed: 81)
        for window in 0..<4 {
            _ = try store.append(OrdinaryReports.report(window: Int64(window), edges: 2_000, dice: &dice))
        }
        let info = try StoreInspection(folder.file("map.db"))
        let bytes = Double(info.blockBytes) / Double(info.edgeWindows)
        print("window blocks: \(bytes) bytes to an edge window")
        #expect(bytes < 90)
    }
}
