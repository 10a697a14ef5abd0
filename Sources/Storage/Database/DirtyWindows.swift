// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// Coarser windows that have not been rolled up since a report came into them.
enum DirtyWindows {
    /// The lengths of windows that are rolled up, finest first.
    static let resolutions = Resolution.allCases.filter { $0.finer != nil }

    /// Marks every coarser window that contains a base window.
    static func mark(_ start: Timestamp, _ database: Database) throws {
        let insert = try database.cachedStatement(sql: insertion)
        for resolution in resolutions {
            guard let window = resolution.wholeWindow(containing: start) else { continue }
            try insert.execute(arguments: [resolution.rawValue, window.start.nanoseconds])
        }
    }

    /// Marks the coarser windows of all reports there are.
    static func markEveryReport(_ database: Database) throws {
        let insert = try database.cachedStatement(sql: insertion)
        // In order of time most windows are that of the report before.
        var last: [Resolution: Timestamp] = [:]
        let starts = try Row.fetchCursor(database, sql: "SELECT DISTINCT start FROM report ORDER BY start")
        while let row = try starts.next() {
            let start = Timestamp(nanoseconds: try row.integer(0))
            for resolution in resolutions {
                guard let window = resolution.wholeWindow(containing: start), last[resolution] != window.start
                else { continue }
                try insert.execute(arguments: [resolution.rawValue, window.start.nanoseconds])
                last[resolution] = window.start
            }
        }
    }

    static func clear(_ resolution: Resolution, _ window: Window, _ database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM dirty WHERE resolution = ? AND start = ?")
            .execute(arguments: [resolution.rawValue, window.start.nanoseconds])
    }

    /// The first dirty window of a resolution whose start lies in a range.
    ///
    /// - Parameters:
    ///   - resolution: Whose windows.
    ///   - from: The first start that counts.
    ///   - through: The last start that counts.
    ///   - database: What to look into.
    /// - Returns: Its start; `nil` where none is dirty.
    /// - Throws: What SQLite says.
    static func first(
        _ resolution: Resolution,
        from: Timestamp = Timestamp(nanoseconds: .min),
        through: Timestamp = Timestamp(nanoseconds: .max),
        _ database: Database
    ) throws -> Timestamp? {
        try Row.fetchOne(
            try database.cachedStatement(
                sql: "SELECT min(start) FROM dirty WHERE resolution = ? AND start >= ? AND start <= ?"
            ),
            arguments: [resolution.rawValue, from.nanoseconds, through.nanoseconds]
        )?
        .optionalInteger(0).map { Timestamp(nanoseconds: $0) }
    }

    private static let insertion = "INSERT OR IGNORE INTO dirty (resolution, start) VALUES (?, ?)"
}

extension Resolution {
    /// The window of this length that contains an instant, unless the ends of time cut it off.
    func wholeWindow(containing instant: Timestamp) -> Window? {
        let window = window(containing: instant)
        let isWhole =
            window.start.nanoseconds % nanoseconds == 0 && window.end - window.start == nanoseconds
        return isWhole ? window : nil
    }
}
