// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import GRDB

/// What one reporter said about one coarse window, as it is stored.
struct Summary {
    /// The edges of one shard that count alike.
    struct Block {
        let counted: Counted
        let shard: UInt64
        let data: [UInt8]
    }

    /// The id of the reporter, and that of the cluster's string.
    let reporter: UInt64
    let cluster: UInt64
    /// The start of the last base window that the reporter reported; gauges are those of its end.
    let lastStart: Timestamp
    var edges = 0
    var detail = SummaryDetail()
    var blocks: [Block] = []
}

/// A coarse window, rolled up.
struct RolledWindow {
    let resolution: Resolution
    let window: Window
    var summaries: [Summary] = []
    /// Rows that were read.
    var rows = 0

    /// Puts the window in place of what is stored of it, which is then clean.
    func store(_ database: Database, strings: [String: UInt64]) throws {
        let key: [Int64] = [resolution.rawValue, window.start.nanoseconds]
        for table in ["summary", "summary_block"] {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE resolution = ? AND start = ?")
                .execute(arguments: StatementArguments(key))
        }
        let insertSummary = try database.cachedStatement(
            sql: """
                INSERT INTO summary (resolution, start, reporter, cluster, last_start, edges, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        let insertBlock = try database.cachedStatement(
            sql: """
                INSERT INTO summary_block (resolution, start, reporter, cluster, counted, shard, data)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        for summary in summaries {
            let (reporter, cluster) = (Int64(clamping: summary.reporter), Int64(clamping: summary.cluster))
            try insertSummary.execute(arguments: [
                resolution.rawValue, window.start.nanoseconds, reporter, cluster,
                summary.lastStart.nanoseconds, summary.edges,
                Data(try summary.detail.encoded(strings: strings)),
            ])
            for block in summary.blocks {
                try insertBlock.execute(arguments: [
                    resolution.rawValue, window.start.nanoseconds, reporter, cluster,
                    Int64(block.counted.rawValue), Int64(clamping: block.shard), Data(block.data),
                ])
            }
        }
        try DirtyWindows.clear(resolution, window, database)
    }
}
