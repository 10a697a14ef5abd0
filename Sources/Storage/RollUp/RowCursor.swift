// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The rows of a block one after the other, in order of edge; one row group is in memory at a time.
struct RowCursor {
    /// What is the same for all rows of the block.
    struct Origin {
        /// Whether the gauges count.
        var holdsGauges: Bool
        /// The base window in which the block's window begins, from the start of the summary's.
        var offset: UInt32
        /// When all its rows count; `nil` where each decides by itself.
        var counted: Counted?
        /// Rows of parts of one number count alike if they are of one edge.
        var choice: Int
    }

    let origin: Origin
    private let reader: BlockReader
    private let strings: [UInt64: String]
    /// Ids by text, for blocks that have to be encoded anew; `nil` for others.
    private let texts: [String: UInt64]?
    private var nextGroup = 0
    private(set) var rows = RowColumns()
    private(set) var row = 0
    /// Where what belongs to the row begins in each list.
    private(set) var failed = 0
    private(set) var entry = 0
    private(set) var operation = 0
    private(set) var status = 0
    private(set) var dialled = 0
    /// How many rows were passed.
    private(set) var count = 0

    /// Goes to the first row.
    ///
    /// - Parameters:
    ///   - bytes: The block.
    ///   - origin: What it is of.
    ///   - texts: All strings.
    ///   - strings: The same by id.
    /// - Throws: `BlockError` where the bytes are damaged.
    init(
        _ bytes: [UInt8],
        _ origin: Origin,
        _ texts: StringTexts,
        strings: [UInt64: String]
    ) throws(BlockError) {
        self.origin = origin
        self.strings = strings
        reader = try BlockReader(bytes, strings: strings)
        let isPlain = reader.version >= BlockFormat.packedVersion && !texts.hasTwins
        self.texts = isPlain ? nil : texts.ids
        try readGroup()
    }

    /// The edge of the current row; `nil` behind the last one.
    var edge: UInt64? { row < rows.count ? rows.edges[row] : nil }

    /// Goes to the next row.
    mutating func advance() throws(BlockError) {
        failed += Int(rows.failed.sizes[row])
        for _ in 0..<rows.protocolSizes[row] {
            operation += Int(rows.protocols.operationSizes[entry])
            status += Int(rows.protocols.statuses.sizes[entry])
            entry += 1
        }
        dialled += Int(rows.dialled.sizes[row])
        row += 1
        count += 1
        if row == rows.count { try readGroup() }
    }

    private mutating func readGroup() throws(BlockError) {
        (row, failed, entry, operation, status, dialled) = (0, 0, 0, 0, 0, 0)
        let last = rows.edges.last ?? 0
        rows.removeAll()
        guard nextGroup < reader.groups.count else { return }
        let group = reader.groups[nextGroup]
        nextGroup += 1
        guard let texts else {
            rows = try RowColumns(group, reader.bytes, strings: strings)
            guard rows.edges[0] > last else { throw .unknownID(rows.edges[0]) }
            return
        }
        var ids = RowStrings(texts)
        for row in try reader.rows(of: group) {
            try rows.append(row.edge, row.metrics, &ids)
            rows.finish(
                dialled: row.dialled.span,
                samples: row.samples,
                firstWindow: row.firstWindow,
                lastWindow: row.lastWindow,
                rests: row.rests
            )
        }
    }
}
