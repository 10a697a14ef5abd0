// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A column of maps from a dictionary string to a count, such as statuses.
///
/// ```text
/// entries, for each map    counter column
/// string ids               varints: the first, then differences, increasing
/// counts                   counter column
/// ```
package enum TallyColumn {
    /// Writes a column; every key needs an id.
    package static func write(
        _ tallies: [[String: UInt64]],
        strings: [String: UInt64],
        to writer: inout ByteWriter
    ) throws(BlockError) {
        CounterColumn.write(tallies.map { UInt64($0.count) }, to: &writer)
        var counts: [UInt64] = []
        for tally in tallies where !tally.isEmpty {
            var previous: UInt64 = 0
            for (id, value) in try StringIDs.sorted(tally, strings) {
                writer.append(varint: id - previous)
                previous = id
                counts.append(value)
            }
        }
        if !counts.isEmpty { CounterColumn.write(counts, to: &writer) }
    }

    /// Reads a column of so many maps.
    package static func read(
        _ count: Int,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [[String: UInt64]] {
        let (sizes, total) = try CounterColumn.readCounts(count, from: &cursor)
        guard total > 0 else { return [[String: UInt64]](repeating: [:], count: count) }
        let keys = try StringIDs.read(sizes, total: total, strings: strings, from: &cursor)
        let counts = try CounterColumn.read(total, from: &cursor)
        var tallies: [[String: UInt64]] = []
        tallies.reserveCapacity(count)
        var next = 0
        for size in sizes {
            var tally: [String: UInt64] = [:]
            for position in next..<next + size { tally[keys[position]] = counts[position] }
            next += size
            tallies.append(tally)
        }
        return tallies
    }
}
