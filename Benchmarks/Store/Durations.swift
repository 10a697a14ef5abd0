// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Glibc

/// Durations with a lognormal distribution.
struct Durations {
    /// Half of them are shorter.
    var medianNanoseconds: Double
    /// The standard deviation of their natural logarithm.
    var sigma: Double

    /// A histogram of so many.
    func histogram(_ count: UInt64, unit: Int64, dice: inout Dice) -> Histogram {
        count <= 64 ? drawn(Int(count), unit, &dice) : filled(count, unit, &dice)
    }

    private func drawn(_ count: Int, _ unit: Int64, _ dice: inout Dice) -> Histogram {
        var histogram = Histogram()
        for _ in 0..<count {
            let duration = medianNanoseconds * exp(sigma * dice.normal())
            histogram.record(nanoseconds: Int64(duration) / unit * unit)
        }
        return histogram
    }

    /// Bucket by bucket, each as chance would fill it: for many that is faster than drawing each.
    private func filled(_ count: UInt64, _ unit: Int64, _ dice: inout Dice) -> Histogram {
        let reach = sigma * 4.5
        let first = Histogram.bucket(of: UInt64(medianNanoseconds * exp(-reach)))
        let last = Histogram.bucket(of: UInt64(medianNanoseconds * exp(reach)))
        var buckets: [Histogram.Bucket] = []
        var (sum, below) = (UInt64(0), share(below: Self.least(first)))
        for index in first...last {
            let bound = Self.least(index + 1)
            let share = share(below: bound)
            let held = dice.poisson(Double(count) * (share - below))
            below = share
            guard held > 0 else { continue }
            buckets.append(Histogram.Bucket(index: index, count: held))
            let (low, width) = (Self.least(index), bound - Self.least(index))
            let scatter = width * (Double(held) / 12).squareRoot() * dice.normal()
            let middle = (low + width / 2) * Double(held)
            sum += UInt64(min(max(low * Double(held), middle + scatter), bound * Double(held)))
        }
        guard let low = buckets.first?.index, let high = buckets.last?.index else { return Histogram() }
        let whole = UInt64(unit)
        func value(_ bucket: Int16) -> UInt64 {
            let (least, bound) = (UInt64(Self.least(bucket).rounded(.up)), Self.least(bucket + 1))
            let choices = UInt64(bound.rounded(.up)) - 1 - least
            let drawn = least + UInt64(Double(choices) * dice.fraction())
            return drawn / whole * whole >= least ? drawn / whole * whole : (drawn / whole + 1) * whole
        }
        let (least, greatest) = (value(low), value(high))
        return Histogram(
            buckets: buckets,
            sumNanoseconds: sum / whole * whole,
            minNanoseconds: min(least, greatest),
            maxNanoseconds: max(least, greatest)
        ) ?? Histogram()
    }

    private func share(below bound: Double) -> Double {
        erfc(-log(bound / medianNanoseconds) / (sigma * 2.0.squareRoot())) / 2
    }

    private static func least(_ bucket: Int16) -> Double {
        guard bucket >= 0 else { return 0 }
        let (octave, linear) = Int(bucket).quotientAndRemainder(dividingBy: Histogram.bucketsPerOctave)
        return 1_000 * exp2(Double(octave)) * Double(32 + linear) / 32
    }
}
