// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

extension WindowStore {
    /// What the store holds.
    package func info() throws -> StoreInfo {
        let range = try range()
        return try read { database in
            var info = StoreInfo()
            info.schemaVersion = try Schema.foundVersion(database)
            info.fileBytes = file.bytes
            info.walBytes = file.walBytes
            info.windows = try count(database, "count(DISTINCT start) FROM report")
            info.reports = try count(database, "count(*) FROM report")
            info.edgeWindows = try count(database, "coalesce(sum(edges), 0) FROM report")
            info.blockBytes = try count(database, "coalesce(sum(length(data)), 0) FROM block")
            info.edges = try count(database, "count(*) FROM edge")
            info.endpoints = try count(database, "count(*) FROM endpoint")
            info.reporters = try count(database, "count(*) FROM reporter")
            info.inventory = try count(database, "count(*) FROM inventory")
            info.range = range
            return info
        }
    }

    /// Every reporter with its first and last window, in order of id.
    package func reporters() throws -> [ReporterSummary] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT identity, name, count(*), min(start), max(start)
                    FROM reporter JOIN report ON report.reporter = reporter.id
                    GROUP BY reporter.id ORDER BY identity
                    """
            )
            var summaries: [ReporterSummary] = []
            while let row = try rows.next() {
                let last = Timestamp(nanoseconds: try row.integer(4))
                summaries.append(
                    ReporterSummary(
                        reporter: Reporter(id: try row.string(0), name: try row.string(1)),
                        reports: Int(clamping: try row.integer(2)),
                        range: Window(
                            start: Timestamp(nanoseconds: try row.integer(3)),
                            end: last + Window.baseNanoseconds
                        )
                    )
                )
            }
            return summaries
        }
    }

    /// Everything that is wrong with the file: SQLite's own check, then every report and every
    /// fact decoded.
    ///
    /// - Returns: A line for each problem; empty for a sound store.
    package func problems() throws -> [String] {
        let structure = try read { database in
            try Row.fetchAll(database, sql: "PRAGMA integrity_check").map { try $0.string(0) }.filter {
                $0 != "ok"
            }
        }
        guard structure.isEmpty else { return structure }
        let everything = Window(start: Timestamp(nanoseconds: .min), end: Timestamp(nanoseconds: .max))
        do {
            try forEachReport(in: everything) { _ in }
            _ = try names()
            _ = try inventory()
        } catch let error as StorageError where error.code == .corrupt {
            return [error.message]
        }
        return []
    }

    private func count(_ database: Database, _ expression: String) throws -> Int {
        guard let row = try Row.fetchOne(database, sql: "SELECT \(expression)") else { return 0 }
        return Int(clamping: try row.integer(0))
    }
}
