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

    /// Takes what was read of a column.
    init(_ runs: borrowing HistogramRuns) {
        self.init(capacity: runs.count)
        for position in 0..<runs.count {
            for place in runs.range(position) {
                append(bucket: Int(runs.indices[place]) - 1, count: runs.held(at: place))
            }
            finish(
                count: runs.counts[position],
                sum: runs.sums[position],
                least: runs.minima[position],
                greatest: runs.maxima[position]
            )
        }
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

    /// Adds a histogram, unless it is empty.
    ///
    /// - Returns: Its place; 0 for an empty one, which the first of the pool must be.
    mutating func place(_ histogram: borrowing Histogram) -> Int32 {
        guard histogram.count > 0 else { return 0 }
        append(histogram)
        return Int32(truncatingIfNeeded: count &- 1)
    }

    /// Adds the histograms of a column.
    ///
    /// - Parameters:
    ///   - column: Some of which may be empty.
    ///   - alike: Places of others; where one is the same, it is taken instead.
    /// - Returns: The place of each.
    mutating func places(of column: DecodedHistograms, alike: [Int32]? = nil) -> [Int32] {
        var places = [Int32](repeating: 0, count: column.count)
        guard !column.buckets.isEmpty else { return places }
        guard let alike else {
            let (first, offset) = (count, buckets.count)
            buckets += column.buckets
            counts += column.counts
            sums += column.sums
            minima += column.minima
            maxima += column.maxima
            for end in column.ends { ends.append(offset &+ end) }
            for index in places.indices where column.counts[index] > 0 {
                places[index] = Int32(truncatingIfNeeded: first &+ index)
            }
            return places
        }
        for index in places.indices where column.counts[index] > 0 {
            append(index, of: column)
            places[index] = Int32(truncatingIfNeeded: count &- 1)
            guard isEqual(count - 1, Int(alike[index])) else { continue }
            removeLast()
            places[index] = alike[index]
        }
        return places
    }

    /// Some of them as a column of their own.
    func column(_ places: [Int32]) -> DecodedHistograms {
        var column = DecodedHistograms(capacity: places.count)
        for place in places { column.append(Int(place), of: self) }
        return column
    }

    private mutating func removeLast() {
        let range = range(count - 1)
        buckets.removeSubrange(range)
        ends.removeLast()
        counts.removeLast()
        sums.removeLast()
        minima.removeLast()
        maxima.removeLast()
    }

    /// How many durations some of them have.
    func counts(_ places: [Int32]) -> [UInt64] { places.map { counts[Int($0)] } }

    /// Whether two of them are the same.
    func isEqual(_ left: Int, _ right: Int) -> Bool {
        guard left != right else { return true }
        let (mine, theirs) = (range(left), range(right))
        guard counts[left] == counts[right], sums[left] == sums[right], minima[left] == minima[right],
            maxima[left] == maxima[right], mine.count == theirs.count
        else { return false }
        return zip(mine, theirs).allSatisfy { buckets[$0] == buckets[$1] }
    }

    mutating func removeAll() {
        buckets.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        sums.removeAll(keepingCapacity: true)
        minima.removeAll(keepingCapacity: true)
        maxima.removeAll(keepingCapacity: true)
    }

    /// Makes room for more buckets.
    mutating func reserve(buckets more: Int) {
        let needed = buckets.count + more
        // By doubling, as appending does.
        if needed > buckets.capacity { buckets.reserveCapacity(max(needed, buckets.capacity * 2)) }
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
    mutating func append(_ histogram: borrowing Histogram) {
        if histogram.isElsewhere {
            buckets += histogram.buckets
        } else {
            let own = histogram.own.span
            for place in own.indices { buckets.append(own[place]) }
        }
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
