// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A column of histograms as versions before 4 had all of them, and later ones those that fit no rule.
///
/// ```text
/// buckets used, for each histogram    counter column
/// bucket indices                      varints: first index + 1, then differences - 1
/// bucket counts - 1                   counter column
/// min, max, sum                       three counter columns, for each that is not empty
/// ```
///
/// The exact figures are kept as differences from what the buckets already say: min from the
/// lower bound of the first, max from that of the last, sum from the sum of all; of a single
/// duration, max and sum from min. Differences wrap around 2^64, so every value comes back
/// whatever it is.
enum SparseHistogramColumn {
    /// Writes a column; refuses histograms whose counts have saturated.
    static func write(_ histograms: [Histogram], to writer: inout ByteWriter) throws(BlockError) {
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
        CounterColumn.write(filled.map { $0.minNanoseconds &- lowerBound($0.buckets.first) }, to: &writer)
        let derived = filled.map {
            references($0.buckets, count: $0.count, minimum: $0.minNanoseconds)
        }
        CounterColumn.write(zip(filled, derived).map { $0.maxNanoseconds &- $1.maximum }, to: &writer)
        CounterColumn.write(zip(filled, derived).map { $0.sumNanoseconds &- $1.sum }, to: &writer)
    }

    /// Reads a column of so many histograms.
    static func read(_ count: Int, from cursor: inout ByteCursor) throws(BlockError) -> [Histogram] {
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
            let minimum = lowerBound(buckets.first) &+ least[ordinal]
            let (maximum, total) = references(buckets, count: sum, minimum: minimum)
            let histogram = Histogram(
                buckets: buckets,
                sumNanoseconds: total &+ excess[ordinal],
                minNanoseconds: minimum,
                maxNanoseconds: maximum &+ spread[ordinal]
            )
            // The histogram checks order, overflow of the counts, and min against max.
            guard let histogram else { throw .malformed(offset: cursor.position) }
            histograms.append(histogram)
            ordinal += 1
        }
        return histograms
    }

    /// What max and sum are kept as differences from.
    private static func references(
        _ buckets: [Histogram.Bucket],
        count: UInt64,
        minimum: UInt64
    ) -> (maximum: UInt64, sum: UInt64) {
        guard count != 1 else { return (minimum, minimum) }
        var sum: UInt64 = 0
        for bucket in buckets { sum = sum &+ lowerBound(bucket) &* bucket.count }
        return (lowerBound(buckets.last), sum)
    }

    /// The least duration that falls into a bucket, in nanoseconds.
    private static func lowerBound(_ bucket: Histogram.Bucket?) -> UInt64 {
        guard let bucket, bucket.index > Histogram.underflow else { return 0 }
        return lowerBounds[Int(bucket.index)]
    }

    /// From bucket 0 to the overflow bucket.
    private static let lowerBounds: [UInt64] = (0...Int(Histogram.overflow)).map { index in
        let (octave, linear) = index.quotientAndRemainder(dividingBy: Histogram.bucketsPerOctave)
        let base = UInt64(1_000) << UInt64(octave)
        return base + base * UInt64(linear) / UInt64(Histogram.bucketsPerOctave)
    }
}
