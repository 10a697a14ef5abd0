// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// The windows that answer a range: the coarsest that are clean and tile it.
struct TilePlan {
    /// Windows of one length that follow each other.
    struct Run: Equatable {
        let resolution: Resolution
        let window: Window
    }

    /// The range, widened where the windows that would divide it are gone.
    let window: Window
    /// In no order; together they are the range, each instant once.
    private(set) var runs: [Run] = []
    private let keptFrom: [Resolution: Timestamp]

    /// - Parameters:
    ///   - range: Whole base windows.
    ///   - database: A snapshot.
    ///   - coarsest: No window longer than this is used.
    /// - Throws: What SQLite says.
    init(_ range: Window, _ database: Database, coarsest: Resolution = .coarsest) throws {
        keptFrom = try RetentionTable.cuts(database).cuts
        guard range.start < range.end else {
            window = range
            return
        }
        let first = Self.finest(at: range.start, keptFrom).window(containing: range.start)
        let last = Self.finest(at: range.end + -1, keptFrom).window(containing: range.end + -1)
        window = Window(start: first.start, end: last.end)
        try cover(window, with: coarsest, database)
    }

    /// Whether all windows that a window was made from are still there.
    func isKept(_ resolution: Resolution, from start: Timestamp) -> Bool {
        keptFrom[resolution].map { $0 <= start } ?? true
    }

    // MARK: - Tiles

    private mutating func cover(_ range: Window, with resolution: Resolution, _ database: Database) throws {
        guard range.start < range.end else { return }
        guard let finer = resolution.finer else {
            runs.append(Run(resolution: resolution, window: range))
            return
        }
        let containing = resolution.window(containing: range.start)
        let start = containing.start == range.start ? range.start : containing.end
        let end = resolution.window(containing: range.end).start
        guard start < end else { return try cover(range, with: finer, database) }
        try cover(Window(start: range.start, end: start), with: finer, database)
        var reached = start
        for dirty in try dirty(resolution, Window(start: start, end: end), database) {
            if reached < dirty.start {
                runs.append(Run(resolution: resolution, window: Window(start: reached, end: dirty.start)))
            }
            try cover(dirty, with: finer, database)
            reached = dirty.end
        }
        if reached < end {
            runs.append(Run(resolution: resolution, window: Window(start: reached, end: end)))
        }
        try cover(Window(start: end, end: range.end), with: finer, database)
    }

    private func dirty(
        _ resolution: Resolution,
        _ range: Window,
        _ database: Database
    ) throws -> [Window] {
        let rows = try RawRows(
            try database.cachedStatement(
                sql:
                    "SELECT start FROM dirty WHERE resolution = ? AND start >= ? AND start < ? ORDER BY start"
            ),
            [resolution.rawValue, range.start.nanoseconds, range.end.nanoseconds]
        )
        var windows: [Window] = []
        while try rows.next() {
            let start = Timestamp(nanoseconds: try rows.integer(0))
            windows.append(Window(start: start, end: start + resolution.nanoseconds))
        }
        return windows
    }

    // MARK: - What was pruned

    /// The shortest windows that are kept at an instant; the longest of all where none are.
    private static func finest(at instant: Timestamp, _ keptFrom: [Resolution: Timestamp]) -> Resolution {
        Resolution.allCases.first { resolution in
            keptFrom[resolution].map { $0 <= resolution.window(containing: instant).start } ?? true
        } ?? .coarsest
    }
}
