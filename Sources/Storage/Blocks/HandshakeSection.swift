// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The fifth section of a row group, since version 2: what else is known of TLS handshakes.
///
/// Handshake times are expected to be as many as handshakes were completed.
enum HandshakeSection {
    static func read(
        into rows: inout [BlockRow],
        version: UInt8,
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        let resumed = try CounterColumn.read(rows.count, from: &cursor)
        let times = try HistogramColumn.values(
            rows.count,
            version: version,
            expected: rows.map(\.metrics.tlsHandshakes.completed),
            from: &cursor
        )
        for index in rows.indices where resumed[index] > 0 || !times[index].isEmpty {
            rows[index].metrics.tlsHandshakes.resumed = resumed[index]
            rows[index].metrics.tlsHandshakes.handshakeTime = times[index]
        }
    }
}
