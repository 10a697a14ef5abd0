// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Writes the edges of one shard of one report, or of a coarse window, as a block: row by row, a row group
/// at a time.
package struct BlockWriter: Sendable {
    private let ids: [String: UInt64]

    /// - Parameter strings: The ids of every string in the rows to come, protocol names included.
    package init(strings: [String: UInt64]) {
        self.ids = strings
    }

    /// Encodes rows; equal rows give equal bytes.
    ///
    /// - Parameter rows: In strictly increasing order of edge id, none of which is 0.
    /// - Returns: The sealed block.
    /// - Throws: `BlockError.unstorable` or `.tooLarge` for rows that the format cannot hold.
    package func encode(_ rows: [BlockRow]) throws(BlockError) -> [UInt8] {
        var builder = BlockBuilder(RowStrings(ids))
        for row in rows {
            try builder.append(
                row.edge,
                row.metrics,
                dialled: row.dialled.span,
                samples: row.samples,
                firstWindow: row.firstWindow,
                lastWindow: row.lastWindow,
                rests: row.rests
            )
        }
        return try builder.finish()
    }
}

/// A block as it grows.
struct BlockBuilder {
    private var strings: RowStrings
    /// The rows of the group that is not full yet.
    private var rows = RowColumns()
    private var directory = ByteWriter()
    private var content = ByteWriter()
    private var groups: UInt64 = 0
    private var firstOfLast: UInt64 = 0
    private var lastEdge: UInt64 = 0

    init(_ strings: RowStrings) {
        self.strings = strings
    }

    /// Makes room for what rows to come hold at least.
    mutating func reserve(buckets: Int) { rows.pool.reserve(buckets: buckets) }

    /// Adds a row; edge ids increase, and none is 0.
    mutating func append(
        _ edge: UInt64,
        _ metrics: borrowing EdgeMetrics,
        dialled: Span<BlockRow.Dialled>,
        samples: borrowing TransactionSamples,
        firstWindow: UInt32 = 0,
        lastWindow: UInt32 = 0,
        rests: [BlockRow.Rest] = []
    ) throws(BlockError) {
        if rows.count == BlockFormat.edgesPerGroup { try endGroup() }
        guard edge > lastEdge else { throw .unstorable(.edgeOrder) }
        lastEdge = edge
        try rows.append(edge, metrics, &strings)
        rows.finish(
            dialled: dialled,
            samples: samples,
            firstWindow: firstWindow,
            lastWindow: lastWindow,
            rests: rests
        )
    }

    /// Adds a row that the body puts into the columns.
    mutating func append(_ body: (inout RowColumns) throws(BlockError) -> Void) throws(BlockError) {
        if rows.count == BlockFormat.edgesPerGroup { try endGroup() }
        try body(&rows)
    }

    /// Seals the block, and begins another.
    mutating func finish() throws(BlockError) -> [UInt8] {
        if rows.count > 0 { try endGroup() }
        var body = ByteWriter()
        body.reserve(bytes: content.bytes.count + directory.bytes.count + 10)
        body.append(varint: groups)
        body.append(contentsOf: directory)
        let covered = body.bytes.count
        body.append(contentsOf: content)
        directory.removeAll()
        content.removeAll()
        (groups, firstOfLast, lastEdge) = (0, 0, 0)
        return try Frame.windowBlock.seal(body.bytes, covered: covered)
    }

    private mutating func endGroup() throws(BlockError) {
        let (first, start) = (rows.edges[0], content.bytes.count)
        guard first > firstOfLast else { throw .unstorable(.edgeOrder) }
        try rows.write(&strings, to: &content)
        directory.append(varint: first - firstOfLast)
        directory.append(varint: UInt64(rows.count))
        directory.append(varint: UInt64(content.bytes.count - start))
        for byte in Checksum.bytes(Checksum.crc32c(content.bytes[start...])) { directory.append(byte: byte) }
        firstOfLast = first
        groups += 1
        rows.removeAll()
    }
}
