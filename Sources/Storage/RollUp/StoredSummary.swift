// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
import GRDB

/// What one reporter said about one coarse window, by value: what tests, checks and people look at.
package struct StoredSummary: Equatable, Sendable {
    /// One edge of it.
    package struct Row: Equatable, Sendable {
        package var counted: Counted
        package var edge: EdgeRow
        /// The first and the last base window, from the start of this one, in which the edge had a row.
        package var firstWindow: UInt32
        package var lastWindow: UInt32
        /// The last base window before, and the first behind, each time between them with a whole day in it in which
        /// the edge had no row.
        package var rests: [BlockRow.Rest] = []

        package init(counted: Counted, edge: EdgeRow, firstWindow: UInt32, lastWindow: UInt32) {
            self.counted = counted
            self.edge = edge
            self.firstWindow = firstWindow
            self.lastWindow = lastWindow
        }
    }

    package var cluster: String
    package var reporter: Reporter
    package var window: Window
    /// The start of the last base window in it that the reporter reported.
    package var lastStart: Timestamp
    /// The parts of the window that the reporter was watching, in order and apart from each other.
    package var observed: [Window]
    package var coverage: Coverage
    /// Sorted by when they count and by key.
    package var rows: [Row]

    package init(
        cluster: String,
        reporter: Reporter,
        window: Window,
        lastStart: Timestamp,
        observed: [Window] = [],
        coverage: Coverage = Coverage(),
        rows: [Row] = []
    ) {
        self.cluster = cluster
        self.reporter = reporter
        self.window = window
        self.lastStart = lastStart
        self.observed = observed
        self.coverage = coverage
        self.rows = rows
    }
}

extension WindowStore {
    /// Hands over the summaries of all windows of one length that lie in a range, ordered by window,
    /// reporter id (as bytes) and cluster, from one consistent snapshot.
    ///
    /// The body may throw to stop; it must not call the store.
    package func forEachSummary(
        _ resolution: Resolution,
        in range: Window,
        _ body: (StoredSummary) throws -> Void
    ) throws {
        try readWithDictionary { database, dictionary in
            try SummaryReader(database, dictionary, path: file.path).forEach(resolution, in: range, body)
        }
    }

    /// The starts of the windows of one length that have not been rolled up since a report came.
    package func dirtyWindows(_ resolution: Resolution) throws -> [Timestamp] {
        try read { database in
            let rows = try Row.fetchCursor(
                try database.cachedStatement(
                    sql: "SELECT start FROM dirty WHERE resolution = ? ORDER BY start"
                ),
                arguments: [resolution.rawValue]
            )
            var starts: [Timestamp] = []
            while let row = try rows.next() { starts.append(Timestamp(nanoseconds: try row.integer(0))) }
            return starts
        }
    }
}

/// Reads summaries back from one snapshot.
struct SummaryReader {
    private let database: Database
    private let dictionary: ReaderDictionary
    private let path: String

    init(_ database: Database, _ dictionary: ReaderDictionary, path: String) {
        self.database = database
        self.dictionary = dictionary
        self.path = path
    }

    func forEach(
        _ resolution: Resolution,
        in range: Window,
        _ body: (StoredSummary) throws -> Void
    ) throws {
        let lastStart = range.end + -resolution.nanoseconds
        let summaries = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT summary.start, summary.reporter, summary.cluster, last_start, edges, detail,
                        reporter.identity, reporter.name
                    FROM summary JOIN reporter ON reporter.id = summary.reporter
                    WHERE resolution = ? AND start >= ? AND start <= ?
                    ORDER BY start, reporter.identity, summary.cluster
                    """
            ),
            arguments: [resolution.rawValue, range.start.nanoseconds, lastStart.nanoseconds]
        )
        while let row = try summaries.next() {
            let start = Timestamp(nanoseconds: try row.integer(0))
            let window = Window(start: start, end: start + resolution.nanoseconds)
            do {
                try body(try summary(row, resolution, window))
            } catch let error as BlockError {
                throw StorageError.damaged(
                    "the window of \(resolution.text) at \(start): \(error)",
                    path: path
                )
            }
        }
    }

    private func summary(_ row: Row, _ resolution: Resolution, _ window: Window) throws -> StoredSummary {
        let detail = try SummaryDetail(try row.bytes(5), strings: dictionary.strings)
        var summary = StoredSummary(
            cluster: try dictionary.string(try row.unsigned(2)),
            reporter: Reporter(id: try row.string(6), name: try row.string(7)),
            window: window,
            lastStart: Timestamp(nanoseconds: try row.integer(3)),
            observed: detail.observed,
            coverage: detail.coverage
        )
        let blocks = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT counted, data FROM summary_block
                    WHERE resolution = ? AND start = ? AND reporter = ? AND cluster = ?
                    ORDER BY counted, shard
                    """
            ),
            arguments: [
                resolution.rawValue, window.start.nanoseconds, try row.integer(1), try row.integer(2),
            ]
        )
        while let block = try blocks.next() {
            guard let counted = UInt8(exactly: try block.integer(0)).flatMap(Counted.init(rawValue:))
            else { throw WrongColumn(column: 0) }
            for row in try BlockReader(try block.bytes(1), strings: dictionary.strings).rows() {
                var own = StoredSummary.Row(
                    counted: counted,
                    edge: try dictionary.edgeRow(row),
                    firstWindow: row.firstWindow,
                    lastWindow: row.lastWindow
                )
                own.rests = row.rests
                summary.rows.append(own)
            }
        }
        guard summary.rows.count == Int(clamping: try row.integer(4)) else {
            throw StorageError.damaged(
                "the window of \(resolution.text) at \(window.start): a block is missing",
                path: path
            )
        }
        summary.rows.sort { left, right in
            left.counted != right.counted
                ? left.counted.rawValue < right.counted.rawValue : left.edge.key < right.edge.key
        }
        return summary
    }
}
