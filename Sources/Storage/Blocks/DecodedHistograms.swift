// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// The histograms of a column, all buckets in one array, for readers that add them up.
package struct DecodedHistograms: Sendable {
    /// The buckets of all, one histogram after the other, each in order.
    package private(set) var buckets: [Histogram.Bucket] = []
    /// Where the buckets of each histogram end; they begin where those of the one before end.
    package private(set) var ends: [Int] = []
    /// How many durations each has.
    package private(set) var counts: [UInt64] = []
    /// Exact figures of each in nanoseconds, 0 where it is empty.
    package private(set) var sums: [UInt64] = []
    package private(set) var minima: [UInt64] = []
    package private(set) var maxima: [UInt64] = []

    init(capacity: Int) {
        ends.reserveCapacity(capacity)
        counts.reserveCapacity(capacity)
        sums.reserveCapacity(capacity)
        minima.reserveCapacity(capacity)
        maxima.reserveCapacity(capacity)
    }

    init(empty count: Int) {
        ends = [Int](repeating: 0, count: count)
        counts = [UInt64](repeating: 0, count: count)
        (sums, minima, maxima) = (counts, counts, counts)
    }

    package init(_ histograms: [Histogram]) {
        self.init(capacity: histograms.count)
        for histogram in histograms { append(histogram) }
    }

    /// How many histograms there are.
    package var count: Int { ends.count }

    /// Where the buckets of one lie.
    package func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// As values; `nil` where one makes no sense, which only damage can bring about.
    package var histograms: [Histogram]? {
        var histograms: [Histogram] = []
        histograms.reserveCapacity(count)
        for index in 0..<count {
            guard counts[index] > 0 else {
                histograms.append(Histogram())
                continue
            }
            let histogram = Histogram(
                buckets: Array(buckets[range(index)]),
                sumNanoseconds: sums[index],
                minNanoseconds: minima[index],
                maxNanoseconds: maxima[index]
            )
            guard let histogram else { return nil }
            histograms.append(histogram)
        }
        return histograms
    }

    /// Adds one bucket of the histogram that `finish` will end.
    mutating func append(bucket: Int, count: UInt64) {
        buckets.append(Histogram.Bucket(index: Int16(truncatingIfNeeded: bucket), count: count))
    }

    /// Ends a histogram whose buckets were added.
    mutating func finish(count: UInt64, sum: UInt64, least: UInt64, greatest: UInt64) {
        ends.append(buckets.count)
        counts.append(count)
        sums.append(sum)
        minima.append(least)
        maxima.append(greatest)
    }

    /// Adds a whole histogram.
    mutating func append(_ histogram: Histogram) {
        buckets += histogram.buckets
        finish(
            count: histogram.count,
            sum: histogram.sumNanoseconds,
            least: histogram.minNanoseconds,
            greatest: histogram.maxNanoseconds
        )
    }

    /// Adds a histogram equal to one of another column.
    mutating func append(_ index: Int, of other: DecodedHistograms) {
        buckets += other.buckets[other.range(index)]
        finish(
            count: other.counts[index],
            sum: other.sums[index],
            least: other.minima[index],
            greatest: other.maxima[index]
        )
    }
}
