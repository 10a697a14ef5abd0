// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// A report or a summary without its edges.
struct PartHeader {
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
    static func headers(of run: TilePlan.Run, _ database: Database) throws -> [PartHeader] {
        try run.resolution.finer == nil ? reports(in: run.window, database) : summaries(of: run, database)
    }

    private static func reports(in window: Window, _ database: Database) throws -> [PartHeader] {
        let rows = try RawRows(
            try database.cachedStatement(
                sql: """
                    SELECT start, reporter, sequence, cluster, observed_start, observed_end, edges, detail
                    FROM report WHERE start >= ? AND start < ? ORDER BY start, reporter, sequence
                    """
            ),
            [window.start.nanoseconds, window.end.nanoseconds]
        )
        var headers: [PartHeader] = []
        while try rows.next() {
            let start = Timestamp(nanoseconds: try rows.integer(0))
            let observed = Window(
                start: Timestamp(nanoseconds: try rows.integer(4)),
                end: Timestamp(nanoseconds: try rows.integer(5))
            )
            headers.append(
                PartHeader(
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

    private static func summaries(of run: TilePlan.Run, _ database: Database) throws -> [PartHeader] {
        let rows = try RawRows(
            try database.cachedStatement(
                sql: """
                    SELECT start, reporter, cluster, last_start, edges, detail FROM summary
                    WHERE resolution = ? AND start >= ? AND start < ? ORDER BY start, reporter, cluster
                    """
            ),
            [run.resolution.rawValue, run.window.start.nanoseconds, run.window.end.nanoseconds]
        )
        var headers: [PartHeader] = []
        while try rows.next() {
            let start = Timestamp(nanoseconds: try rows.integer(0))
            headers.append(
                PartHeader(
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
