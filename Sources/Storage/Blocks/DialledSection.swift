// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The fourth section of a row group: the addresses that clients used.
///
/// ```text
/// entries, for each edge   counter column
/// endpoint ids             counter column; 0 is the edge's own server and port
/// ports                    counter column; 0 for the edge's own
/// connections              counter column; of the first of each edge, the zigzag difference of their sum from
///                          the connections established
/// ```
///
/// Before version 4 endpoint ids were a varint each, and connections what they are.
enum DialledSection {
    static func read(
        into rows: inout [BlockRow],
        version: UInt8,
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(rows.count, from: &cursor)
        guard total > 0 else { return }
        let endpoints =
            version >= BlockFormat.packedVersion
            ? try CounterColumn.read(total, from: &cursor)
            : try CounterColumn.denseValues(total, from: &cursor)
        let ports = try CounterColumn.read(total, from: &cursor)
        var connections = try CounterColumn.read(total, from: &cursor)
        if version >= BlockFormat.packedVersion {
            connections.restore(sizes, expected: rows.map(\.metrics.connections.established))
        }
        var next = 0
        for index in rows.indices {
            rows[index].dialled.reserveCapacity(sizes[index])
            for position in next..<next + sizes[index] {
                guard let port = UInt16(exactly: ports[position]) else {
                    throw .malformed(offset: cursor.position)
                }
                rows[index].dialled.append(
                    BlockRow.Dialled(
                        endpoint: endpoints[position],
                        port: port,
                        connections: connections[position]
                    )
                )
            }
            next += sizes[index]
        }
    }
}
