// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Durations that are recorded in a histogram at once.
///
/// The place of each in a sparse histogram would have to be searched for. Here they are counted in
/// all the buckets there are, and a histogram takes them in one walk.
package struct HistogramBatch: BitwiseCopyable {
    /// How many it takes: counts are bytes.
    package static let capacity = 255
    /// With fewer, recording one after the other takes less.
    package static let leastWorthwhile = 8

    /// By bucket, from `Histogram.underflow` on.
    private var counts = InlineArray<1_154, UInt8>(repeating: 0)
    /// A bit for each bucket that is not empty.
    private var used = InlineArray<19, UInt64>(repeating: 0)
    package private(set) var count = 0
    fileprivate var sumNanoseconds: UInt64 = 0
    fileprivate var minNanoseconds = UInt64.max
    fileprivate var maxNanoseconds: UInt64 = 0

    package init() {}

    /// Counts one duration; a negative one counts as 0.
    ///
    /// - Precondition: Fewer than `capacity` were counted.
    package mutating func add(nanoseconds: Int64) {
        assert(count < Self.capacity)
        let value = UInt64(max(0, nanoseconds))
        let place = Int(Histogram.bucket(of: value) &- Histogram.underflow)
        counts[place] &+= 1
        used[place >> 6] |= 1 &<< UInt64(truncatingIfNeeded: place & 63)
        count &+= 1
        sumNanoseconds = sumNanoseconds.addingSaturated(value)
        minNanoseconds = min(minNanoseconds, value)
        maxNanoseconds = max(maxNanoseconds, value)
    }

    /// Adds to the buckets that are there already, and forgets what went to them.
    ///
    /// - Returns: How many others there are.
    fileprivate mutating func settle(in buckets: inout [Histogram.Bucket]) -> Int {
        var missing = 0
        var position = 0
        var buckets = buckets.mutableSpan
        for word in 0..<used.count {
            var rest = used[word]
            while rest != 0 {
                let place = word << 6 | rest.trailingZeroBitCount
                rest &= rest &- 1
                let index = Self.index(place)
                while position < buckets.count, buckets[position].index < index { position &+= 1 }
                if position < buckets.count, buckets[position].index == index {
                    buckets[position].count.addSaturated(UInt64(counts.span[place]))
                    used[word] &= ~(1 &<< UInt64(truncatingIfNeeded: place & 63))
                } else {
                    missing &+= 1
                }
            }
        }
        return missing
    }

    /// Puts the others in their places among the buckets that are there, from the last on.
    fileprivate func insert(_ missing: Int, into buckets: inout [Histogram.Bucket]) {
        var last = buckets.count - 1
        for _ in 0..<missing { buckets.append(Histogram.Bucket(index: 0, count: 0)) }
        var buckets = buckets.mutableSpan
        var free = buckets.count - 1
        // As spans: an inline array that is asked by its subscript may be copied to be asked.
        let (counts, used) = (counts.span, used.span)
        for word in stride(from: used.count - 1, through: 0, by: -1) {
            var rest = used[word]
            while rest != 0 {
                let bit = 63 - rest.leadingZeroBitCount
                rest &= ~(1 &<< UInt64(truncatingIfNeeded: bit))
                let place = word << 6 | bit
                let index = Self.index(place)
                while last >= 0, buckets[last].index > index {
                    buckets[free] = buckets[last]
                    last -= 1
                    free -= 1
                }
                buckets[free] = Histogram.Bucket(index: index, count: UInt64(counts[place]))
                free -= 1
            }
        }
    }

    private static func index(_ place: Int) -> Int16 {
        Int16(truncatingIfNeeded: place) &+ Histogram.underflow
    }
}

extension Histogram {
    /// Counts durations that were gathered before.
    package mutating func record(_ batch: consuming HistogramBatch) {
        guard batch.count > 0 else { return }
        changeBuckets { buckets in
            let missing = batch.settle(in: &buckets)
            if missing > 0 { batch.insert(missing, into: &buckets) }
        }
        note(
            batch.count,
            sum: batch.sumNanoseconds,
            least: batch.minNanoseconds,
            greatest: batch.maxNanoseconds
        )
    }
}
