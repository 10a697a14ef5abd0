// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Gathers the maps of a tally column; see `TallyColumn`.
struct TallyWriter {
    private var strings: StringIDs
    private var sizes: [UInt64] = []
    private var ids: [UInt64] = []
    private var counts: [UInt64] = []

    init(_ strings: StringIDs) {
        self.strings = strings
    }

    /// Adds a map; every key needs an id.
    ///
    /// - Parameters:
    ///   - tally: The map.
    ///   - expected: What its counts mostly add up to, in a column where that is known.
    /// - Throws: `BlockError.unstorable`.
    mutating func append(_ tally: [String: UInt64], expected: UInt64? = nil) throws(BlockError) {
        sizes.append(UInt64(tally.count))
        guard !tally.isEmpty else { return }
        let first = counts.count
        var sum: UInt64 = 0
        if tally.count == 1, let (key, count) = tally.first {
            ids.append(try strings.id(of: key))
            counts.append(count)
            sum = count
        } else {
            var previous: UInt64 = 0
            for (id, count) in try strings.sorted(tally) {
                ids.append(id - previous)
                previous = id
                counts.append(count)
                sum &+= count
            }
        }
        if let expected { counts[first] = (sum &- expected).zigzag }
    }

    func write(to writer: inout ByteWriter) {
        CounterColumn.write(sizes, to: &writer)
        guard !counts.isEmpty else { return }
        CounterColumn.write(ids, to: &writer)
        CounterColumn.write(counts, to: &writer)
    }
}
