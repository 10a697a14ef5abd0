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

        let cluster = Int64(clamping: try dictionary.id(of: report.cluster, database))
        let detail = try detail(database, &dictionary)
        let order = try order(database, &dictionary)
        // Most reports have no string that was not seen before.
        let encoded =
            try encode(order, detail, strings: dictionary.knownStrings)
            ?? encode(order, detail, strings: strings(database, &dictionary))
        guard let encoded else { throw report.refusal("\(BlockError.unstorable(.string))") }
        try database.cachedStatement(
            sql: """
                INSERT INTO report (start, reporter, sequence, cluster, observed_start, observed_end, edges, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            start, reporter, sequence, cluster, report.observed.start.nanoseconds,
            report.observed.end.nanoseconds, report.edges.count, Data(encoded.detail),
        ])
        let insert = try database.cachedStatement(
            sql:
                "INSERT INTO block (resolution, start, reporter, sequence, shard, data) VALUES (?, ?, ?, ?, ?, ?)"
        )
        for (shard, block) in encoded.blocks {
            try insert.execute(arguments: [
                Self.baseResolution, start, reporter, sequence, Int64(clamping: shard), Data(block),
            ])
        }
        return true
    }

    // MARK: - Ids

    /// The rows of the report as they lie in blocks.
    private struct Order {
        /// By row of the report: the id of its edge.
        var edges: [UInt64] = []
        /// What was dialled, one row of the report after the other.
        var dialled: [BlockRow.Dialled] = []
        /// By row of the report: where that ends.
        var dialledEnds: [Int] = []
        /// Rows of the report by id; empty where that is their order already.
        var rows: [Int] = []

        func dialled(of row: Int) -> Range<Int> { (row == 0 ? 0 : dialledEnds[row - 1])..<dialledEnds[row] }
    }

    private func order(_ database: Database, _ dictionary: inout WriterDictionary) throws -> Order {
        var order = Order()
        order.edges.reserveCapacity(report.edges.count)
        order.dialled.reserveCapacity(report.edges.count)
        order.dialledEnds.reserveCapacity(report.edges.count)
        // In place, as everywhere here: a copy of a row would be one of all that it has.
        let rows = report.edges.span
        for index in rows.indices {
            let first = order.dialled.count
            for (address, connections) in rows[index].dialled {
                let isOwn =
                    address.port == rows[index].key.port && address.endpoint == rows[index].key.server
                order.dialled.append(
                    BlockRow.Dialled(
                        endpoint: isOwn ? 0 : try dictionary.id(of: address.endpoint, database),
                        port: isOwn ? 0 : address.port,
                        connections: connections
                    )
                )
            }
            if order.dialled.count > first + 1 {
                order.dialled[first...].sort { ($0.endpoint, $0.port) < ($1.endpoint, $1.port) }
            }
            order.dialledEnds.append(order.dialled.count)
            order.edges.append(try dictionary.id(of: rows[index].key, database))
        }
        // Mostly they are sorted: ids were given in the order of keys.
        let ids = order.edges
        let isSorted = ids.indices.dropFirst().allSatisfy { ids[$0 - 1] < ids[$0] }
        if !isSorted { order.rows = ids.indices.sorted { ids[$0] < ids[$1] } }
        return order
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

    /// The ids of all strings of the report.
    private func strings(
        _ database: Database,
        _ dictionary: inout WriterDictionary
    ) throws -> [String: UInt64] {
        var strings: [String: UInt64] = [:]
        // Sorted, so that equal reports make equal stores.
        for string in report.storedStrings.sorted() {
            strings[string] = try dictionary.id(of: string, database)
        }
        return strings
    }

    // MARK: - Blocks

    private struct Encoded {
        var detail: [UInt8] = []
        var blocks: [(shard: UInt64, data: [UInt8])] = []
    }

    /// How many rows are looked at before they are taken apart.
    private static let rowsAhead = 64

    /// The buckets of connection times of the next rows.
    ///
    /// To ask many rows for a number brings what they refer to near, several at a time; a row that is taken
    /// apart waits for each part of it.
    private func buckets(from place: Int, _ order: Order) -> Int {
        let rows = report.edges.span
        var buckets = 0
        for next in place..<min(place + Self.rowsAhead, rows.count) {
            let details = rows[order.rows.isEmpty ? next : order.rows[next]].metrics.details.span
            guard !details.isEmpty else { continue }
            // A protocol that is there has a latency, of one bucket at least.
            buckets &+= details[0].connectTime.own.count &+ details[0].rtt.own.count
            buckets &+= details[0].protocols.count
        }
        return buckets
    }

    /// Encodes all there is.
    ///
    /// - Returns: `nil` where a string has no id.
    private func encode(_ order: Order, _ detail: ReportDetail, strings: [String: UInt64]) throws -> Encoded?
    {
        do {
            var encoded = Encoded()
            encoded.detail = try detail.encoded(strings: strings)
            var builder = BlockBuilder(RowStrings(strings))
            var shard: UInt64 = 0
            let (rows, dialled) = (report.edges.span, order.dialled.span)
            for place in order.edges.indices {
                let row = order.rows.isEmpty ? place : order.rows[place]
                let own = BlockFormat.shard(of: order.edges[row])
                if place > 0, own != shard { encoded.blocks.append((shard, try builder.finish())) }
                shard = own
                if place % Self.rowsAhead == 0 { builder.reserve(buckets: buckets(from: place, order)) }
                try builder.append(
                    order.edges[row],
                    rows[row].metrics,
                    dialled: dialled.extracting(order.dialled(of: row)),
                    samples: rows[row].samples
                )
            }
            if !order.edges.isEmpty { encoded.blocks.append((shard, try builder.finish())) }
            return encoded
        } catch BlockError.unstorable(.string) {
            return nil
        } catch {
            // What a block cannot hold is the report's fault, not the store's.
            throw report.refusal("\(error)")
        }
    }
}
