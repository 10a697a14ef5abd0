// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The first section of a row group: packets, bytes and connection facts, a column for each.
enum ConnectionSection {
    /// How many counter columns there are; their order in `write` is the format.
    static let columns = 22

    static func write(
        _ rows: ArraySlice<BlockRow>,
        strings: inout StringIDs,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        // Column after column.
        let count = rows.count
        var table = [UInt64](repeating: 0, count: columns * count)
        var place = 0
        for index in rows.indices {
            let metrics = rows[index].metrics
            var next = place
            func put(_ value: UInt64) {
                table[next] = value
                next &+= count
            }
            func put(_ value: DirectionalCount) {
                put(value.sent)
                put(value.received)
            }
            put(metrics.packets)
            put(metrics.bytes)
            put(metrics.retransmitted)
            put(metrics.outOfOrder)
            put(metrics.zeroWindow)
            let connections = metrics.connections
            put(connections.established)
            put(connections.refused)
            put(connections.unanswered)
            put(connections.unreachable)
            put(connections.answeredLate)
            put(connections.reset)
            put(connections.closed)
            put(connections.icmpErrors)
            put(connections.open)
            put(connections.pending)
            put(metrics.tlsHandshakes.attempted)
            put(metrics.tlsHandshakes.completed)
            place += 1
        }
        for column in 0..<columns {
            CounterColumn.write(table.span.extracting(column * count..<(column + 1) * count), to: &writer)
        }
        try TallyColumn.write(rows.map(\.metrics.tlsHandshakes.failed), strings: &strings, to: &writer)
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
