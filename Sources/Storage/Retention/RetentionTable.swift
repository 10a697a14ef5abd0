// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// Up to where windows of each length were pruned.
enum RetentionTable {
    static func cuts(_ database: Database) throws -> RetentionCuts {
        var cuts: [Resolution: Timestamp] = [:]
        let rows = try Row.fetchCursor(
            try database.cachedStatement(sql: "SELECT resolution, kept_from FROM retention")
        )
        while let row = try rows.next() {
            guard let resolution = Resolution(rawValue: try row.integer(0)) else {
                throw WrongColumn(column: 0)
            }
            cuts[resolution] = Timestamp(nanoseconds: try row.integer(1))
        }
        return RetentionCuts(cuts)
    }

    /// From where on windows of a length are kept; `nil` where none was pruned.
    static func keptFrom(_ resolution: Resolution, _ database: Database) throws -> Timestamp? {
        try Row.fetchOne(
            try database.cachedStatement(sql: "SELECT kept_from FROM retention WHERE resolution = ?"),
            arguments: [resolution.rawValue]
        )?
        .optionalInteger(0).map { Timestamp(nanoseconds: $0) }
    }

    /// Records cuts, before anything is deleted: nobody may take half a window for a whole one.
    static func record(_ cuts: RetentionCuts, _ database: Database) throws {
        let upsert = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO retention (resolution, kept_from) VALUES (?, ?)"
        )
        for (resolution, cut) in cuts.cuts {
            try upsert.execute(arguments: [resolution.rawValue, cut.nanoseconds])
            // What nothing keeps any more need not be rolled up.
            try database.cachedStatement(sql: "DELETE FROM dirty WHERE resolution = ? AND start < ?")
                .execute(arguments: [resolution.rawValue, cut.nanoseconds])
        }
    }
}
