// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import GRDB

/// Writes one report inside a transaction: dictionaries, the report's row, its blocks.
struct ReportWriter {
    /// Seconds of the resolution that reports come in.
    static let baseResolution = Window.baseNanoseconds / 1_000_000_000

    private let report: WindowReport
    private let sequence: Int64

    init(_ report: WindowReport, _ sequence: Int64) {
        self.report = report
        self.sequence = sequence
    }

    /// - Returns: `false` where the report is known, in which case nothing is written.
    func apply(to database: Database, _ dictionary: inout WriterDictionary) throws -> Bool {
        if let keptFrom = try RetentionTable.keptFrom(.tenSeconds, database), report.window.start < keptFrom {
            throw StorageError(
                .outsideRetention,
                "a report of \(report.reporter.name) for \(report.window.start) was refused: what is before "
                    + "\(keptFrom) was pruned; import it into a new store"
            )
        }
        let reporter = Int64(clamping: try dictionary.id(of: report.reporter, database))
        let start = report.window.start.nanoseconds
        let known = try Row.fetchOne(
            try database.cachedStatement(
                sql: "SELECT 1 FROM report WHERE start = ? AND reporter = ? AND sequence = ?"
            ),
            arguments: [start, reporter, sequence]
        )
        guard known == nil else { return false }
        try DirtyWindows.mark(report.window.start, database)

        var strings: [String: UInt64] = [:]
        // Sorted, so that equal reports make equal stores.
        for string in report.storedStrings.sorted() {
            strings[string] = try dictionary.id(of: string, database)
        }
        let detail = try detail(database, &dictionary).encoded(strings: strings)
        let cluster = Int64(clamping: try dictionary.id(of: report.cluster, database))
        try database.cachedStatement(
            sql: """
                INSERT INTO report (start, reporter, sequence, cluster, observed_start, observed_end, edges, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            start, reporter, sequence, cluster, report.observed.start.nanoseconds,
            report.observed.end.nanoseconds, report.edges.count, Data(detail),
        ])

        let rows = try rows(database, &dictionary)
        let writer = BlockWriter(strings: strings)
        let insert = try database.cachedStatement(
            sql:
                "INSERT INTO block (resolution, start, reporter, sequence, shard, data) VALUES (?, ?, ?, ?, ?, ?)"
        )
        var next = 0
        while next < rows.count {
            let shard = BlockFormat.shard(of: rows[next].edge)
            let end = rows[next...].firstIndex { BlockFormat.shard(of: $0.edge) != shard } ?? rows.count
            let block = try encode(rows[next..<end], writer)
            try insert.execute(arguments: [
                Self.baseResolution, start, reporter, sequence, Int64(clamping: shard), Data(block),
            ])
            next = end
        }
        return true
    }

    /// What a block cannot hold is the report's fault, not the store's.
    private func encode(_ rows: ArraySlice<BlockRow>, _ writer: BlockWriter) throws -> [UInt8] {
        do {
            return try writer.encode(rows)
        } catch {
            throw report.refusal("\(error)")
        }
    }

    private func rows(_ database: Database, _ dictionary: inout WriterDictionary) throws -> [BlockRow] {
        var rows: [BlockRow] = []
        rows.reserveCapacity(report.edges.count)
        for edge in report.edges {
            var dialled: [BlockRow.Dialled] = []
            dialled.reserveCapacity(edge.dialled.count)
            for (address, connections) in edge.dialled {
                let isOwn = address.endpoint == edge.key.server && address.port == edge.key.port
                dialled.append(
                    BlockRow.Dialled(
                        endpoint: isOwn ? 0 : try dictionary.id(of: address.endpoint, database),
                        port: isOwn ? 0 : address.port,
                        connections: connections
                    )
                )
            }
            if dialled.count > 1 { dialled.sort { ($0.endpoint, $0.port) < ($1.endpoint, $1.port) } }
            let id = try dictionary.id(of: edge.key, database)
            rows.append(
                BlockRow(edge: id, metrics: edge.metrics, dialled: dialled, samples: edge.samples)
            )
        }
        // Mostly they are sorted: ids were given in the order of keys.
        let isSorted = rows.indices.dropFirst().allSatisfy { rows[$0 - 1].edge < rows[$0].edge }
        if !isSorted { rows.sort { $0.edge < $1.edge } }
        return rows
    }

    private func detail(_ database: Database, _ dictionary: inout WriterDictionary) throws -> ReportDetail {
        var detail = ReportDetail()
        detail.coverage = report.coverage
        for name in report.names { detail.names.append(try dictionary.id(of: name, database)) }
        for address in report.localAddresses {
            detail.localAddresses.append(
                (try dictionary.id(of: address.endpoint, database), address.locality)
            )
        }
        return detail
    }
}
