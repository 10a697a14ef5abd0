// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The sum of some histograms, in a counter for every bucket there is.
///
/// A bit for each bucket says which were touched, so that the others are neither looked at nor cleared.
struct HistogramMerge: Sendable {
    /// From the underflow bucket to the overflow bucket.
    private static let bucketCount = Int(Histogram.overflow) - Int(Histogram.underflow) + 1

    private var held = [UInt64](repeating: 0, count: Self.bucketCount)
    private var touched = [UInt64](repeating: 0, count: (Self.bucketCount + 63) / 64)
    private(set) var count: UInt64 = 0
    private var sum: UInt64 = 0
    private var least: UInt64 = .max
    private var greatest: UInt64 = 0

    /// Adds a histogram of a pool; counts and sums that do not fit stay at the greatest value.
    mutating func add(_ index: Int, of pool: DecodedHistograms) {
        guard pool.counts[index] > 0 else { return }
        Self.add(pool.buckets.span.extracting(pool.range(index)), &held, &touched)
        count.addSaturated(pool.counts[index])
        sum.addSaturated(pool.sums[index])
        least = min(least, pool.minima[index])
        greatest = max(greatest, pool.maxima[index])
    }

    /// Adds buckets; two arrays by themselves, so that each is looked at once to be written to.
    private static func add(
        _ buckets: Span<Histogram.Bucket>,
        _ held: inout [UInt64],
        _ touched: inout [UInt64]
    ) {
        var held = held.mutableSpan
        var touched = touched.mutableSpan
        for place in buckets.indices {
            let bucket = buckets[place]
            let slot = Int(bucket.index) &+ 1
            held[slot].addSaturated(bucket.count)
            touched[slot &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: slot & 63)
        }
    }

    /// Whether it is the same as one of a pool.
    func isEqual(_ index: Int, of pool: DecodedHistograms) -> Bool {
        guard count == pool.counts[index], count > 0 else { return count == pool.counts[index] }
        guard sum == pool.sums[index], least == pool.minima[index], greatest == pool.maxima[index] else {
            return false
        }
        let range = pool.range(index)
        guard range.count == touched.reduce(0, { $0 + $1.nonzeroBitCount }) else { return false }
        return range.allSatisfy { place in
            held[Int(pool.buckets[place].index) &+ 1] == pool.buckets[place].count
        }
    }

    /// Moves the sum to the end of a pool.
    ///
    /// - Returns: Its place; 0, which stands for the empty one, where nothing was added.
    mutating func move(to pool: inout DecodedHistograms) -> Int32 {
        guard count > 0 else { return 0 }
        for word in touched.indices {
            var bits = touched[word]
            touched[word] = 0
            while bits != 0 {
                let slot = word &<< 6 &+ bits.trailingZeroBitCount
                bits &= bits &- 1
                pool.append(bucket: slot &- 1, count: held[slot])
                held[slot] = 0
            }
        }
        pool.finish(count: count, sum: sum, least: least, greatest: greatest)
        (count, sum, least, greatest) = (0, 0, .max, 0)
        return Int32(truncatingIfNeeded: pool.count &- 1)
    }

    /// Begins anew.
    mutating func removeAll() {
        for word in touched.indices {
            var bits = touched[word]
            touched[word] = 0
            while bits != 0 {
                held[word &<< 6 &+ bits.trailingZeroBitCount] = 0
                bits &= bits &- 1
            }
        }
        (count, sum, least, greatest) = (0, 0, .max, 0)
    }
}
