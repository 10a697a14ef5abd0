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
