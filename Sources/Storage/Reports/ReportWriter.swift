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
        /// By row of the report: what was dialled.
        var dialled: [[BlockRow.Dialled]] = []
        /// Rows of the report by id; empty where that is their order already.
        var rows: [Int] = []
    }

    private func order(_ database: Database, _ dictionary: inout WriterDictionary) throws -> Order {
        var order = Order()
        order.edges.reserveCapacity(report.edges.count)
        order.dialled.reserveCapacity(report.edges.count)
        for index in report.edges.indices {
            let key = report.edges[index].key
            var dialled: [BlockRow.Dialled] = []
            for (address, connections) in report.edges[index].dialled {
                let isOwn = address.endpoint == key.server && address.port == key.port
                dialled.append(
                    BlockRow.Dialled(
                        endpoint: isOwn ? 0 : try dictionary.id(of: address.endpoint, database),
                        port: isOwn ? 0 : address.port,
                        connections: connections
                    )
                )
            }
            if dialled.count > 1 { dialled.sort { ($0.endpoint, $0.port) < ($1.endpoint, $1.port) } }
            order.dialled.append(dialled)
            order.edges.append(try dictionary.id(of: key, database))
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
            for place in order.edges.indices {
                let row = order.rows.isEmpty ? place : order.rows[place]
                let own = BlockFormat.shard(of: order.edges[row])
                if place > 0, own != shard { encoded.blocks.append((shard, try builder.finish())) }
                shard = own
                try builder.append(
                    order.edges[row],
                    report.edges[row].metrics,
                    dialled: order.dialled[row],
                    samples: report.edges[row].samples
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
