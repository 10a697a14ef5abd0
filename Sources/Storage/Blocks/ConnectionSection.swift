// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The first section of a row group: packets, bytes and connection facts, a column for each.
///
/// Since version 4 the connections that were established stand before the section, as others build upon them,
/// and those that were closed are written as their zigzag difference from them: most connections do both in
/// one window. Packets that came back are a `ScaledColumn` by those that were sent, bytes of each direction one by
/// its packets.
enum ConnectionSection {
    /// How many counter columns there are; their order in `restore` is the format.
    static let columns = 22
    /// The column of established connections, and that of closed ones.
    static let established = 10
    static let closed = 16
    /// Gauges.
    static let open = 18
    static let pending = 19
    /// That of completed TLS handshakes.
    static let completed = 21

    static func read(
        into rows: inout [BlockRow],
        version: UInt8,
        established before: [UInt64],
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        var table: [[UInt64]] = []
        if version >= BlockFormat.packedVersion {
            table = try readColumns(established: before, from: &cursor)
        } else {
            table.reserveCapacity(columns)
            for _ in 0..<columns { table.append(try CounterColumn.read(rows.count, from: &cursor)) }
        }
        let failed = try TallyColumn.read(rows.count, version: version, strings: strings, from: &cursor)
        for index in rows.indices {
            restore(&rows[index].metrics) { table[$0][index] }
            if !failed[index].isEmpty { rows[index].metrics.tlsHandshakes.failed = failed[index] }
        }
    }

    /// Which column a column is scaled by, where it is.
    static func scale(of column: Int) -> Int? {
        switch column {
        case 1: 0
        case 2, 3: column - 2
        default: nil
        }
    }

    /// Reads the columns of a block of the current version.
    static func readColumns(
        established before: [UInt64],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [[UInt64]] {
        var table: [[UInt64]] = []
        table.reserveCapacity(columns)
        for column in 0..<columns {
            if column == established {
                table.append(before)
            } else if let scale = scale(of: column) {
                table.append(try ScaledColumn.read(scale: table[scale], from: &cursor))
            } else {
                table.append(try CounterColumn.read(before.count, from: &cursor))
            }
        }
        for row in before.indices { table[closed][row] = before[row] &+ table[closed][row].unzigzag }
        return table
    }

    /// Puts columns where `RowColumns` had them from; the two lists must stay in the same order, which the
    /// round trip tests.
    static func restore(_ metrics: inout EdgeMetrics, _ value: (Int) -> UInt64) {
        metrics.packets = DirectionalCount(sent: value(0), received: value(1))
        metrics.bytes = DirectionalCount(sent: value(2), received: value(3))
        metrics.retransmitted = DirectionalCount(sent: value(4), received: value(5))
        metrics.outOfOrder = DirectionalCount(sent: value(6), received: value(7))
        metrics.zeroWindow = DirectionalCount(sent: value(8), received: value(9))
        metrics.connections = connections(value)
        guard value(20) > 0 || value(21) > 0 else { return }
        metrics.tlsHandshakes.attempted = value(20)
        metrics.tlsHandshakes.completed = value(21)
    }

    /// The part of the columns that is about connections.
    static func connections(_ value: (Int) -> UInt64) -> ConnectionCounts {
        var counts = ConnectionCounts()
        counts.established = value(10)
        counts.refused = value(11)
        counts.unanswered = value(12)
        counts.unreachable = value(13)
        counts.answeredLate = value(14)
        counts.reset = value(15)
        counts.closed = value(16)
        counts.icmpErrors = value(17)
        counts.open = value(18)
        counts.pending = value(19)
        return counts
    }
}
