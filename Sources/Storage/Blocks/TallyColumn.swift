// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A column of maps from a dictionary string to a count, such as statuses.
///
/// ```text
/// entries, for each map    counter column
/// string ids               counter column: the first of each map, then differences, increasing
/// counts                   counter column, by map and id; where it is known what the counts of a map
///                          mostly add up to, the first of each map is the zigzag difference of the sum
///                          from that
/// ```
///
/// Before version 4 ids were a varint each, and so are those of report details. `RowColumns.Tallies` writes columns.
enum TallyColumn {
    /// Writes a column of one map as versions before 4 had it.
    static func writeUnpacked(
        _ tally: [String: UInt64],
        strings: inout StringIDs,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        CounterColumn.write([UInt64(tally.count)], to: &writer)
        guard !tally.isEmpty else { return }
        let entries = try strings.sorted(tally)
        var previous: UInt64 = 0
        for (id, _) in entries {
            writer.append(varint: id - previous)
            previous = id
        }
        CounterColumn.write(entries.map(\.value), to: &writer)
    }

    /// Reads what `writeUnpacked` wrote.
    static func readUnpacked(
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [String: UInt64] {
        let unpacked = BlockFormat.packedVersion - 1
        return try read(1, version: unpacked, strings: strings, from: &cursor).first ?? [:]
    }

    /// Reads a column of so many maps.
    static func read(
        _ count: Int,
        version: UInt8,
        strings: [UInt64: String],
        expected: [UInt64]? = nil,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [[String: UInt64]] {
        let (sizes, total) = try CounterColumn.readCounts(count, from: &cursor)
        guard total > 0 else { return [[String: UInt64]](repeating: [:], count: count) }
        let keys = try StringIDs.read(
            sizes,
            total: total,
            version: version,
            strings: strings,
            from: &cursor
        )
        var counts = try CounterColumn.read(total, from: &cursor)
        var tallies: [[String: UInt64]] = []
        tallies.reserveCapacity(count)
        var next = 0
        for index in sizes.indices {
            let range = next..<next + sizes[index]
            if let expected, version >= BlockFormat.packedVersion, !range.isEmpty {
                var first = expected[index] &+ counts[next].unzigzag
                for position in range.dropFirst() { first &-= counts[position] }
                counts[next] = first
            }
            var tally: [String: UInt64] = [:]
            for position in range { tally[keys[position]] = counts[position] }
            next = range.upperBound
            tallies.append(tally)
        }
        return tallies
    }
}
