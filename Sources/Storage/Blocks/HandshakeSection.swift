// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The fifth section of a row group, since version 2: what else is known of TLS handshakes.
enum HandshakeSection {
    static func write(_ rows: ArraySlice<BlockRow>, to writer: inout ByteWriter) throws(BlockError) {
        CounterColumn.write(rows.map(\.metrics.tlsHandshakes.resumed), to: &writer)
        try HistogramColumn.write(rows.map(\.metrics.tlsHandshakes.handshakeTime), to: &writer)
    }

    static func read(into rows: inout [BlockRow], from cursor: inout ByteCursor) throws(BlockError) {
        let resumed = try CounterColumn.read(rows.count, from: &cursor)
        let times = try HistogramColumn.read(rows.count, from: &cursor)
        for index in rows.indices where resumed[index] > 0 || !times[index].isEmpty {
            rows[index].metrics.tlsHandshakes.resumed = resumed[index]
            rows[index].metrics.tlsHandshakes.handshakeTime = times[index]
        }
    }
}
