// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// Deletes windows that a policy does not keep, while it holds the maintenance lock.
struct Pruning {
    /// A transaction ends with the window in which it reaches so many rows.
    private static let rowsPerTransaction = 256
    /// Pages given back to the file system in one transaction.
    private static let pagesPerTransaction = 256

    private let store: WindowStore
    private let policy: RetentionPolicy

    init(_ store: WindowStore, _ policy: RetentionPolicy) {
        self.store = store
        self.policy = policy
    }

    func run(shouldStop: () -> Bool) throws -> WindowStore.PruneProgress {
        var progress = WindowStore.PruneProgress()
        guard !policy.keepsEverything else {
            progress.isDone = true
            return progress
        }
        if let cuts = try cutsByAge() { try record(cuts) }
        guard try prune(&progress, shouldStop: shouldStop) else { return progress }
        while try isTooLarge() {
            guard let cuts = try cutsBySize() else {
                progress.isTooLarge = true
                break
            }
            try record(cuts)
            guard try prune(&progress, shouldStop: shouldStop) else { return progress }
        }
        progress.isDone = true
        return progress
    }

    // MARK: - Where to cut

    private func cutsByAge() throws -> RetentionCuts? {
        try store.read { database in
            guard let end = try StoredWindows.end(database) else { return nil }
            let recorded = try RetentionTable.cuts(database)
            var cuts = RetentionCuts(
                ages: policy.ages,
                end: end,
                recorded: recorded,
                dirty: try firstDirty(database)
            )
            // Where nothing goes, nothing is cut: a report of that time may still come. But finer
            // windows than those that go are no longer taken.
            for resolution in Resolution.allCases.reversed() {
                guard let cut = cuts[resolution] else { continue }
                if cut == recorded[resolution] { break }
                let finer = Resolution.allCases.filter { $0 <= resolution }
                let isOld = try finer.contains { finer in
                    try StoredWindows.first(finer, database).map { $0 < cut } ?? false
                }
                if isOld { break }
                cuts.remove(resolution)
            }
            return cuts == recorded ? nil : cuts
        }
    }

    /// The finest and oldest windows that can go, as far as the next coarser ones stand for them.
    private func cutsBySize() throws -> RetentionCuts? {
        try store.read { database in
            guard let end = try StoredWindows.end(database) else { return nil }
            var cuts = try RetentionTable.cuts(database)
            let dirty = try firstDirty(database)
            for resolution in Resolution.allCases {
                guard let oldest = try StoredWindows.first(resolution, database) else { continue }
                let coarser = resolution.coarser ?? resolution
                let window = coarser.window(containing: oldest)
                guard var last = RetentionCuts.cut(resolution, at: end, end: end) else { continue }
                if let first = dirty[coarser], coarser != resolution { last = min(last, first) }
                if let finer = resolution.finer { last = min(last, cuts[finer] ?? window.start) }
                guard window.end <= last else { continue }
                cuts.move(resolution, to: window.end)
                return cuts
            }
            return nil
        }
    }

    private func firstDirty(_ database: Database) throws -> [Resolution: Timestamp] {
        var dirty: [Resolution: Timestamp] = [:]
        for resolution in DirtyWindows.resolutions {
            dirty[resolution] = try DirtyWindows.first(resolution, database)
        }
        return dirty
    }

    private func isTooLarge() throws -> Bool {
        guard let maximumBytes = policy.maximumBytes else { return false }
        return try store.read { try StorePages($0).usedBytes > maximumBytes }
    }

    private func record(_ cuts: RetentionCuts) throws {
        try store.write { database, _ in try RetentionTable.record(cuts, database) }
    }

    // MARK: - Deleting

    /// Deletes everything before the recorded cuts and gives back pages.
    ///
    /// - Returns: Whether it came to an end.
    private func prune(_ progress: inout WindowStore.PruneProgress, shouldStop: () -> Bool) throws -> Bool {
        for resolution in Resolution.allCases {
            var isLeft = true
            while isLeft {
                guard !shouldStop() else { return false }
                let windows = try store.write { database, _ in try deleteSome(resolution, database) }
                try store.checkpointIfLong(holdsLock: true)
                progress.windows += windows
                isLeft = windows > 0
            }
        }
        while try store.read({ try StorePages($0).free > 0 }) {
            guard !shouldStop() else { return false }
            try store.write { database, _ in
                try database.execute(sql: "PRAGMA incremental_vacuum(\(Self.pagesPerTransaction))")
            }
        }
        return true
    }

    private func deleteSome(_ resolution: Resolution, _ database: Database) throws -> Int {
        guard let cut = try RetentionTable.keptFrom(resolution, database) else { return 0 }
        var (windows, rows) = (0, 0)
        while rows < Self.rowsPerTransaction, let start = try StoredWindows.first(resolution, database),
            start < cut
        {
            windows += 1
            for sql in Self.deletions(resolution) {
                try database.cachedStatement(sql: sql)
                    .execute(arguments: [resolution.rawValue, start.nanoseconds])
                rows += database.changesCount
            }
        }
        return windows
    }

    private static func deletions(_ resolution: Resolution) -> [String] {
        guard resolution == .tenSeconds else {
            return [
                "DELETE FROM summary_block WHERE resolution = ? AND start = ?",
                "DELETE FROM summary WHERE resolution = ? AND start = ?",
            ]
        }
        // Both take the length, which a report does not say.
        return [
            "DELETE FROM block WHERE resolution = ? AND start = ?",
            "DELETE FROM report WHERE ?1 > 0 AND start = ?2",
        ]
    }
}

/// The pages of the file.
struct StorePages {
    let count: Int64
    /// Those that hold nothing.
    let free: Int64
    /// In each.
    let bytes: Int64

    init(_ database: Database) throws {
        count = try Row.fetchOne(database, sql: "PRAGMA page_count")?.integer(0) ?? 0
        free = try Row.fetchOne(database, sql: "PRAGMA freelist_count")?.integer(0) ?? 0
        bytes = try Row.fetchOne(database, sql: "PRAGMA page_size")?.integer(0) ?? 0
    }

    var usedBytes: Int64 { (count - free) &* bytes }
}
