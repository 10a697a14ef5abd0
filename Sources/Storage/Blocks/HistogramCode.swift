// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What the codes of a histogram column's buckets and sums have in common for writer and reader.
///
/// All parameters follow from what was written before, so none is written itself.
enum HistogramCode {
    /// How far the last bucket is guessed to be from the first: a straight line through the length of how many
    /// durations there are is what samples of most distributions spread by.
    ///
    /// - Parameters:
    ///   - durations: How many, at least 2.
    ///   - scale: Of the column, in sixteenths of a bucket; at most `greatestScale`.
    /// - Returns: Buckets.
    static func spread(durations: UInt64, scale: UInt64) -> UInt64 { scale &* steps(durations) &>> 4 }

    /// What the spread of so many durations is in proportion to.
    static func steps(_ durations: UInt64) -> UInt64 {
        UInt64(truncatingIfNeeded: 3 &* (durations &- 1).bitLength &+ 2)
    }

    /// That of a column whose histograms have two durations each, in the first bucket and in the last.
    static let greatestScale = UInt64(Histogram.overflow) * 16

    /// Of the distance to the next of some durations left in so many buckets: how often the gaps, of which
    /// the last counts twice, go into them.
    ///
    /// The outermost gaps are longer than those within.
    @inline(__always)
    static func gapParameter(buckets: Int, durations: Int, isFirst: Bool) -> Int {
        let buckets = UInt64(truncatingIfNeeded: buckets)
        let gaps = UInt64(truncatingIfNeeded: durations &+ 2)
        let most = buckets.bitLength &- gaps.bitLength &+ (isFirst ? 1 : 0)
        guard most > 0 else { return 0 }
        let room = isFirst ? buckets &<< 1 : buckets
        return gaps &<< UInt64(truncatingIfNeeded: most) > room ? most &- 1 : most
    }

    /// What a bucket's count is guessed to be from the three before, the nearest first.
    @inline(__always)
    static func guess(_ counts: (UInt64, UInt64, UInt64)) -> UInt64 {
        // Wrapping: counts may be anything.
        (counts.0 &* 2 &+ counts.1 &+ counts.2 &+ 1) &>> 2
    }

    /// Of a bucket's count, guessed to be this; counts scatter by the root of what they are.
    @inline(__always)
    static func countParameter(guess: UInt64) -> Int { guess < 2 ? 0 : (guess.bitLength &+ 1) / 2 }

    /// A count as its distance from the guess, small numbers for small distances.
    static func folded(_ count: UInt64, guess: UInt64) -> UInt64 {
        guard guess < 1 &<< 62, count <= 2 &* guess else { return count }
        return (count &- guess).zigzag
    }

    /// Undoes `folded`.
    static func unfolded(_ code: UInt64, guess: UInt64) -> UInt64 {
        guard guess < 1 &<< 62, code <= 2 &* guess else { return code }
        return guess &+ code.unzigzag
    }

    /// Of the distance of a sum from what the buckets say: so many durations, in buckets of this width
    /// taken together.
    static func sumParameter(durations: UInt64, width: UInt64) -> Int {
        max(0, width.bitLength - 1 - (durations.bitLength + 1) / 2)
    }
}
