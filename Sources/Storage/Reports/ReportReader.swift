// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// Reads reports back from one snapshot.
struct ReportReader {
    private let database: Database
    private let dictionary: ReaderDictionary
    private let path: String

    init(_ database: Database, _ dictionary: ReaderDictionary, path: String) {
        self.database = database
        self.dictionary = dictionary
        self.path = path
    }

    /// Hands over the reports whose windows lie in a range, ordered by window, reporter id (as
    /// bytes) and sequence.
    func forEach(in range: Window, _ body: (WindowReport) throws -> Void) throws {
        // A window that starts here is the last to end in the range.
        let lastStart = range.end + -Window.baseNanoseconds
        let keptFrom = try RetentionTable.keptFrom(.tenSeconds, database) ?? range.start
        let reports = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT report.start, report.reporter, report.sequence, report.cluster, report.observed_start,
                        report.observed_end, report.edges, report.detail, reporter.identity, reporter.name
                    FROM report JOIN reporter ON reporter.id = report.reporter
                    WHERE report.start >= ? AND report.start <= ?
                    ORDER BY report.start, reporter.identity, report.sequence
                    """
            ),
            arguments: [max(range.start, keptFrom).nanoseconds, lastStart.nanoseconds]
        )
        while let row = try reports.next() { try body(try report(row)) }
    }

    private func report(_ row: Row) throws -> WindowReport {
        let start = Timestamp(nanoseconds: try row.integer(0))
        let sequence = try row.unsigned(2)
        let reporter = Reporter(id: try row.string(8), name: try row.string(9))
        var report = WindowReport(
            cluster: try dictionary.string(try row.unsigned(3)),
            reporter: reporter,
            window: Window(start: start, end: start + Window.baseNanoseconds),
            sequence: sequence,
            observed: Window(
                start: Timestamp(nanoseconds: try row.integer(4)),
                end: Timestamp(nanoseconds: try row.integer(5))
            )
        )
        do {
            try restoreDetail(of: &report, try row.bytes(7))
            report.edges = try edges(
                start: try row.integer(0),
                reporter: try row.integer(1),
                try row.integer(2)
            )
        } catch let error as BlockError {
            throw StorageError.damaged(
                "window \(start), reporter \(reporter.name), report \(sequence): \(error)",
                path: path
            )
        }
        guard report.edges.count == Int(clamping: try row.integer(6)) else {
            throw StorageError.damaged(
                "window \(start), reporter \(reporter.name), report \(sequence): a block is missing",
                path: path
            )
        }
        return report
    }

    private func restoreDetail(of report: inout WindowReport, _ bytes: [UInt8]) throws {
        let detail = try ReportDetail(bytes, strings: dictionary.strings)
        report.coverage = detail.coverage
        for address in detail.localAddresses {
            report.localAddresses.append(
                LocalAddress(endpoint: try dictionary.endpoint(address.endpoint), locality: address.locality)
            )
        }
        let find = try database.cachedStatement(sql: "SELECT endpoint, source, value FROM name WHERE id = ?")
        for id in detail.names {
            guard let row = try Row.fetchOne(find, arguments: [Int64(bitPattern: id)]) else {
                throw BlockError.unknownID(id)
            }
            report.names.append(try dictionary.name(row))
        }
    }

    private func edges(start: Int64, reporter: Int64, _ sequence: Int64) throws -> [EdgeRow] {
        let blocks = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT shard, data FROM block
                    WHERE resolution = ? AND start = ? AND reporter = ? AND sequence = ? ORDER BY shard
                    """
            ),
            arguments: [ReportWriter.baseResolution, start, reporter, sequence]
        )
        var edges: [EdgeRow] = []
        while let row = try blocks.next() {
            let shard = try row.unsigned(0)
            let reader = try BlockReader(try row.bytes(1), strings: dictionary.strings)
            for row in try reader.rows() {
                guard BlockFormat.shard(of: row.edge) == shard else { throw BlockError.unknownID(row.edge) }
                edges.append(try dictionary.edgeRow(row))
            }
        }
        edges.sort { $0.key < $1.key }
        return edges
    }
}

extension ReaderDictionary {
    /// The name in a row of (endpoint, source, value).
    func name(_ row: Row) throws -> NameObservation {
        let source = UInt8(exactly: try row.integer(1)).flatMap(NameObservation.Source.init(rawValue:))
        guard let source else { throw WrongColumn(column: 1) }
        return NameObservation(
            endpoint: try endpoint(try row.unsigned(0)),
            name: try row.string(2),
            source: source
        )
    }
}
