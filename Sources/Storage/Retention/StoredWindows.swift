// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// From when to when there are windows of each length.
enum StoredWindows {
    /// The start of the first stored window of a length; `nil` where there is none.
    static func first(_ resolution: Resolution, _ database: Database) throws -> Timestamp? {
        try bound("min", resolution, database)
    }

    /// The start of the last stored window of a length; `nil` where there is none.
    static func last(_ resolution: Resolution, _ database: Database) throws -> Timestamp? {
        try bound("max", resolution, database)
    }

    /// The end of the newest base window; `nil` where there is none.
    static func end(_ database: Database) throws -> Timestamp? {
        try last(.tenSeconds, database).map { $0 + Window.baseNanoseconds }
    }

    /// Everything that is stored, in windows of any length.
    static func range(_ database: Database) throws -> Window? {
        // The newest base windows are never pruned.
        guard let end = try end(database) else { return nil }
        var first = end
        for resolution in Resolution.allCases {
            if let start = try Self.first(resolution, database) { first = min(first, start) }
            // The windows of this length go back as far as any: coarser ones only begin earlier
            // because they are longer.
            guard try RetentionTable.keptFrom(resolution, database) != nil else { break }
        }
        return Window(start: first, end: end)
    }

    private static func bound(
        _ function: String,
        _ resolution: Resolution,
        _ database: Database
    ) throws -> Timestamp? {
        // One step in an index answers each.
        let row =
            resolution == .tenSeconds
            ? try Row.fetchOne(database, sql: "SELECT \(function)(start) FROM report")
            : try Row.fetchOne(
                try database.cachedStatement(
                    sql: "SELECT \(function)(start) FROM summary WHERE resolution = ?"
                ),
                arguments: [resolution.rawValue]
            )
        return try row?.optionalInteger(0).map { Timestamp(nanoseconds: $0) }
    }
}
