// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The second section of a row group: connection times, a histogram column for each.
///
/// Connect times are expected to be as many as connections were established, initial round trips as
/// many as connect times.
enum TimeSection {
    static func read(
        into rows: inout [BlockRow],
        version: UInt8,
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        let connectTime = try HistogramColumn.values(
            rows.count,
            version: version,
            expected: rows.map(\.metrics.connections.established),
            from: &cursor
        )
        let initialRtt = try HistogramColumn.values(
            rows.count,
            version: version,
            expected: connectTime.map(\.count),
            from: &cursor
        )
        let rtt = try HistogramColumn.values(rows.count, version: version, from: &cursor)
        for index in rows.indices {
            rows[index].metrics.connectTime = connectTime[index]
            rows[index].metrics.initialRtt = initialRtt[index]
            rows[index].metrics.rtt = rtt[index]
        }
    }
}
