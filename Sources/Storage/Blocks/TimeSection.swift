// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The second section of a row group: connection times, a histogram column for each.
enum TimeSection {
    static func write(_ rows: ArraySlice<BlockRow>, to writer: inout ByteWriter) throws(BlockError) {
        try HistogramColumn.write(rows.map(\.metrics.connectTime), to: &writer)
        try HistogramColumn.write(rows.map(\.metrics.initialRtt), to: &writer)
        try HistogramColumn.write(rows.map(\.metrics.rtt), to: &writer)
    }

    static func read(into rows: inout [BlockRow], from cursor: inout ByteCursor) throws(BlockError) {
        let connectTime = try HistogramColumn.read(rows.count, from: &cursor)
        let initialRtt = try HistogramColumn.read(rows.count, from: &cursor)
        let rtt = try HistogramColumn.read(rows.count, from: &cursor)
        for index in rows.indices {
            rows[index].metrics.connectTime = connectTime[index]
            rows[index].metrics.initialRtt = initialRtt[index]
            rows[index].metrics.rtt = rtt[index]
        }
    }
}
