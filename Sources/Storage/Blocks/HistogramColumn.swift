// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A column of sparse histograms.
///
/// ```text
/// buckets used, for each histogram    counter column
/// bucket indices                      varints: first index + 1, then differences - 1
/// bucket counts - 1                   counter column
/// min - lower bound of first bucket   counter column, for each that is not empty
/// max - min                           counter column, likewise
/// sum - min * count                   counter column, likewise
/// ```
///
/// Differences wrap around 2^64, so every value comes back whatever it is; for a single
/// recorded duration the last two are zero.
package enum HistogramColumn {
    package static func write(_ histograms: [Histogram], to writer: inout ByteWriter) throws(BlockError) {
        CounterColumn.write(histograms.map { UInt64($0.buckets.count) }, to: &writer)
        let filled = histograms.filter { !$0.buckets.isEmpty }
        guard !filled.isEmpty else { return }

        var counts: [UInt64] = []
        for histogram in filled {
            var expected = Int(Histogram.underflow)
            var total: UInt64 = 0
            for bucket in histogram.buckets {
                writer.append(varint: UInt64(Int(bucket.index) - expected))
                expected = Int(bucket.index) + 1
                let (sum, overflow) = total.addingReportingOverflow(bucket.count)
                guard bucket.count > 0, !overflow else { throw .unstorable(.histogram) }
                total = sum
                counts.append(bucket.count - 1)
            }
            guard total == histogram.count else { throw .unstorable(.histogram) }
        }
        CounterColumn.write(counts, to: &writer)
        CounterColumn.write(filled.map { $0.minNanoseconds &- lowerBound($0.buckets) }, to: &writer)
        CounterColumn.write(filled.map { $0.maxNanoseconds &- $0.minNanoseconds }, to: &writer)
        CounterColumn.write(
            filled.map { $0.sumNanoseconds &- $0.minNanoseconds &* $0.count },
            to: &writer
        )
    }

    package static func read(_ count: Int, from cursor: inout ByteCursor) throws(BlockError) -> [Histogram] {
        let (sizes, total) = try CounterColumn.readCounts(count, from: &cursor)
        guard total > 0 else { return [Histogram](repeating: Histogram(), count: count) }

        let steps = try CounterColumn.denseValues(total, from: &cursor)
        let counts = try CounterColumn.read(total, from: &cursor)
        let filled = sizes.count { $0 > 0 }
        let least = try CounterColumn.read(filled, from: &cursor)
        let spread = try CounterColumn.read(filled, from: &cursor)
        let excess = try CounterColumn.read(filled, from: &cursor)

        var histograms: [Histogram] = []
        histograms.reserveCapacity(count)
        var next = 0
        var ordinal = 0
        for size in sizes {
            guard size > 0 else {
                histograms.append(Histogram())
                continue
            }
            var buckets: [Histogram.Bucket] = []
            buckets.reserveCapacity(size)
            var expected = UInt64(0)
            var sum: UInt64 = 0
            for position in next..<next + size {
                // Kept one above the real index, which starts at -1, to stay unsigned.
                let (index, overflow) = expected.addingReportingOverflow(steps[position])
                guard !overflow, index <= UInt64(Histogram.overflow) + 1 else {
                    throw .malformed(offset: cursor.position)
                }
                expected = index + 1
                let held = counts[position] &+ 1
                buckets.append(Histogram.Bucket(index: Int16(index) - 1, count: held))
                sum = sum &+ held
            }
            next += size
            let minimum = lowerBound(buckets) &+ least[ordinal]
            let histogram = Histogram(
                buckets: buckets,
                sumNanoseconds: minimum &* sum &+ excess[ordinal],
                minNanoseconds: minimum,
                maxNanoseconds: minimum &+ spread[ordinal]
            )
            // The histogram checks order, overflow of the counts, and min against max.
            guard let histogram else { throw .malformed(offset: cursor.position) }
            histograms.append(histogram)
            ordinal += 1
        }
        return histograms
    }

    /// The least duration that falls into the first bucket, in nanoseconds.
    private static func lowerBound(_ buckets: [Histogram.Bucket]) -> UInt64 {
        guard let index = buckets.first?.index, index > Histogram.underflow else { return 0 }
        let (octave, linear) = Int(index).quotientAndRemainder(dividingBy: Histogram.bucketsPerOctave)
        let base = UInt64(1_000) << UInt64(octave)
        return base + base * UInt64(linear) / UInt64(Histogram.bucketsPerOctave)
    }
}
