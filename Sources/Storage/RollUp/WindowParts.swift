// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph

/// What a coarse window is made of: the reports of its base windows, or the summaries of the next
/// finer windows in it.
struct WindowParts {
    /// One report, or one summary.
    struct Part {
        let reporter: Int64
        let cluster: Int64
        /// The start of its window, and of the last base window in it that the reporter reported.
        let start: Timestamp
        let lastStart: Timestamp
        let edges: Int
        let detail: SummaryDetail
    }

    /// One block of a part, not read yet.
    struct BlockPlace {
        /// The position of its part.
        let part: Int
        /// `nil` where each row decides by itself.
        let counted: Counted?
        let shard: UInt64
        let row: Int64
    }

    private(set) var parts: [Part] = []
    private(set) var blocks: [BlockPlace] = []
    /// Who spoke for which clients, by base window; empty for summaries.
    private(set) var choices: [Timestamp: ReporterChoice] = [:]
    /// What `ReporterChoice` calls a reporter.
    static func name(ofReporter id: Int64) -> String { String(id) }

    /// Looks up the parts; blocks are not read.
    init(
        of window: Window,
        _ resolution: Resolution,
        _ database: Database,
        _ dictionary: ReaderDictionary
    ) throws {
        if resolution.finer == .tenSeconds {
            try findReports(window, database, dictionary)
        } else if let finer = resolution.finer {
            try findSummaries(window, finer, database, dictionary)
        }
    }

    // MARK: - Reports

    private struct ReportID: Hashable {
        let start: Int64
        let reporter: Int64
        let sequence: Int64
    }

    private mutating func findReports(
        _ window: Window,
        _ database: Database,
        _ dictionary: ReaderDictionary
    ) throws {
        let range: [Int64] = [window.start.nanoseconds, window.end.nanoseconds]
        var positions: [ReportID: Int] = [:]
        let reports = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT start, reporter, sequence, cluster, observed_start, observed_end, edges, detail
                    FROM report WHERE start >= ? AND start < ? ORDER BY start, reporter, sequence
                    """
            ),
            arguments: StatementArguments(range)
        )
        while let row = try reports.next() {
            let id = ReportID(
                start: try row.integer(0),
                reporter: try row.integer(1),
                sequence: try row.integer(2)
            )
            let start = Timestamp(nanoseconds: id.start)
            let stored = try ReportDetail(try row.bytes(7), strings: dictionary.strings)
            var local: [LocalAddress] = []
            for address in stored.localAddresses {
                local.append(
                    LocalAddress(
                        endpoint: try dictionary.endpoint(address.endpoint),
                        locality: address.locality
                    )
                )
            }
            choices[start, default: ReporterChoice()]
                .note(local, reporter: Self.name(ofReporter: id.reporter))
            var detail = SummaryDetail()
            detail.coverage = stored.coverage
            detail.observed = [
                Window(
                    start: Timestamp(nanoseconds: try row.integer(4)),
                    end: Timestamp(nanoseconds: try row.integer(5))
                )
            ]
            positions[id] = parts.count
            parts.append(
                Part(
                    reporter: id.reporter,
                    cluster: try row.integer(3),
                    start: start,
                    lastStart: start,
                    edges: Int(clamping: try row.integer(6)),
                    detail: detail
                )
            )
        }
        let found = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT start, reporter, sequence, shard, rowid FROM block
                    WHERE resolution = ? AND start >= ? AND start < ?
                    """
            ),
            arguments: StatementArguments([ReportWriter.baseResolution] + range)
        )
        while let row = try found.next() {
            let id = ReportID(
                start: try row.integer(0),
                reporter: try row.integer(1),
                sequence: try row.integer(2)
            )
            guard let part = positions[id] else { throw WrongColumn(column: 0) }
            blocks.append(
                BlockPlace(
                    part: part,
                    counted: nil,
                    shard: try row.unsigned(3),
                    row: try row.integer(4)
                )
            )
        }
    }

    // MARK: - Summaries

    private struct SummaryID: Hashable {
        let start: Int64
        let reporter: Int64
        let cluster: Int64
    }

    private mutating func findSummaries(
        _ window: Window,
        _ finer: Resolution,
        _ database: Database,
        _ dictionary: ReaderDictionary
    ) throws {
        let range: [Int64] = [finer.rawValue, window.start.nanoseconds, window.end.nanoseconds]
        var positions: [SummaryID: Int] = [:]
        let summaries = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT start, reporter, cluster, last_start, edges, detail FROM summary
                    WHERE resolution = ? AND start >= ? AND start < ? ORDER BY start, reporter, cluster
                    """
            ),
            arguments: StatementArguments(range)
        )
        while let row = try summaries.next() {
            let id = SummaryID(
                start: try row.integer(0),
                reporter: try row.integer(1),
                cluster: try row.integer(2)
            )
            positions[id] = parts.count
            parts.append(
                Part(
                    reporter: id.reporter,
                    cluster: id.cluster,
                    start: Timestamp(nanoseconds: id.start),
                    lastStart: Timestamp(nanoseconds: try row.integer(3)),
                    edges: Int(clamping: try row.integer(4)),
                    detail: try SummaryDetail(try row.bytes(5), strings: dictionary.strings)
                )
            )
        }
        let found = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT start, reporter, cluster, counted, shard, rowid FROM summary_block
                    WHERE resolution = ? AND start >= ? AND start < ?
                    """
            ),
            arguments: StatementArguments(range)
        )
        while let row = try found.next() {
            let id = SummaryID(
                start: try row.integer(0),
                reporter: try row.integer(1),
                cluster: try row.integer(2)
            )
            guard let part = positions[id],
                let counted = UInt8(exactly: try row.integer(3)).flatMap(Counted.init(rawValue:))
            else { throw WrongColumn(column: 3) }
            blocks.append(
                BlockPlace(
                    part: part,
                    counted: counted,
                    shard: try row.unsigned(4),
                    row: try row.integer(5)
                )
            )
        }
    }
}
