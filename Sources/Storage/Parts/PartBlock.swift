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
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - edges: Only those that may have some edges; all by default.
    ///   - database: A snapshot.
    /// - Returns: The blocks.
    /// - Throws: What SQLite says.
    static func blocks(
        of run: TilePlan.Run,
        having edges: EdgeChoice? = nil,
        _ database: Database
    ) throws -> [PartBlock] {
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
            if let edges, try edges.ids(inShard: rows.unsigned(5)).isEmpty { continue }
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

    /// Reads the groups of the block that may have some edges.
    ///
    /// - Parameters:
    ///   - edges: Their ids, sorted.
    ///   - database: A snapshot.
    /// - Returns: The groups; `nil` where the block must be read as a whole.
    /// - Throws: `BlockError`, and what SQLite says.
    func groups(of edges: [UInt64], _ database: Database) throws -> BlockReader? {
        let blob = try StoredBlob(table: isBase ? "block" : "summary_block", row: rowID, database)
        var head: [UInt8] = []
        try blob.append(0..<BlockDirectory.usualBytes, to: &head)
        guard try Frame.windowBlock.version(head) >= BlockFormat.packedVersion,
            // Of many groups; or damaged, which whoever reads all of it will tell.
            let directory = try? BlockDirectory(head, of: blob.count)
        else { return nil }
        let entries = directory.entries(of: edges)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + $1.length })
        for entry in entries {
            let start = directory.end + entry.offset
            try blob.append(start..<start + entry.length, to: &bytes)
        }
        return try BlockReader(directory, entries, bytes)
    }

    /// Whether it is a part of a report or summary.
    func belongs(to header: PartHeader) -> Bool {
        start == header.window.start && reporter == header.reporter
            && (isBase ? sequence == header.sequence : cluster == header.cluster)
    }
}
