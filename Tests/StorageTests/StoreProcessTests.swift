// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Storage
import TestKit
import Testing

@Suite struct `Two openings of one store` {
    private let folder: TemporaryFolder
    private let one: WindowStore
    private let two: WindowStore

    init() throws {
        folder = try TemporaryFolder()
        one = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        two = try WindowStore(path: folder.file("map.db"), access: .readWrite)
    }

    @Test func `append by turns and agree on ids`() throws {
        var dice = RandomReports(seed: 51)
        var reports: [WindowReport] = []
        for index in 0..<40 {
            var report = dice.report(reporter: index % 2, window: Int64(index), edges: 8)
            // Keys, names and strings of the last report again, through the other opening.
            if index % 2 == 1 { report.edges = reports[index - 1].edges }
            reports.append(report)
            #expect(try (index % 2 == 0 ? one : two).append(report))
        }
        for report in reports { #expect(try !one.append(report)) }
        #expect(try one.reports() == reports)
        #expect(try two.reports() == reports)
        #expect(try StoreInspection(folder.file("map.db")).problems == [])
    }

    @Test(.timeLimit(.minutes(5))) func `append at once`() async throws {
        let stores = [one, two]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<2 {
                let store = stores[writer]
                group.addTask {
                    var dice = RandomReports(seed: 52)
                    for window in 0..<25 {
                        _ = try store.append(dice.report(reporter: writer, window: Int64(window), edges: 4))
                    }
                }
            }
            try await group.waitForAll()
        }
        let found = try StoreInspection(folder.file("map.db"))
        #expect(found.reports == 50)
        #expect(found.problems == [])
        // Both wrote the same edges: each has one id.
        let keys = try one.reports().flatMap(\.edges).map(\.key)
        #expect(found.edges == Set(keys).count)
    }

    @Test func `see each other's writes in the data version, and their own`() throws {
        var dice = RandomReports(seed: 53)
        let first = try one.dataVersion()
        #expect(try one.dataVersion() == first)
        _ = try two.append(dice.report(edges: 1))
        let second = try one.dataVersion()
        #expect(second != first)
        _ = try one.append(dice.report(window: 1, edges: 1))
        #expect(try one.dataVersion() != second)
        let third = try one.dataVersion()
        #expect(try !two.append(dice.report(edges: 1)))
        #expect(try one.dataVersion() == third, "a known report changes nothing")
    }

    @Test func `read a snapshot while the other writes`() throws {
        var dice = RandomReports(seed: 54)
        for window in 0..<3 { _ = try one.append(dice.report(window: Int64(window), edges: 3)) }
        var seen = 0
        try one.forEachReport(in: everything) { _ in
            seen += 1
            _ = try two.append(dice.report(window: Int64(10 + seen), edges: 3))
        }
        #expect(seen == 3)
        #expect(try one.reports().count == 6)
    }

    /// The last to close moves the log into the file, whose first page comes before the others
    /// that it speaks of: whoever looks just then must not take it for damaged.
    @Test(.timeLimit(.minutes(5))) func `come and go at once`() async throws {
        for round in 0..<50 {
            let path = folder.file("busy-\(round).db")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<3 {
                    group.addTask {
                        var dice = RandomReports(seed: UInt64(round))
                        let store = try WindowStore(path: path, access: .readWrite)
                        _ = try store.append(dice.report(reporter: writer, edges: 20))
                        try store.close()
                        try WindowStore(path: path, access: .readOnly).close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try StoreInspection(path).reports == 3)
        }
    }

    @Test func `leave maintenance to whoever holds the lock`() throws {
        var dice = RandomReports(seed: 55)
        _ = try one.append(dice.report(edges: 1))
        let holder = folder.file("map.db.maintenance.lock")
        try Data().write(to: URL(fileURLWithPath: holder))
        let handle = try #require(FileHandle(forUpdatingAtPath: holder))
        #expect(flock(handle.fileDescriptor, LOCK_EX) == 0)
        #expect(try !one.maintain())
        try handle.close()
        #expect(try two.maintain())
    }
}

@Suite struct `A store after a crash` {
    /// What a killed process leaves: the database and as much of its log as reached the disk.
    @Test func `holds a prefix of the reports, each whole`() throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        var dice = RandomReports(seed: 61)
        var reports: [WindowReport] = []
        for window in 0..<10 {
            reports.append(dice.report(window: Int64(window), edges: 30))
            _ = try store.append(reports[window])
            // Half of it lies in the database, half in the log.
            if window == 4 { #expect(try store.maintain()) }
        }
        let database = try folder.read("map.db")
        let log = try folder.read("map.db-wal")
        var counts: Set<Int> = []
        for cut in 0...40 {
            let length = cut == 40 ? log.count : dice.number(log.count)
            var image = log.prefix(length)
            // A torn write: the tail is there, but not what was meant.
            if cut % 3 == 0, length > 600 { image[length - 1 - dice.number(500)] ^= 0xFF }
            let name = "crash-\(cut).db"
            try folder.write(database, to: name)
            try folder.write(Data(image), to: name + "-wal")
            // A reader recovers the log as well as a writer.
            let viewer = try WindowStore(path: folder.file(name), access: .readOnly)
            let seen = try viewer.reports()
            try viewer.close()
            let reopened = try WindowStore(path: folder.file(name), access: .readWrite)
            #expect(try StoreInspection(folder.file(name)).problems == [])
            let survivors = try reopened.reports()
            #expect(seen == survivors)
            #expect(survivors == Array(reports.prefix(survivors.count)))
            counts.insert(survivors.count)
            // What was lost can be applied again, and is applied once.
            for report in reports { _ = try reopened.append(report) }
            #expect(try reopened.reports() == reports)
        }
        #expect(counts.contains(10))
        #expect(counts.count > 2, "cuts fell into one place only")
    }
}

@Suite struct `A full disk` {
    @Test func `fails an append, keeps what there is, and goes on when there is room`() throws {
        let folder = try TemporaryFolder()
        var conditions = WindowStore.Conditions()
        conditions.maximumPages = 120
        let store = try WindowStore(path: folder.file("map.db"), access: .readWrite, conditions: conditions)
        var dice = RandomReports(seed: 71)
        var kept: [WindowReport] = []
        var refused: WindowReport?
        for window in 0..<200 where refused == nil {
            let report = dice.report(window: Int64(window), edges: 20)
            let error = storageError {
                if try store.append(report) { kept.append(report) }
            }
            guard let error else { continue }
            #expect(error.code == .full)
            #expect(error.isOneLineWithRemedy)
            refused = report
        }
        let report = try #require(refused)
        #expect(!kept.isEmpty)
        #expect(try store.reports() == kept)
        #expect(try StoreInspection(folder.file("map.db")).problems == [])
        #expect(storageError { _ = try store.append(report) }?.code == .full)
        try store.close()
        let roomy = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        #expect(try roomy.append(report))
        #expect(try roomy.reports() == kept + [report])
        #expect(try StoreInspection(folder.file("map.db")).problems == [])
    }
}
