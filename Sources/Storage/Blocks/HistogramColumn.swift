// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A column of histograms, since version 4.
///
/// ```text
/// counts        counter column: durations in each; where a column of expected counts is known, the
///               zigzag difference from it. If all histograms are empty, a byte 255 instead, and
///               nothing follows
/// length        varint: bytes of all that follows, for readers that step over it
/// odd           varint: how many histograms fit no rule; a varint for each: its place less that of the
///               one before (the first: itself); if any, they follow as a `SparseHistogramColumn`
/// unit          byte: 0 where durations are in nanoseconds, 1 where all are whole microseconds
/// middle        varint: what first buckets are on average, plus 1; byte: Rice parameter of their distance from it
/// spread        varint: the scale, see `HistogramCode.spread`; byte: Rice parameter of last buckets
/// likeness      with a model column, two bytes: Rice parameters of the zigzag differences of the first
///               and of the last bucket from the model's
/// then as bits, for each histogram that is neither empty nor odd:
///   same        1 bit, only where the model has the same count: 1 if it is equal, and nothing follows
///   first       bucket of min: the zigzag difference from the middle, or from the model's first
///   min         distance from the least duration of that bucket, in as many bits as the bucket's width takes
///   last        with 2 or more durations: bucket of max, as distance from the first, folded around what is
///               guessed, or from the model's last
///   max         in the same way as min; in the bucket of min: distance from min
///   between     with 3 or more: the buckets of all others, see `HistogramWriter.appendBetween`
///   sum         zigzag distance from min + max + the middles of the others' buckets
/// ```
///
/// A rule fits a histogram when min and max lie in the first and the last bucket, which is not the
/// overflow bucket, and up to two durations add up to the sum. Collectors make no others.
package enum HistogramColumn {
    /// Writes a column; refuses histograms whose counts have saturated.
    ///
    /// - Parameters:
    ///   - histograms: The column.
    ///   - expected: What the counts mostly are, for each of them.
    ///   - model: What the histograms mostly resemble, for each of them.
    ///   - writer: Where to.
    /// - Throws: `BlockError.unstorable`.
    package static func write(
        _ histograms: DecodedHistograms,
        expected: [UInt64]? = nil,
        model: DecodedHistograms? = nil,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        var pool = histograms
        var places: [Int32]?
        if let model {
            places = model.counts.indices.map { Int32(truncatingIfNeeded: histograms.count &+ $0) }
            for index in model.counts.indices { pool.append(index, of: model) }
        }
        let own = histograms.counts.indices.map { Int32(truncatingIfNeeded: $0) }
        try write(pool, own, expected: expected, model: places, to: &writer)
    }

    /// Writes a column of histograms that lie somewhere in a pool, and so does the model.
    static func write(
        _ pool: DecodedHistograms,
        _ places: [Int32],
        expected: [UInt64]?,
        model: [Int32]? = nil,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        var counts = pool.counts(places)
        guard counts.contains(where: { $0 != 0 }) else { return writer.append(byte: Self.empty) }
        if let expected {
            for index in counts.indices { counts[index] = (counts[index] &- expected[index]).zigzag }
        }
        CounterColumn.write(counts, to: &writer)
        var column = HistogramWriter(pool, places, model: model)
        writer.append(section: try column.encoded())
    }

    /// Reads a column of so many histograms.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - expected: What the counts were expected to be, where the column was written so.
    ///   - model: The model it was written with; without any histogram where there was none.
    ///   - runs: Takes the column; what it held is gone.
    ///   - cursor: Where from.
    /// - Throws: `BlockError`.
    private static func read(
        _ count: Int,
        expected: [UInt64]?,
        like model: borrowing HistogramRuns,
        into runs: inout HistogramRuns,
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        runs.removeAll()
        guard try !cursor.skip(byte: Self.empty) else { return runs.append(empty: count) }
        let counts = try counts(count, expected: expected, from: &cursor)
        var section = try cursor.section()
        var reader = try HistogramColumnReader(counts: counts, hasModel: model.count > 0, from: &section)
        try reader.decode(like: model, into: &runs)
    }

    /// Reads how many durations each histogram has.
    private static func counts(
        _ count: Int,
        expected: [UInt64]?,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [UInt64] {
        var counts = try CounterColumn.read(count, from: &cursor)
        if let expected {
            for index in counts.indices { counts[index] = expected[index] &+ counts[index].unzigzag }
        }
        return counts
    }

    /// Steps over a column of so many histograms, of which only the counts are read.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - expected: What the counts were expected to be, where the column was written so.
    ///   - model: The model it was written with.
    ///   - cursor: Where from.
    /// - Returns: The column, to read from later.
    /// - Throws: `BlockError`.
    static func stored(
        _ count: Int,
        expected: [UInt64]? = nil,
        like model: StoredHistograms.Model = .none,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> StoredHistograms? {
        guard try !cursor.skip(byte: Self.empty) else { return nil }
        let counts = try counts(count, expected: expected, from: &cursor)
        return StoredHistograms(counts, try cursor.section(), like: model)
    }

    /// Reads a column of so many histograms for a pool.
    package static func read(
        _ count: Int,
        expected: [UInt64]? = nil,
        model: DecodedHistograms? = nil,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> DecodedHistograms {
        var like = HistogramRuns()
        if let model { like.append(contentsOf: model) }
        var runs = HistogramRuns()
        try read(count, expected: expected, like: like, into: &runs, from: &cursor)
        return DecodedHistograms(runs)
    }

    /// Reads a column of any version as values.
    package static func values(
        _ count: Int,
        version: UInt8 = BlockFormat.version,
        expected: [UInt64]? = nil,
        model: [Histogram]? = nil,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [Histogram] {
        guard version >= BlockFormat.packedVersion else {
            return try SparseHistogramColumn.read(count, from: &cursor)
        }
        let offset = cursor.position
        var like = HistogramRuns()
        for histogram in model ?? [] { like.append(histogram) }
        var runs = HistogramRuns()
        try read(count, expected: expected, like: like, into: &runs, from: &cursor)
        var histograms: [Histogram] = []
        histograms.reserveCapacity(count)
        for position in 0..<count {
            guard let histogram = runs.histogram(position) else { throw .malformed(offset: offset) }
            histograms.append(histogram)
        }
        return histograms
    }

    /// Stands for a column of empty histograms; no mode of a counter column.
    private static let empty: UInt8 = 0xFF

    /// What stands before the bits.
    struct Header {
        var isMicroseconds = false
        /// Plus 1.
        var middle = 0
        var firstDistance = 0
        var scale: UInt64 = 0
        var lastDistance = 0
        /// Only with a model.
        var firstLikeness = 0
        var lastLikeness = 0
    }
}
