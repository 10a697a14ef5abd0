// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Storage

/// Lays out where the bytes of window blocks go, column by column.
///
/// What a store holds is encoded anew, reporter by reporter, and the blocks are walked as
/// docs/formats/window-block.md describes them: the walk fails where page and code part ways.
enum ColumnsCommand {
    static func run(_ arguments: Arguments) throws {
        let store = try WindowStore(path: arguments.path, access: .readOnly)
        guard let range = try store.range() else { return }
        guard let resolution = Resolution(text: arguments.text("resolution", "10s")) else {
            throw Arguments.Invalid()
        }
        var walk = BlockWalk()
        var rows = EncodedRows()
        if resolution == .tenSeconds {
            try store.forEachReport(in: range) { report in
                let blockRows = report.edges.map { rows.row($0) }
                try walk.add(rows.blocks(blockRows))
            }
        } else {
            let whole = Window(
                start: resolution.window(containing: range.start).start,
                end: resolution.window(containing: range.end).end
            )
            try store.forEachSummary(resolution, in: whole) { summary in
                for counted in Counted.allCases {
                    let blockRows = summary.rows.filter { $0.counted == counted }
                        .map { rows.row($0.edge, first: $0.firstWindow, last: $0.lastWindow) }
                    try walk.add(rows.blocks(blockRows))
                }
            }
        }
        walk.printTable()
    }
}

/// Rows of reports with ids of their own, in the order in which they are met.
private struct EncodedRows {
    private var edges: [EdgeKey: UInt64] = [:]
    private var endpoints: [Endpoint: UInt64] = [:]
    private(set) var strings: [String: UInt64] = [:]

    mutating func row(_ edge: EdgeRow, first: UInt32 = 0, last: UInt32 = 0) -> BlockRow {
        for (name, metrics) in edge.metrics.protocols {
            note(name.rawValue)
            for text in metrics.statuses.keys { note(text) }
            for text in metrics.operations.keys { note(text) }
        }
        for text in edge.metrics.tlsHandshakes.failed.keys { note(text) }
        let dialled = edge.dialled.map { address, connections in
            BlockRow.Dialled(
                endpoint: Self.id(address.endpoint, &endpoints),
                port: address.port,
                connections: connections
            )
        }
        return BlockRow(
            edge: Self.id(edge.key, &edges),
            metrics: edge.metrics,
            dialled: dialled.sorted { ($0.endpoint, $0.port) < ($1.endpoint, $1.port) },
            firstWindow: first,
            lastWindow: last
        )
    }

    private mutating func note(_ text: String) { _ = Self.id(text, &strings) }

    private static func id<Key: Hashable>(_ key: Key, _ ids: inout [Key: UInt64]) -> UInt64 {
        if let id = ids[key] { return id }
        let id = UInt64(ids.count + 1)
        ids[key] = id
        return id
    }

    /// A block for each shard.
    func blocks(_ rows: [BlockRow]) throws -> [[UInt8]] {
        let writer = BlockWriter(strings: strings)
        return try Dictionary(grouping: rows) { BlockFormat.shard(of: $0.edge) }.values
            .map { try writer.encode($0.sorted { $0.edge < $1.edge }) }
    }
}
