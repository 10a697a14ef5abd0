// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The buckets of many histograms side by side, which never change again.
///
/// A graph has tens of thousands of histograms. Together their buckets take six bytes each, and no memory of
/// its own has to be taken and given back for each of them.
package final class HistogramBuckets: Sendable {
    /// By bucket: its index plus 1.
    fileprivate let indices: [UInt16]
    fileprivate let counts: [UInt32]

    /// Takes over buckets.
    ///
    /// - Parameters:
    ///   - indices: By bucket, its index plus 1.
    ///   - counts: As many, what each holds.
    package init(indices: [UInt16], counts: [UInt32]) {
        self.indices = indices
        self.counts = counts
    }

    /// What they take.
    package var bytes: Int { indices.count * 2 + counts.count * 4 }

    /// Those of one histogram.
    package struct Run: Sendable {
        private let all: HistogramBuckets
        private let start: UInt32
        private let length: UInt32

        /// A part of the buckets, cut off where they end.
        package init(_ places: Range<Int>, of all: HistogramBuckets) {
            let end = min(max(places.upperBound, 0), all.counts.count, all.indices.count)
            let start = min(max(places.lowerBound, 0), end)
            self.all = all
            self.start = UInt32(clamping: start)
            length = UInt32(clamping: end - start)
        }

        var count: Int { Int(length) }

        subscript(place: Int) -> Histogram.Bucket {
            let position = Int(start) &+ place
            return Histogram.Bucket(
                index: Int16(truncatingIfNeeded: all.indices[position]) &- 1,
                count: UInt64(all.counts[position])
            )
        }

        /// By value.
        var buckets: [Histogram.Bucket] { (0..<count).map { self[$0] } }
    }
}
