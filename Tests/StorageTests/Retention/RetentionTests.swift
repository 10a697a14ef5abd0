// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Storage
import TestKit
import Testing

@Suite struct `Keeping what is wanted` {
    private static let hour = Resolution.hour.nanoseconds
    private static let day = Resolution.day.nanoseconds

    private let folder: TemporaryFolder
    private let store: WindowStore

    init() throws {
        folder = try TemporaryFolder()
        store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
    }

    private static var policy: RetentionPolicy {
        var policy = RetentionPolicy()
        policy.ages = [.tenSeconds: hour, .minute: 6 * hour, .tenMinutes: day, .hour: 2 * day]
        return policy
    }

    /// A report every so many windows, for some days from the first of 1970.
    private func history(days: Int64, every step: Int64, edges: Int, seed: UInt64) throws -> [WindowReport] {
        var dice = RandomReports(seed: seed)
        let last = days * Self.day / Window.baseNanoseconds
        let reports = stride(from: Int64(0), to: last, by: Int64.Stride(step)).map {
            var report = dice.report(window: $0, edges: edges)
            // One cluster, so that a window has one summary.
            report.cluster = "default"
            return report
        }
        for report in reports { #expect(try store.append(report)) }
        return reports
    }

    private func rollUp() throws {
        #expect(try store.rollUp(.all)?.damaged == [])
    }

    @Test func `is everything by default`() throws {
        let reports = try history(days: 2, every: 300, edges: 1, seed: 61)
        try rollUp()
        let progress = try #require(try store.prune(RetentionPolicy()))
        #expect(progress.isDone && progress.windows == 0)
        #expect(try store.keptFrom() == [:])
        #expect(try store.reports() == reports)
    }

    @Test func `deletes by age, finer windows first, and coarser ones stay as they were`() throws {
        let reports = try history(days: 3, every: 210, edges: 1, seed: 62)
        try rollUp()
        let before = try Dictionary(
            uniqueKeysWithValues: Resolution.allCases.dropFirst().map { ($0, try store.summaries($0)) }
        )
        let progress = try #require(try store.prune(Self.policy))
        #expect(progress.isDone)
        let kept = try store.keptFrom()
        let end = try #require(reports.last).window.end
        // Each is cut between windows of the next coarser length, at or before its age.
        for (resolution, age) in Self.policy.ages {
            let cut = try #require(kept[resolution])
            let length = try #require(resolution.coarser).nanoseconds
            #expect(cut.nanoseconds % length == 0)
            #expect(cut <= end + -age && cut + length > end + -age)
        }
        #expect(kept[.sixHours] == nil && kept[.day] == nil && kept[.coarsest] == nil)
        let first = try #require(kept[.tenSeconds])
        #expect(try store.reports() == reports.filter { $0.window.start >= first })
        for (resolution, summaries) in before {
            let cut = kept[resolution] ?? Timestamp(nanoseconds: .min)
            #expect(try store.summaries(resolution) == summaries.filter { $0.window.start >= cut })
        }
        // The range goes back as far as ever.
        #expect(try store.range() == Window(start: Timestamp(nanoseconds: 0), end: end))
        #expect(try store.prune(Self.policy)?.windows == 0)
        #expect(try StoreInspection(folder.file("map.db")).problems == [])
    }

    @Test(arguments: 0..<2)
    func `adds late reports up rightly beside what was pruned`(seed: UInt64) throws {
        var reports = try history(days: 2, every: 270, edges: 1, seed: 630 + seed)
        try rollUp()
        _ = try store.prune(Self.policy)
        let cut = try #require(try store.keptFrom()[.tenSeconds])
        let end = try #require(reports.last).window.end
        var dice = RandomReports(seed: 640 + seed)
        let windows = (end - cut) / Window.baseNanoseconds
        for number in 0..<12 {
            let window = cut.nanoseconds / Window.baseNanoseconds + Int64(dice.number(Int(windows)))
            var late = dice.report(reporter: 1, window: window, sequence: UInt64(number), edges: 2)
            late.cluster = "default"
            #expect(try store.append(late))
            reports.append(late)
            if dice.chance(1, of: 4) {
                try rollUp()
                _ = try store.prune(Self.policy)
            }
        }
        try rollUp()
        let kept = try store.keptFrom()
        for resolution in Resolution.allCases.dropFirst() {
            let cut = kept[resolution] ?? Timestamp(nanoseconds: .min)
            let naive = NaiveSummaries.of(reports, resolution).filter { $0.window.start >= cut }
            #expect(try store.summaries(resolution) == naive, "\(resolution.text)")
        }
    }

    @Test func `refuses reports of times that were pruned`() throws {
        let reports = try history(days: 1, every: 100, edges: 1, seed: 65)
        try rollUp()
        _ = try store.prune(Self.policy)
        let before = try StoreInspection(folder.file("map.db"))
        // Known before or not: nobody can tell any more.
        var late = reports[1]
        late.sequence = 9
        for report in [reports[0], late] {
            let error = storageError { _ = try store.append(report) }
            #expect(error?.code == .outsideRetention)
            #expect(error?.isOneLineWithRemedy == true)
        }
        #expect(try StoreInspection(folder.file("map.db")) == before)
        #expect(try !store.append(try #require(reports.last)))
    }

    @Test func `keeps what has not been rolled up, unless it is too old for any length`() throws {
        let reports = try history(days: 70, every: 7_000, edges: 1, seed: 66)
        #expect(try store.prune(Self.policy)?.windows == 0)
        #expect(try store.reports() == reports)
        // The first thirty days only, and a part of the next.
        _ = try store.rollUp(.all, limit: 40)
        _ = try store.prune(Self.policy)
        let first = try #require(try store.dirtyWindows(.minute).first)
        #expect(try store.keptFrom() == [.tenSeconds: first])
        #expect(try store.reports() == reports.filter { $0.window.start >= first })
        var policy = RetentionPolicy()
        policy.ages = [.coarsest: 30 * Self.day]
        _ = try store.prune(policy)
        // The newest window ends within the third thirty days.
        let second = Timestamp(nanoseconds: 30 * Self.day)
        for resolution in Resolution.allCases {
            #expect(try store.keptFrom()[resolution] == (resolution == .tenSeconds ? first : second))
            if resolution != .tenSeconds {
                #expect(try store.dirtyWindows(resolution).allSatisfy { $0 >= second })
            }
        }
        #expect(try store.reports() == reports.filter { $0.window.start >= first })
        #expect(try store.range()?.start == store.summaries(.minute).first?.window.start)
    }

    @Test func `deletes by size, the finest and oldest first`() throws {
        var dice = RandomReports(seed: 67)
        let reports = (0..<240).map { OrdinaryReports.report(window: $0, edges: 40, dice: &dice) }
        for report in reports { _ = try store.append(report) }
        try rollUp()
        _ = try store.maintain()
        let bytes = try folder.read("map.db").count
        var policy = RetentionPolicy()
        policy.maximumBytes = Int64(bytes * 3 / 4)
        let progress = try #require(try store.prune(policy))
        #expect(progress.isDone && !progress.isTooLarge)
        let kept = try store.keptFrom()
        let cut = try #require(kept[.tenSeconds])
        #expect(kept.count == 1)
        #expect(try store.reports() == reports.filter { $0.window.start >= cut })
        #expect(try store.reports().count > 10)
        _ = try store.maintain()
        let after = try folder.read("map.db").count
        #expect(after <= bytes * 3 / 4)
        #expect(after > bytes / 2, "no more than needed")
        // What cannot be reached is said, and the newest windows and the days stay.
        policy.maximumBytes = 4_096
        #expect(try store.prune(policy)?.isTooLarge == true)
        #expect(try store.reports().last == reports.last)
        #expect(try store.summaries(.day).count == 1)
        #expect(try StoreInspection(folder.file("map.db")).problems == [])
    }

    @Test func `never shows half a window that is being deleted`() throws {
        _ = try history(days: 1, every: 20, edges: 1, seed: 68)
        try rollUp()
        var questions = 0
        let progress = try #require(
            try store.prune(
                Self.policy,
                shouldStop: {
                    questions += 1
                    return questions > 1
                }
            )
        )
        #expect(!progress.isDone)
        let cut = try #require(try store.keptFrom()[.tenSeconds])
        #expect(try store.reports().allSatisfy { $0.window.start >= cut })
        #expect(try StoreInspection(folder.file("map.db")).reports > store.reports().count)
        #expect(try store.prune(Self.policy)?.isDone == true)
        #expect(try StoreInspection(folder.file("map.db")).reports == store.reports().count)
    }

    @Test func `is left to whoever holds the lock`() throws {
        _ = try history(days: 1, every: 200, edges: 1, seed: 69)
        try rollUp()
        let other = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        _ = try store.prune(
            Self.policy,
            shouldStop: {
                #expect((try? other.prune(Self.policy)) == .some(nil))
                return false
            }
        )
        let reader = try WindowStore(path: folder.file("map.db"), access: .readOnly)
        #expect(try reader.prune(Self.policy) == nil)
    }
}
