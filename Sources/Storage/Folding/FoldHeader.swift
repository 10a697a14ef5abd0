// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph

/// A report or a summary without its edges.
struct FoldHeader {
    let window: Window
    /// The id of the reporter.
    let reporter: UInt64
    /// Of a report; 0 for a summary.
    let sequence: Int64
    /// The id of the cluster's string.
    let cluster: UInt64
    /// The start of the reporter's last base window in it, whose gauges its rows have.
    let lastStart: Timestamp
    /// How many rows its blocks have.
    let edges: Int64
    /// What was watched.
    let observed: [Window]
    /// A sealed `ReportDetail` or `SummaryDetail`.
    let detail: [UInt8]

    /// Reads the headers of a run, in the order of its blocks.
    static func headers(of run: TilePlan.Run, _ database: Database) throws -> [FoldHeader] {
        try run.resolution.finer == nil ? reports(in: run.window, database) : summaries(of: run, database)
    }

    private static func reports(in window: Window, _ database: Database) throws -> [FoldHeader] {
        let rows = try RawRows(
            try database.cachedStatement(
                sql: """
                    SELECT start, reporter, sequence, cluster, observed_start, observed_end, edges, detail
                    FROM report WHERE start >= ? AND start < ? ORDER BY start, reporter, sequence
                    """
            ),
            [window.start.nanoseconds, window.end.nanoseconds]
        )
        var headers: [FoldHeader] = []
        while try rows.next() {
            let start = Timestamp(nanoseconds: try rows.integer(0))
            let observed = Window(
                start: Timestamp(nanoseconds: try rows.integer(4)),
                end: Timestamp(nanoseconds: try rows.integer(5))
            )
            headers.append(
                FoldHeader(
                    window: Window(start: start, end: start + Window.baseNanoseconds),
                    reporter: try rows.unsigned(1),
                    sequence: try rows.integer(2),
                    cluster: try rows.unsigned(3),
                    lastStart: start,
                    edges: try rows.integer(6),
                    observed: [observed],
                    detail: try rows.bytes(7)
                )
            )
        }
        return headers
    }

    private static func summaries(of run: TilePlan.Run, _ database: Database) throws -> [FoldHeader] {
        let rows = try RawRows(
            try database.cachedStatement(
                sql: """
                    SELECT start, reporter, cluster, last_start, edges, detail FROM summary
                    WHERE resolution = ? AND start >= ? AND start < ? ORDER BY start, reporter, cluster
                    """
            ),
            [run.resolution.rawValue, run.window.start.nanoseconds, run.window.end.nanoseconds]
        )
        var headers: [FoldHeader] = []
        while try rows.next() {
            let start = Timestamp(nanoseconds: try rows.integer(0))
            headers.append(
                FoldHeader(
                    window: Window(start: start, end: start + run.resolution.nanoseconds),
                    reporter: try rows.unsigned(1),
                    sequence: 0,
                    cluster: try rows.unsigned(2),
                    lastStart: Timestamp(nanoseconds: try rows.integer(3)),
                    edges: try rows.integer(4),
                    observed: [],
                    detail: try rows.bytes(5)
                )
            )
        }
        return headers
    }
}

/// Where a block lies, and what of.
struct FoldBlock {
    let rowID: Int64
    let isBase: Bool
    let start: Timestamp
    let reporter: UInt64
    let sequence: Int64
    /// Of a summary; 0 for a report.
    let cluster: UInt64
    let counted: Counted
    let shard: UInt64

    /// Lists the blocks of a run, in the order of its headers, without reading them.
    static func blocks(of run: TilePlan.Run, _ database: Database) throws -> [FoldBlock] {
        let isBase = run.resolution.finer == nil
        let sql =
            isBase
            ? """
            SELECT rowid, start, reporter, sequence, 0, shard FROM block
            WHERE resolution = ? AND start >= ? AND start < ? ORDER BY start, reporter, sequence, shard
            """
            : """
            SELECT rowid, start, reporter, cluster, counted, shard FROM summary_block
            WHERE resolution = ? AND start >= ? AND start < ?
            ORDER BY start, reporter, cluster, counted, shard
            """
        let rows = try RawRows(
            try database.cachedStatement(sql: sql),
            [run.resolution.rawValue, run.window.start.nanoseconds, run.window.end.nanoseconds]
        )
        var blocks: [FoldBlock] = []
        while try rows.next() {
            guard let counted = UInt8(exactly: try rows.integer(4)).flatMap(Counted.init(rawValue:)) else {
                throw WrongColumn(column: 4)
            }
            blocks.append(
                FoldBlock(
                    rowID: try rows.integer(0),
                    isBase: isBase,
                    start: Timestamp(nanoseconds: try rows.integer(1)),
                    reporter: try rows.unsigned(2),
                    sequence: isBase ? try rows.integer(3) : 0,
                    cluster: isBase ? 0 : try rows.unsigned(3),
                    counted: counted,
                    shard: try rows.unsigned(5)
                )
            )
        }
        return blocks
    }

    /// Reads the block's bytes.
    func bytes(_ database: Database) throws -> [UInt8] {
        let table = isBase ? "block" : "summary_block"
        let rows = try RawRows(
            try database.cachedStatement(sql: "SELECT data FROM \(table) WHERE rowid = ?"),
            [rowID]
        )
        guard try rows.next() else { throw WrongColumn(column: 0) }
        return try rows.bytes(0)
    }

    /// Whether it is a part of a report or summary.
    func belongs(to header: FoldHeader) -> Bool {
        start == header.window.start && reporter == header.reporter
            && (isBase ? sequence == header.sequence : cluster == header.cluster)
    }
}
