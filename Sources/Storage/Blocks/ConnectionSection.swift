// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The first section of a row group: packets, bytes and connection facts, a column for each.
enum ConnectionSection {
    /// How many counter columns there are; their order in `values` is the format.
    static let columns = 22

    static func write(
        _ rows: ArraySlice<BlockRow>,
        strings: [String: UInt64],
        to writer: inout ByteWriter
    ) throws(BlockError) {
        let table = rows.map { values(of: $0.metrics) }
        for column in 0..<columns {
            CounterColumn.write(table.map { $0[column] }, to: &writer)
        }
        try TallyColumn.write(rows.map(\.metrics.tlsHandshakes.failed), strings: strings, to: &writer)
    }

    static func read(
        into rows: inout [BlockRow],
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        var table: [[UInt64]] = []
        table.reserveCapacity(columns)
        for _ in 0..<columns { table.append(try CounterColumn.read(rows.count, from: &cursor)) }
        let failed = try TallyColumn.read(rows.count, strings: strings, from: &cursor)
        for index in rows.indices {
            restore(&rows[index].metrics) { table[$0][index] }
            rows[index].metrics.tlsHandshakes.failed = failed[index]
        }
    }

    private static func values(of metrics: EdgeMetrics) -> [UInt64] {
        let connections = metrics.connections
        return [
            metrics.packets.sent, metrics.packets.received,
            metrics.bytes.sent, metrics.bytes.received,
            metrics.retransmitted.sent, metrics.retransmitted.received,
            metrics.outOfOrder.sent, metrics.outOfOrder.received,
            metrics.zeroWindow.sent, metrics.zeroWindow.received,
            connections.established, connections.refused, connections.unanswered, connections.unreachable,
            connections.answeredLate, connections.reset, connections.closed, connections.icmpErrors,
            connections.open, connections.pending,
            metrics.tlsHandshakes.attempted, metrics.tlsHandshakes.completed,
        ]
    }

    /// Undoes `values`; the two lists must stay in the same order, which the round trip tests.
    private static func restore(_ metrics: inout EdgeMetrics, _ value: (Int) -> UInt64) {
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
        metrics.tlsHandshakes.attempted = value(20)
        metrics.tlsHandshakes.completed = value(21)
    }
}
