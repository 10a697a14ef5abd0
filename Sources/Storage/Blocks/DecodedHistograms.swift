// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// The histograms of a column, all buckets in one array: no value of its own for each, which would have to
/// be kept alive.
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
            guard let histogram = histogram(index) else { return nil }
            histograms.append(histogram)
        }
        return histograms
    }

    /// One of them as a value.
    func histogram(_ index: Int) -> Histogram? {
        Histogram(
            buckets: Array(buckets[range(index)]),
            sumNanoseconds: sums[index],
            minNanoseconds: minima[index],
            maxNanoseconds: maxima[index]
        )
    }

    /// The first and the last bucket of one that is not empty.
    func bounds(_ index: Int) -> (low: Int16, high: Int16) {
        let range = range(index)
        return (buckets[range.lowerBound].index, buckets[range.upperBound - 1].index)
    }

    /// Whether two of equal counts are the same.
    func isEqual(_ index: Int, to other: DecodedHistograms) -> Bool {
        let (mine, theirs) = (range(index), other.range(index))
        guard sums[index] == other.sums[index], minima[index] == other.minima[index],
            maxima[index] == other.maxima[index], mine.count == theirs.count
        else { return false }
        for offset in 0..<mine.count
        where buckets[mine.lowerBound + offset] != other.buckets[theirs.lowerBound + offset] { return false }
        return true
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
