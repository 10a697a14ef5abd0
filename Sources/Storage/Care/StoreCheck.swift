// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// Looks for damage: pages, blocks, counts, and coarse windows that are not the sums of their finer ones.
struct StoreCheck {
    /// Coarse windows of one length that are added up again unless all are asked for.
    private static let sampleSize = 200

    private let store: WindowStore
    private let isDeep: Bool
    private var texts = StringTexts()
    private(set) var outcome = WindowStore.CheckOutcome()

    init(_ store: WindowStore, isDeep: Bool) {
        self.store = store
        self.isDeep = isDeep
    }

    mutating func run() throws {
        try checkPages()
        try checkReports()
        for resolution in DirtyWindows.resolutions { try checkSummaries(resolution) }
    }

    private mutating func checkPages() throws {
        let found = try store.read { database in
            try Row.fetchAll(database, sql: "PRAGMA quick_check").map { row in
                String.fromDatabaseValue(row[0]) ?? ""
            }
        }
        outcome.problems += found.filter { $0 != "ok" }.map { "SQLite: \($0)" }
        let orphans = try store.read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(*) FROM block WHERE NOT EXISTS (
                        SELECT 1 FROM report WHERE report.start = block.start
                            AND report.reporter = block.reporter AND report.sequence = block.sequence))
                    + (SELECT count(*) FROM summary_block AS own WHERE NOT EXISTS (
                        SELECT 1 FROM summary WHERE summary.resolution = own.resolution
                            AND summary.start = own.start AND summary.reporter = own.reporter
                            AND summary.cluster = own.cluster))
                    """
            )?
            .integer(0) ?? 0
        }
        if orphans > 0 { outcome.problems.append("\(orphans) blocks belong to no report and no summary") }
    }

    /// Every report is read, one window after the other, so that one that cannot be hides no other.
    private mutating func checkReports() throws {
        for start in try starts(.tenSeconds) {
            let window = Window(start: start, end: start + Window.baseNanoseconds)
            let found = try Self.looking {
                var rows = 0
                try store.forEachReport(in: window) { rows += $0.edges.count }
                return rows
            }
            note(found)
            outcome.windows += 1
        }
    }

    private mutating func checkSummaries(_ resolution: Resolution) throws {
        let starts = try starts(resolution)
        let step = isDeep ? 1 : max(1, starts.count / Self.sampleSize)
        for (index, start) in starts.enumerated() {
            let window = Window(start: start, end: start + resolution.nanoseconds)
            let found = try Self.looking {
                var rows = 0
                try store.forEachSummary(resolution, in: window) { rows += $0.rows.count }
                return rows
            }
            note(found)
            outcome.windows += 1
            guard index % step == 0 else { continue }
            try compare(resolution, window)
        }
    }

    /// Adds a window up again, if it is clean and what it was made of is still there.
    private mutating func compare(_ resolution: Resolution, _ window: Window) throws {
        var (texts, isEqual) = (self.texts, Bool?.none)
        let found = try Self.looking {
            isEqual = try store.readWithDictionary { database, dictionary in
                guard let finer = resolution.finer,
                    try DirtyWindows.first(
                        resolution,
                        from: window.start,
                        through: window.start,
                        database
                    ) == nil,
                    try RetentionTable.keptFrom(finer, database).map({ $0 <= window.start }) ?? true
                else { return nil }
                texts.learn(dictionary.strings)
                let merged = try store.naming(resolution, window) {
                    try WindowMerge(resolution, window, database, dictionary, texts: texts)
                        .run(shouldStop: { false })
                }
                return try StoredWindow(resolution, window, database)
                    .holds(merged, strings: dictionary.strings, ids: texts.ids)
            }
            return 0
        }
        note(found)
        self.texts = texts
        guard let isEqual else { return }
        outcome.compared += 1
        if !isEqual {
            outcome.problems.append(
                "the window of \(resolution.text) at \(window.start) is not the sum of its finer windows"
            )
        }
    }

    /// Takes down damage that a body finds, or how many rows it read.
    private mutating func note(_ found: Result<Int, StorageError>) {
        switch found {
        case .success(let rows): outcome.rows += rows
        case .failure(let error): outcome.problems.append(error.message)
        }
    }

    /// Runs a body that tells how many rows it read; what else than damage it throws is thrown.
    private static func looking(_ body: () throws -> Int) throws -> Result<Int, StorageError> {
        do {
            return .success(try body())
        } catch let error as StorageError where error.code == .corrupt {
            return .failure(error)
        }
    }

    /// The stored windows of a length that are kept.
    private func starts(_ resolution: Resolution) throws -> [Timestamp] {
        try store.read { database in
            let cut = try RetentionTable.keptFrom(resolution, database)?.nanoseconds ?? .min
            let table =
                resolution.finer == nil
                ? "report WHERE " : "summary WHERE resolution = \(resolution.rawValue) AND "
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT DISTINCT start FROM \(table) start >= ? ORDER BY start",
                arguments: [cut]
            )
            var starts: [Timestamp] = []
            while let row = try rows.next() { starts.append(Timestamp(nanoseconds: try row.integer(0))) }
            return starts
        }
    }
}

/// A coarse window as it is stored, to be compared with one that was just added up.
private struct StoredWindow {
    private struct SummaryKey: Hashable {
        let reporter: UInt64
        let cluster: UInt64
    }

    private struct BlockKey: Hashable {
        let summary: SummaryKey
        let counted: Counted
        let shard: UInt64
    }

    private var summaries: [SummaryKey: PartHeader] = [:]
    private var blocks: [BlockKey: [UInt8]] = [:]

    init(_ resolution: Resolution, _ window: Window, _ database: Database) throws {
        let run = TilePlan.Run(resolution: resolution, window: window)
        for header in try PartHeader.headers(of: run, database) {
            summaries[SummaryKey(reporter: header.reporter, cluster: header.cluster)] = header
        }
        for block in try PartBlock.blocks(of: run, database) {
            let key = BlockKey(
                summary: SummaryKey(reporter: block.reporter, cluster: block.cluster),
                counted: block.counted,
                shard: block.shard
            )
            blocks[key] = try block.bytes(database)
        }
    }

    /// Whether it says the same; blocks of older versions may say it in other bytes.
    func holds(_ merged: RolledWindow, strings: [UInt64: String], ids: [String: UInt64]) throws -> Bool {
        guard summaries.count == merged.summaries.count,
            blocks.count == merged.summaries.reduce(0, { $0 + $1.blocks.count })
        else { return false }
        for summary in merged.summaries {
            let key = SummaryKey(reporter: summary.reporter, cluster: summary.cluster)
            guard let head = summaries[key], head.lastStart == summary.lastStart,
                head.edges == Int64(summary.edges),
                try SummaryDetail(head.detail, strings: strings) == summary.detail
            else { return false }
            for block in summary.blocks {
                let key = BlockKey(summary: key, counted: block.counted, shard: block.shard)
                guard let stored = blocks[key] else { return false }
                guard stored != block.data else { continue }
                let theirs = try BlockReader(stored, strings: strings).rows()
                guard try BlockReader(block.data, strings: strings).rows() == theirs else { return false }
            }
        }
        return true
    }
}
