// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Histograms that are read from where they lie once somebody looks into them.
///
/// A graph has tens of thousands of them, each with hundreds of buckets, of which one look at a map needs a few
/// quantiles and most need nothing. How many durations each has is known without.
package protocol HistogramSource: AnyObject, Sendable {
    /// One of them by value; an empty one where what lies there makes no sense.
    func histogram(at position: Int) -> Histogram

    /// What is mostly asked of it; `nil` where what lies there makes no sense.
    func digest(at position: Int) -> HistogramDigest?
}

/// What is mostly asked of a histogram, without its buckets.
package struct HistogramDigest: Sendable {
    package let sumNanoseconds: UInt64
    package let minNanoseconds: UInt64
    package let maxNanoseconds: UInt64
    private let values: (UInt64, UInt64, UInt64, UInt64)

    /// Takes what a histogram says.
    package init(_ histogram: Histogram) {
        self.init(
            ofBuckets: 0..<histogram.buckets.count,
            count: histogram.count,
            sumNanoseconds: histogram.sumNanoseconds,
            minNanoseconds: histogram.minNanoseconds,
            maxNanoseconds: histogram.maxNanoseconds
        ) { [buckets = histogram.buckets] in buckets[$0] }
    }

    /// Finds the quantiles in one walk over buckets that lie somewhere else.
    ///
    /// - Parameters:
    ///   - places: Where they lie, in order.
    ///   - count: What they add up to.
    ///   - sumNanoseconds: The sum of all values.
    ///   - minNanoseconds: The least value.
    ///   - maxNanoseconds: The greatest value.
    ///   - bucket: The bucket at a place.
    @inlinable
    package init(
        ofBuckets places: Range<Int>,
        count: UInt64,
        sumNanoseconds: UInt64,
        minNanoseconds: UInt64,
        maxNanoseconds: UInt64,
        bucket: (Int) -> Histogram.Bucket
    ) {
        let ranks = (
            Histogram.rank(of: 0.5, in: count), Histogram.rank(of: 0.9, in: count),
            Histogram.rank(of: 0.95, in: count), Histogram.rank(of: 0.99, in: count)
        )
        var (place, seen) = (places.lowerBound, UInt64(0))
        var found = Histogram.underflow
        func value(_ rank: UInt64) -> UInt64 {
            while seen < rank {
                guard place < places.upperBound else {
                    found = Histogram.overflow
                    break
                }
                let next = bucket(place)
                (seen, found) = (seen.addingSaturated(next.count), next.index)
                place &+= 1
            }
            return min(max(Histogram.midpoint(of: found), minNanoseconds), maxNanoseconds)
        }
        let first = value(ranks.0)
        let second = value(ranks.1)
        let third = value(ranks.2)
        self.init(
            sumNanoseconds: sumNanoseconds,
            minNanoseconds: minNanoseconds,
            maxNanoseconds: maxNanoseconds,
            values: (first, second, third, value(ranks.3))
        )
    }

    @usableFromInline
    init(
        sumNanoseconds: UInt64,
        minNanoseconds: UInt64,
        maxNanoseconds: UInt64,
        values: (UInt64, UInt64, UInt64, UInt64)
    ) {
        self.sumNanoseconds = sumNanoseconds
        self.minNanoseconds = minNanoseconds
        self.maxNanoseconds = maxNanoseconds
        self.values = values
    }

    /// A quantile; `nil` where it is not one of those that were found.
    func quantileNanoseconds(_ quantile: Double) -> UInt64? {
        switch quantile {
        case 0.5: values.0
        case 0.9: values.1
        case 0.95: values.2
        case 0.99: values.3
        default: nil
        }
    }
}
