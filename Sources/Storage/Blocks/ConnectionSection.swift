// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The first section of a row group: packets, bytes and connection facts, a column for each.
enum ConnectionSection {
    /// How many counter columns there are; their order in `write` is the format.
    static let columns = 22

    static func write(
        _ rows: ArraySlice<BlockRow>,
        strings: StringIDs,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        var table = ColumnTable(columns: columns, rows: rows.count)
        var failed = TallyWriter(strings)
        for index in rows.indices {
            append(rows[index].metrics.packets, to: &table)
            append(rows[index].metrics.bytes, to: &table)
            append(rows[index].metrics.retransmitted, to: &table)
            append(rows[index].metrics.outOfOrder, to: &table)
            append(rows[index].metrics.zeroWindow, to: &table)
            let connections = rows[index].metrics.connections
            table.append(connections.established)
            table.append(connections.refused)
            table.append(connections.unanswered)
            table.append(connections.unreachable)
            table.append(connections.answeredLate)
            table.append(connections.reset)
            table.append(connections.closed)
            table.append(connections.icmpErrors)
            table.append(connections.open)
            table.append(connections.pending)
            let handshakes = rows[index].metrics.tlsHandshakes
            table.append(handshakes.attempted)
            table.append(handshakes.completed)
            try failed.append(handshakes.failed)
        }
        table.write(to: &writer)
        failed.write(to: &writer)
    }

    private static func append(_ count: DirectionalCount, to table: inout ColumnTable) {
        table.append(count.sent)
        table.append(count.received)
    }

    static func read(
        into rows: inout [BlockRow],
        version: UInt8,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        var table: [[UInt64]] = []
        table.reserveCapacity(columns)
        for _ in 0..<columns { table.append(try CounterColumn.read(rows.count, from: &cursor)) }
        let failed = try TallyColumn.read(rows.count, version: version, strings: strings, from: &cursor)
        for index in rows.indices {
            restore(&rows[index].metrics) { table[$0][index] }
            if !failed[index].isEmpty { rows[index].metrics.tlsHandshakes.failed = failed[index] }
        }
    }

    /// Undoes `write`; the two lists must stay in the same order, which the round trip tests.
    static func restore(_ metrics: inout EdgeMetrics, _ value: (Int) -> UInt64) {
        metrics.packets = DirectionalCount(sent: value(0), received: value(1))
        metrics.bytes = DirectionalCount(sent: value(2), received: value(3))
        metrics.retransmitted = DirectionalCount(sent: value(4), received: value(5))
        metrics.outOfOrder = DirectionalCount(sent: value(6), received: value(7))
        metrics.zeroWindow = DirectionalCount(sent: value(8), received: value(9))
        metrics.connections.established = value(10)
        metrics.connections.refused = value(11)
        metrics.connections.unanswered = value(12)
        metrics.connections.unreachable = value(13)
        metrics.connections.answeredLate = value(14)
        metrics.connections.reset = value(15)
        metrics.connections.closed = value(16)
        metrics.connections.icmpErrors = value(17)
        metrics.connections.open = value(18)
        metrics.connections.pending = value(19)
        guard value(20) > 0 || value(21) > 0 else { return }
        metrics.tlsHandshakes.attempted = value(20)
        metrics.tlsHandshakes.completed = value(21)
    }
}
