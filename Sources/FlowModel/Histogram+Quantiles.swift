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
        if let deferred {
            guard let digest = deferred.source.digest(at: deferred.position) else { return nil }
            return digest.quantileNanoseconds(quantile) ?? resolved.quantileNanoseconds(quantile)
        }
        let rank = Self.rank(of: quantile, in: count)
        var seen: UInt64 = 0
        var found = Self.overflow
        forEachBucket { bucket in
            seen = seen.addingSaturated(bucket.count)
            if seen >= rank { found = bucket.index }
            return seen < rank
        }
        return min(max(Self.midpoint(of: found), minNanoseconds), maxNanoseconds)
    }

    /// ceil(q n), from 1 to n.
    ///
    /// 0.07 x 100 is 7.000000000000001 in floating point and means the seventh value, so a
    /// product within rounding error of a whole number is that number.
    @usableFromInline
    static func rank(of quantile: Double, in count: UInt64) -> UInt64 {
        guard quantile > 0 else { return 1 }
        guard quantile < 1 else { return count }
        let product = quantile * Double(count)
        let nearest = product.rounded()
        let isWhole = abs(product - nearest) <= nearest * 4 * Double.ulpOfOne
        // Above 2^53 the product may round beyond what fits; it never exceeds the count.
        let rank = UInt64(exactly: isWhole ? nearest : product.rounded(.up)) ?? count
        return min(max(rank, 1), count)
    }

    /// The middle of a bucket in nanoseconds; the two outer buckets have none and give their
    /// inner bound, which the caller clamps.
    @usableFromInline
    static func midpoint(of index: Int16) -> UInt64 {
        guard index > underflow else { return 0 }
        guard index < overflow else { return .max }
        let (octave, linear) = Int(index).quotientAndRemainder(dividingBy: bucketsPerOctave)
        let base = UInt64(1_000) << UInt64(octave)
        return base + base * UInt64(2 * linear + 1) / UInt64(2 * bucketsPerOctave)
    }
}
