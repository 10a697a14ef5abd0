// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// Where a block lies, and what of.
struct PartBlock {
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
    static func blocks(of run: TilePlan.Run, _ database: Database) throws -> [PartBlock] {
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
        var blocks: [PartBlock] = []
        while try rows.next() {
            guard let counted = UInt8(exactly: try rows.integer(4)).flatMap(Counted.init(rawValue:)) else {
                throw WrongColumn(column: 4)
            }
            blocks.append(
                PartBlock(
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
    func belongs(to header: PartHeader) -> Bool {
        start == header.window.start && reporter == header.reporter
            && (isBase ? sequence == header.sequence : cluster == header.cluster)
    }
}
