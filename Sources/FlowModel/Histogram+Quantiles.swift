// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension Histogram {
    /// The midpoint of the bucket that holds the ceil(q n)-th value, clamped to the exact least
    /// and greatest value: within 1.6 % of the true quantile.
    ///
    /// - Parameter quantile: From 0 to 1.
    /// - Returns: Nanoseconds, or `nil` when nothing was recorded.
    package func quantileNanoseconds(_ quantile: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let rank = max(1, UInt64((min(max(quantile, 0), 1) * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for bucket in buckets {
            seen = seen.addingSaturated(bucket.count)
            if seen >= rank {
                return min(max(Self.midpoint(of: bucket.index), minNanoseconds), maxNanoseconds)
            }
        }
        return maxNanoseconds
    }

    /// The middle of a bucket in nanoseconds; the two outer buckets have none and give their
    /// inner bound, which the caller clamps.
    private static func midpoint(of index: Int16) -> UInt64 {
        guard index > underflow else { return 0 }
        guard index < overflow else { return .max }
        let (octave, linear) = Int(index).quotientAndRemainder(dividingBy: bucketsPerOctave)
        let base = UInt64(1_000) << UInt64(octave)
        return base + base * UInt64(2 * linear + 1) / UInt64(2 * bucketsPerOctave)
    }
}
