// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The histograms of a column as they are read: buckets side by side, in room that serves one column after
/// the other.
///
/// Buckets have 32 bits, which are enough for nearly all; what is wider lies apart.
struct HistogramRuns: ~Copyable {
    /// By bucket: its index plus 1.
    private(set) var indices = Numbers<UInt16>()
    /// By bucket: the low 32 bits of how many durations it holds.
    private(set) var held = Numbers<UInt32>()
    /// Buckets of more than 32 bits, by place.
    private(set) var wide: [Int: UInt64] = [:]
    private var ends = Words()
    /// By histogram: how many durations.
    private(set) var counts = Words()
    /// Exact figures of each in nanoseconds, 0 where it is empty.
    private(set) var sums = Words()
    private(set) var minima = Words()
    private(set) var maxima = Words()

    /// How many histograms there are.
    var count: Int { ends.count }

    /// Where the buckets of one lie.
    @inline(__always)
    func range(_ position: Int) -> Range<Int> {
        let start = position == 0 ? 0 : Int(truncatingIfNeeded: ends[position &- 1])
        return start..<Int(truncatingIfNeeded: ends[position])
    }

    /// The first and the last bucket of one that is not empty.
    func bounds(_ position: Int) -> (low: Int, high: Int) {
        let range = range(position)
        return (Int(indices[range.lowerBound]) - 1, Int(indices[range.upperBound - 1]) - 1)
    }

    /// What a bucket holds.
    @inline(__always)
    func held(at place: Int) -> UInt64 {
        wide.isEmpty ? UInt64(held[place]) : wide[place] ?? UInt64(held[place])
    }

    /// One of them by value; `nil` where it makes no sense, which only damage can bring about.
    func histogram(_ position: Int) -> Histogram? {
        guard counts[position] > 0 else { return Histogram() }
        let range = range(position)
        var buckets: [Histogram.Bucket] = []
        buckets.reserveCapacity(range.count)
        for place in range {
            let index = Int16(truncatingIfNeeded: indices[place]) - 1
            buckets.append(Histogram.Bucket(index: index, count: held(at: place)))
        }
        return Histogram(
            buckets: buckets,
            sumNanoseconds: sums[position],
            minNanoseconds: minima[position],
            maxNanoseconds: maxima[position]
        )
    }

    /// What is mostly asked of one.
    func digest(_ position: Int) -> HistogramDigest {
        HistogramDigest(
            ofBuckets: range(position),
            count: counts[position],
            sumNanoseconds: sums[position],
            minNanoseconds: minima[position],
            maxNanoseconds: maxima[position]
        ) { place in
            Histogram.Bucket(index: Int16(truncatingIfNeeded: indices[place]) &- 1, count: held(at: place))
        }
    }

    // MARK: - Filling

    /// Forgets all, but not the room.
    mutating func removeAll() {
        indices.cut(to: 0)
        held.cut(to: 0)
        if !wide.isEmpty { wide = [:] }
        ends.cut(to: 0)
        counts.cut(to: 0)
        sums.cut(to: 0)
        minima.cut(to: 0)
        maxima.cut(to: 0)
    }

    /// Adds so many empty ones.
    mutating func append(empty number: Int) {
        for _ in 0..<number { finish(count: 0, sum: 0, least: 0, greatest: 0) }
    }

    /// Adds one bucket of the histogram that `finish` will end.
    @inline(__always)
    mutating func append(bucket: Int, count: UInt64) {
        if count > UInt64(UInt32.max) { wide[held.count] = count }
        indices.append(UInt16(truncatingIfNeeded: bucket &+ 1))
        held.append(UInt32(truncatingIfNeeded: count))
    }

    /// Ends a histogram whose buckets were added.
    @inline(__always)
    mutating func finish(count: UInt64, sum: UInt64, least: UInt64, greatest: UInt64) {
        ends.append(UInt64(truncatingIfNeeded: held.count))
        counts.append(count)
        sums.append(sum)
        minima.append(least)
        maxima.append(greatest)
    }

    /// Adds a whole histogram.
    mutating func append(_ histogram: Histogram) {
        for bucket in histogram.buckets { append(bucket: Int(bucket.index), count: bucket.count) }
        finish(
            count: histogram.count,
            sum: histogram.sumNanoseconds,
            least: histogram.minNanoseconds,
            greatest: histogram.maxNanoseconds
        )
    }

    /// Adds all of a pool.
    mutating func append(contentsOf pool: DecodedHistograms) {
        for position in 0..<pool.count {
            for place in pool.range(position) {
                append(bucket: Int(pool.buckets[place].index), count: pool.buckets[place].count)
            }
            finish(
                count: pool.counts[position],
                sum: pool.sums[position],
                least: pool.minima[position],
                greatest: pool.maxima[position]
            )
        }
    }

    /// Adds a histogram equal to one of another column.
    mutating func append(_ position: Int, of other: borrowing HistogramRuns) {
        let range = other.range(position)
        if !other.wide.isEmpty {
            for place in range where other.wide[place] != nil {
                wide[held.count + place - range.lowerBound] = other.wide[place]
            }
        }
        indices.append(other.indices, range)
        held.append(other.held, range)
        finish(
            count: other.counts[position],
            sum: other.sums[position],
            least: other.minima[position],
            greatest: other.maxima[position]
        )
    }
}
