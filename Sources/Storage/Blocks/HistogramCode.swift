// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What the codes of a histogram column's buckets and sums have in common for writer and reader.
///
/// All parameters follow from what was written before, so none is written itself.
enum HistogramCode {
    /// Of the distance to the next of some durations left in so many buckets.
    static func gapParameter(buckets: Int, durations: Int) -> Int {
        max(0, UInt64(buckets).bitLength - UInt64(durations + 1).bitLength)
    }

    /// What a bucket's count is guessed to be from the two before.
    static func guess(_ previous: UInt64, _ beforeThat: UInt64) -> UInt64 {
        (previous &>> 1) &+ (beforeThat &>> 1) &+ (previous & 1)
    }

    /// Of a bucket's count, guessed to be this; counts scatter by the root of what they are.
    static func countParameter(guess: UInt64) -> Int { (guess.bitLength + 1) / 2 }

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
