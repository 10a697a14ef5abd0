// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Which durations fall into each bucket, counted in nanoseconds or in microseconds.
///
/// Microseconds are for histograms of capture files whose times have no more digits.
package struct BucketTable: Sendable {
    /// Nanoseconds to one.
    let unit: UInt64
    /// The least duration of each bucket in units, from the underflow bucket on.
    private let least: [UInt64]
    /// How many durations each bucket has; 0 where it has no whole microsecond.
    private let widths: [UInt64]

    /// The table in nanoseconds.
    package static let nanoseconds = BucketTable(unit: 1)
    /// The table in microseconds.
    package static let microseconds = BucketTable(unit: 1_000)

    private init(unit: UInt64) {
        let bounds = (Int(Histogram.underflow)...Int(Histogram.overflow)).map { index -> UInt64 in
            // Rounded up to whole nanoseconds, and those to units.
            let step = UInt64(Histogram.bucketsPerOctave)
            guard index >= 0 else { return 0 }
            let (octave, linear) = UInt64(index).quotientAndRemainder(dividingBy: step)
            let nanoseconds = ((1_000 * (step + linear)) << octave + step - 1) / step
            return (nanoseconds + unit - 1) / unit
        }
        self.unit = unit
        least = bounds
        widths = zip(bounds, bounds.dropFirst()).map { $1 - $0 } + [0]
    }

    /// The least duration of a bucket.
    package func least(_ bucket: Int16) -> UInt64 { least[Int(bucket) + 1] }

    /// How many durations a bucket has.
    func width(_ bucket: Int16) -> UInt64 { widths[Int(bucket) + 1] }

    /// Whether a duration in units belongs into a bucket, which is not the overflow bucket.
    func holds(_ bucket: Int16, _ value: UInt64) -> Bool {
        let least = least(bucket)
        return value >= least && value &- least < width(bucket)
    }

    /// The middles, and the widths, of all durations of some buckets, added up modulo 2^64.
    func sums(_ buckets: Span<Histogram.Bucket>) -> (middles: UInt64, width: UInt64) {
        let (bounds, widths) = (least.span, widths.span)
        var sums: (middles: UInt64, width: UInt64) = (0, 0)
        for place in buckets.indices {
            let bucket = buckets[place]
            let slot = Int(bucket.index) &+ 1
            let width = widths[slot]
            sums.middles &+= (bounds[slot] &+ width &>> 1) &* bucket.count
            sums.width &+= width &* bucket.count
        }
        return sums
    }

    /// How far above a duration of a bucket the greatest one of it is.
    func room(_ bucket: Int16, above value: UInt64) -> UInt64 { least(bucket) &+ width(bucket) &- 1 &- value }

    /// The duration that a bucket's are taken to be on average.
    func middle(_ bucket: Int16) -> UInt64 { least[Int(bucket) + 1] &+ widths[Int(bucket) + 1] / 2 }
}

extension UInt64 {
    /// How many bits the number takes; 0 for 0.
    var bitLength: Int { 64 - leadingZeroBitCount }

    /// 0, -1, 1, -2 as 0, 1, 2, 3, for differences modulo 2^64.
    var zigzag: UInt64 {
        let signed = Int64(bitPattern: self)
        return UInt64(bitPattern: signed &<< 1 ^ signed &>> 63)
    }

    /// Undoes `zigzag`.
    var unzigzag: UInt64 { self &>> 1 ^ (0 &- (self & 1)) }
}
