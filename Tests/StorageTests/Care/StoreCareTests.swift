// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import GRDB
import Storage
import TestKit
import Testing

@Suite struct `Looking after a store` {
    private let folder: TemporaryFolder
    private let store: WindowStore
    private let reports: [WindowReport]

    init() throws {
        folder = try TemporaryFolder()
        store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        var dice = RandomReports(seed: 71)
        var reports: [WindowReport] = []
        for window in 0..<20 { reports.append(dice.report(window: Int64(window), edges: 3)) }
        for report in reports { _ = try store.append(report) }
        _ = try store.rollUp(.all)
        self.reports = reports
    }

    /// Changes the closed store behind its back.
    private func damage(_ sql: String) throws -> WindowStore {
        try store.close()
        let connection = try DatabaseQueue(path: folder.file("map.db"))
        try connection.write { try $0.execute(sql: sql) }
        try connection.close()
        return try WindowStore(path: folder.file("map.db"), access: .readOnly)
    }

    @Test func `finds nothing wrong with a sound store`() throws {
        let outcome = try store.check(isDeep: true)
        #expect(outcome.problems == [])
        // Four minutes, and one window of each of the five longer lengths.
        #expect(outcome.compared == 9)
        #expect(outcome.windows == 29)
        let rows = try Resolution.allCases.dropFirst().reduce(60) { sum, resolution in
            try sum + store.summaries(resolution).reduce(0) { $0 + $1.rows.count }
        }
        #expect(outcome.rows == rows)
    }

    @Test(arguments: [
        ("UPDATE summary SET edges = edges + 1 WHERE resolution = 60 AND start = 0", "a block is missing"),
        ("DELETE FROM summary_block WHERE resolution = 600", "a block"),
        ("UPDATE summary SET last_start = 0 WHERE resolution = 3600", "is not the sum"),
        ("DELETE FROM summary WHERE resolution = 86400", "belong to no report"),
        ("UPDATE report SET edges = 2 WHERE start = 0", "a block is missing"),
        ("DELETE FROM block WHERE start = 10000000000", "a block is missing"),
        ("DELETE FROM report WHERE start = 10000000000", "belong to no report"),
        ("UPDATE block SET data = zeroblob(40) WHERE start = 0", "not a block"),
        (
            "UPDATE summary_block SET data = (SELECT data FROM summary_block WHERE resolution = 60 AND start = 0)"
                + " WHERE resolution = 60 AND start = 60000000000",
            "is not the sum"
        ),
        ("UPDATE summary SET detail = (SELECT detail FROM report) WHERE resolution = 600", "not a block"),
    ])
    func `finds what does not fit together`(sql: String, words: String) throws {
        let reader = try damage(sql)
        let outcome = try reader.check(isDeep: true)
        #expect(outcome.problems.contains { $0.contains(words) }, "\(outcome.problems)")
        #expect(outcome.problems.allSatisfy { !$0.contains("\n") })
    }

    @Test func `rolls up around a damaged block and says which window stays dirty`() throws {
        var dice = RandomReports(seed: 72)
        for window in 0..<12 {
            _ = try store.append(dice.report(reporter: 1, window: Int64(window), edges: 2))
        }
        _ = try damage("UPDATE block SET data = zeroblob(40) WHERE start = 0")
        let again = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        let progress = try #require(try again.rollUp(.all))
        #expect(progress.windows == 1, "the second minute")
        #expect(progress.damaged.count == 1)
        #expect(progress.damaged[0].contains("the window of 1m at 1970-01-01T00:00:00"))
        #expect(try again.dirtyWindows(.minute) == [Timestamp(seconds: 0)])
        #expect(try again.dirtyWindows(.coarsest) == [Timestamp(seconds: 0)])
    }

    @Test func `counts what is there`() throws {
        var dice = RandomReports(seed: 73)
        _ = try store.append(dice.report(window: 21, edges: 1))
        let info = try store.info()
        #expect(info.schemaVersion == 4)
        #expect(info.bytes > 0)
        #expect(info.windows.map(\.resolution) == Resolution.allCases)
        #expect(info.windows.map(\.count) == [21, 4, 1, 1, 1, 1, 1])
        #expect(info.windows.map(\.dirty) == [0, 1, 1, 1, 1, 1, 1])
        #expect(info.windows[0].first == Timestamp(seconds: 0))
        #expect(info.windows[0].last == Timestamp(seconds: 210))
        #expect(info.windows[0].rows == 61)
        #expect(info.windows[0].parts == 21)
        let inspection = try StoreInspection(folder.file("map.db"))
        #expect(info.windows[0].blockBytes == inspection.blockBytes)
        #expect(info.edges == inspection.edges)
        #expect(info.endpoints == inspection.endpoints)
        #expect(info.reporters == 1)
    }

    @Test func `vacuums after much was pruned`() throws {
        _ = try store.maintain()
        let bytes = try folder.read("map.db").count
        var policy = RetentionPolicy()
        policy.ages = [.tenSeconds: Resolution.minute.nanoseconds]
        _ = try store.prune(policy)
        let before = try Resolution.allCases.dropFirst().map { try store.summaries($0) }
        #expect(try store.vacuum())
        #expect(try folder.read("map.db").count < bytes)
        #expect(try Resolution.allCases.dropFirst().map { try store.summaries($0) } == before)
        let inspection = try StoreInspection(folder.file("map.db"))
        #expect(inspection.problems == [])
        var dice = RandomReports(seed: 74)
        #expect(try store.append(dice.report(window: 22, edges: 2)))
        let reader = try WindowStore(path: folder.file("map.db"), access: .readOnly)
        #expect(try !reader.vacuum())
    }

    @Test func `copies a store that others write to`() throws {
        let other = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        var dice = RandomReports(seed: 75)
        _ = try other.append(dice.report(window: 30, edges: 2))
        try store.backUp(to: folder.file("copy.db"))
        _ = try other.append(dice.report(window: 31, edges: 2))
        let copy = try WindowStore(path: folder.file("copy.db"), access: .readOnly)
        #expect(try copy.reports().count == 21)
        #expect(try copy.check(isDeep: true).problems == [])
        #expect(try store.reports().count == 22)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.contains("draft") } == []
        )
        // What is there is left alone, the store itself above all.
        for name in ["copy.db", "map.db"] {
            let error = storageError { try store.backUp(to: folder.file(name)) }
            #expect(error?.code == .permission)
            #expect(error?.isOneLineWithRemedy == true)
        }
        #expect(storageError { try store.backUp(to: folder.file("none/copy.db")) }?.code == .missing)
        #expect(try copy.reports().count == 21)
        // A reader can make a copy, too, and the copy can be written to.
        let reader = try WindowStore(path: folder.file("map.db"), access: .readOnly)
        try reader.backUp(to: folder.file("second.db"))
        let second = try WindowStore(path: folder.file("second.db"), access: .readWrite)
        #expect(try second.reports() == store.reports())
        #expect(try second.append(dice.report(window: 32, edges: 1)))
    }

    @Test func `keeps what was rolled up when the disk is full, and goes on when there is room`() throws {
        var dice = RandomReports(seed: 76)
        for window in 100..<160 { _ = try store.append(dice.report(window: Int64(window), edges: 6)) }
        try store.close()
        var conditions = WindowStore.Conditions()
        conditions.maximumPages = try folder.read("map.db").count / 2_048 + 16
        let full = try WindowStore(path: folder.file("map.db"), access: .readWrite, conditions: conditions)
        let error = storageError { _ = try full.rollUp(.all) }
        #expect(error?.code == .full)
        #expect(error?.isOneLineWithRemedy == true)
        #expect(try full.reports().count == 80)
        #expect(try full.check(isDeep: true).problems == [])
        try full.close()
        let roomy = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        #expect(try roomy.rollUp(.all)?.isDone == true)
        #expect(try roomy.dirtyWindows(.coarsest) == [])
        #expect(try roomy.check(isDeep: true).problems == [])
    }

    @Test func `stops for a newer schema`() throws {
        var conditions = WindowStore.Conditions()
        conditions.schemaVersion = 9
        try WindowStore(path: folder.file("map.db"), access: .readWrite, conditions: conditions).close()
        var policy = RetentionPolicy()
        policy.maximumBytes = 1
        #expect(storageError { _ = try store.rollUp(.all) }?.code == .newerSchema)
        #expect(storageError { _ = try store.prune(policy) }?.code == .newerSchema)
        #expect(storageError { _ = try store.check(isDeep: false) }?.code == .newerSchema)
        #expect(storageError { _ = try store.info() }?.code == .newerSchema)
        #expect(storageError { _ = try store.vacuum() }?.code == .newerSchema)
    }

    @Test(.timeLimit(.minutes(5))) func `rolls up while another process appends`() async throws {
        let other = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        let store = store
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var dice = RandomReports(seed: 77)
                for number in 0..<60 {
                    _ = try other.append(
                        dice.report(
                            reporter: 1,
                            window: Int64(number % 20),
                            sequence: UInt64(number),
                            edges: 2
                        )
                    )
                }
            }
            group.addTask {
                for _ in 0..<30 { _ = try store.rollUp(.all, limit: 5) }
            }
            try await group.waitForAll()
        }
        _ = try store.rollUp(.all)
        let all = try store.reports()
        #expect(all.count == 80)
        for resolution in Resolution.allCases.dropFirst() {
            #expect(try store.summaries(resolution) == NaiveSummaries.of(all, resolution))
        }
        #expect(try store.check(isDeep: true).problems == [])
    }
}
