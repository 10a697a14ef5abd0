// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Storage
import TestKit
import Testing

@Suite struct `Rolling up` {
    private let folder: TemporaryFolder
    private let store: WindowStore

    init() throws {
        folder = try TemporaryFolder()
        store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
    }

    static let coarse = Resolution.allCases.filter { $0.finer != nil }

    @Test(arguments: 0..<6)
    func `adds up base windows as a naive sum does`(seed: Int) throws {
        var dice = RandomReports(seed: 4_000 + UInt64(seed))
        let reports = RandomHistory.reports(40, &dice)
        for report in reports { _ = try store.append(report) }
        try rollUpEverything()
        try expect(reports, "seed \(seed)")
    }

    @Test func `changes nothing when it is repeated`() throws {
        var dice = RandomReports(seed: 4_100)
        for report in RandomHistory.reports(40, &dice) { _ = try store.append(report) }
        try rollUpEverything()
        let before = try Self.coarse.map { try store.summaries($0) }
        let version = try store.dataVersion()
        let again = try #require(try store.rollUp(.all))
        #expect(again == WindowStore.RollUpProgress(isDone: true))
        #expect(try store.dataVersion() == version)
        #expect(try Self.coarse.map { try store.summaries($0) } == before)
    }

    @Test(arguments: 0..<4)
    func `takes in what comes late, and what comes again changes nothing`(seed: Int) throws {
        var dice = RandomReports(seed: 4_200 + UInt64(seed))
        let reports = RandomHistory.reports(50, &dice)
        var known: [WindowReport] = []
        for part in [reports[..<20], reports[20..<21], reports[21..<50]] {
            for report in part {
                #expect(try store.append(report))
                known.append(report)
                let start = Resolution.minute.window(containing: report.window.start).start
                #expect(try store.dirtyWindows(.minute).contains(start))
            }
            for report in known.prefix(5) { #expect(try !store.append(report)) }
            try rollUpEverything()
            try expect(known, "seed \(seed), \(known.count) reports")
        }
        for report in known { #expect(try !store.append(report)) }
        for resolution in Self.coarse { #expect(try store.dirtyWindows(resolution) == []) }
    }

    @Test func `is the same for any order of appends, and any pauses`() throws {
        var dice = RandomReports(seed: 4_300)
        let reports = RandomHistory.reports(50, &dice)
        for report in reports { _ = try store.append(report) }
        try rollUpEverything()
        let expected = try Self.coarse.map { try store.summaries($0) }
        for order in 0..<3 {
            let other = try WindowStore(path: folder.file("other-\(order).db"), access: .readWrite)
            for report in reports.shuffled(using: &dice) {
                _ = try other.append(report)
                if dice.chance(1, of: 6) { _ = try other.rollUp(.all, limit: dice.number(7)) }
            }
            _ = try other.rollUp(.all)
            #expect(try Self.coarse.map { try other.summaries($0) } == expected, "order \(order)")
        }
    }

    @Test func `leaves windows that are still open, unless all are asked for`() throws {
        var dice = RandomReports(seed: 4_400)
        // Two minutes and ten seconds.
        for window in 0..<13 { _ = try store.append(dice.report(window: Int64(window), edges: 2)) }
        let progress = try #require(try store.rollUp(.closed))
        #expect(progress.isDone)
        #expect(progress.windows == 2)
        #expect(try store.dirtyWindows(.minute) == [Timestamp(seconds: 120)])
        #expect(try store.dirtyWindows(.tenMinutes) == [Timestamp(seconds: 0)])
        #expect(try store.rollUp(.all)?.windows == 6)
        #expect(try store.dirtyWindows(.coarsest) == [])
    }

    @Test func `does no more than it was asked to, and goes on from there`() throws {
        var dice = RandomReports(seed: 4_500)
        for window in 0..<20 { _ = try store.append(dice.report(window: Int64(window), edges: 2)) }
        var calls = 0
        while let progress = try store.rollUp(.all, limit: 3), !progress.isDone {
            #expect(progress.windows == 3)
            calls += 1
            try #require(calls < 20)
        }
        // Four minutes and one window each of the five others.
        #expect(calls == 2)
        #expect(try store.dirtyWindows(.coarsest) == [])
        _ = try store.append(dice.report(window: 3, sequence: 1, edges: 2))
        let stopped = try #require(try store.rollUp(.all, shouldStop: { true }))
        #expect(stopped == WindowStore.RollUpProgress())
    }

    @Test func `leaves the work to whoever holds the lock`() throws {
        let other = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        var dice = RandomReports(seed: 4_600)
        for window in 0..<20 { _ = try store.append(dice.report(window: Int64(window), edges: 2)) }
        var inside = 0
        _ = try store.rollUp(
            .all,
            shouldStop: {
                inside += 1
                #expect((try? other.rollUp(.all)) == .some(nil))
                return false
            }
        )
        #expect(inside > 0)
        #expect(try other.rollUp(.all)?.windows == 0)
        let reader = try WindowStore(path: folder.file("map.db"), access: .readOnly)
        #expect(try reader.rollUp(.all) == nil)
    }

    @Test func `leaves a window dirty that a report came into meanwhile`() throws {
        let other = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        var dice = RandomReports(seed: 4_700)
        var reports = (0..<6).map { dice.report(window: Int64($0), edges: 2) }
        for report in reports { _ = try store.append(report) }
        let late = dice.report(reporter: 1, window: 2, edges: 3)
        var isLate = false
        var questions = 0
        let progress = try #require(
            try store.rollUp(
                .all,
                shouldStop: {
                    questions += 1
                    // The first question comes before the window is read, the second while it is.
                    guard questions == 2, !isLate else { return false }
                    isLate = true
                    _ = try? other.append(late)
                    return false
                }
            )
        )
        #expect(isLate)
        #expect(progress.windows == 0)
        #expect(try store.dirtyWindows(.minute) == [Timestamp(seconds: 0)])
        try rollUpEverything()
        reports.append(late)
        try expect(reports, "after the late report")
    }

    @Test func `folds operations beyond the limit and counts their requests`() throws {
        var dice = RandomReports(seed: 4_800)
        let key = dice.edgeKey()
        var expected: [String: UInt64] = [:]
        for window in 0..<6 {
            var report = dice.report(window: Int64(window), edges: 0)
            report.coverage = Coverage()
            var http = ProtocolMetrics()
            for index in 0..<60 {
                var operation = OperationMetrics()
                // The busiest come last.
                operation.outcomes.ok = UInt64(1 + window * 60 + index)
                http.operations["GET /\(window)/\(index)"] = operation
                http.outcomes.merge(operation.outcomes)
                expected["GET /\(window)/\(index)"] = operation.outcomes.ok
            }
            var metrics = EdgeMetrics()
            metrics.protocols[.http] = http
            report.edges = [EdgeRow(key: key, metrics: metrics)]
            _ = try store.append(report)
        }
        try rollUpEverything()
        // 360 operations of 1 to 360 requests, of which the 250 busiest keep their own.
        let folded = (1...110).reduce(UInt64(0)) { $0 + UInt64($1) }
        for resolution in Self.coarse {
            let summary = try #require(try store.summaries(resolution).first)
            let http = try #require(summary.rows.first?.edge.metrics.protocols[.http])
            #expect(http.operations.count == 251)
            #expect(http.operations["{other}"]?.outcomes.ok == folded)
            for (name, operation) in http.operations where name != "{other}" {
                #expect(operation.outcomes.ok == expected[name])
            }
            #expect(http.requests == 360 * 361 / 2)
            #expect(summary.coverage.losses == [.foldedOperations: folded])
        }
    }

    /// Another process may store a text in other bytes than this one, as the first one cannot know.
    @Test func `takes operations for one whose names differ only in how a letter is composed`() throws {
        var dice = RandomReports(seed: 4_850)
        let key = dice.edgeKey()
        for (window, name) in ["GET /caf\u{E9}", "GET /cafe\u{301}"].enumerated() {
            let store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
            var report = dice.report(window: Int64(window), edges: 0)
            var http = ProtocolMetrics()
            http.operations[name, default: OperationMetrics()].outcomes.ok = UInt64(window + 1)
            http.outcomes.ok = UInt64(window + 1)
            var metrics = EdgeMetrics()
            metrics.protocols[.http] = http
            report.edges = [EdgeRow(key: key, metrics: metrics)]
            _ = try store.append(report)
            try store.close()
        }
        try rollUpEverything()
        for resolution in Self.coarse {
            let http = try #require(
                try store.summaries(resolution).first?.rows.first?.edge.metrics.protocols[.http]
            )
            #expect(http.operations.mapValues(\.outcomes.ok) == ["GET /caf\u{E9}": 3])
        }
    }

    @Test func `refuses times whose windows would be cut off, takes the first and last whole ones`() throws {
        var dice = RandomReports(seed: 4_900)
        let day = Resolution.coarsest.nanoseconds
        for edge in [Int64.min, .max] {
            for offset in 0..<3 {
                let base = (edge / Window.baseNanoseconds) + (edge < 0 ? 1 : -1) * Int64(1 + offset)
                let report = dice.report(window: base, edges: 1)
                #expect(storageError { _ = try store.append(report) }?.code == .invalidReport)
            }
        }
        let first = Int64.min / day * day
        let last = Int64.max / day * day - Window.baseNanoseconds
        for nanoseconds in [first, last] {
            #expect(try store.append(dice.report(window: nanoseconds / Window.baseNanoseconds, edges: 3)))
        }
        try rollUpEverything()
        try expect(try store.reports(), "ends of time")
    }

    /// What was there before there were coarser windows is rolled up like what comes.
    @Test(arguments: ["v1", "v2", "v3"])
    func `takes in a store of an earlier schema`(name: String) throws {
        let fixture = URL(filePath: Checkout.fixtures + "/store/\(name).db")
        try folder.write(try Data(contentsOf: fixture), to: "old.db")
        let old = try WindowStore(path: folder.file("old.db"), access: .readWrite)
        let reports = try old.reports()
        for resolution in Self.coarse {
            let starts = Set(reports.map { resolution.window(containing: $0.window.start).start })
            #expect(try old.dirtyWindows(resolution) == starts.sorted())
        }
        try rollUpEverything(of: old)
        try expect(reports, in: old, name)
    }

    private func rollUpEverything(of other: WindowStore? = nil) throws {
        let progress = try #require(try (other ?? store).rollUp(.all))
        #expect(progress.isDone)
        #expect(progress.damaged == [])
    }

    private func expect(_ reports: [WindowReport], in other: WindowStore? = nil, _ context: String) throws {
        for resolution in Self.coarse {
            let stored = try (other ?? store).summaries(resolution)
            let naive = NaiveSummaries.of(reports, resolution)
            #expect(stored.count == naive.count, "\(context), \(resolution)")
            for (mine, theirs) in zip(stored, naive) where mine != theirs {
                Issue.record("\(context): \(resolution) at \(theirs.window.start) differs")
            }
        }
    }
}

extension WindowStore {
    /// Every summary of a length, by window, reporter and cluster.
    func summaries(_ resolution: Resolution) throws -> [StoredSummary] {
        var summaries: [StoredSummary] = []
        try forEachSummary(resolution, in: everything) { summaries.append($0) }
        return summaries.sorted {
            ($0.window.start, $0.reporter.id, $0.cluster) < ($1.window.start, $1.reporter.id, $1.cluster)
        }
    }
}
