// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// Chance that a seed repeats (SplitMix64; Steele, Lea, Flood 2014).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    /// Dice for one thing among others: the same for the same numbers.
    init(_ numbers: UInt64...) {
        state = 0
        for number in numbers {
            state = state ^ number
            state = next()
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// From 0 to below 1.
    mutating func fraction() -> Double { Double(next() >> 11) / Double(UInt64(1) << 53) }

    /// From 0 to below a bound.
    mutating func number(_ bound: Int) -> Int { Int(fraction() * Double(bound)) }

    /// Of mean 0 and deviation 1.
    mutating func normal() -> Double {
        (-2 * log(1 - fraction())).squareRoot() * cos(2 * .pi * fraction())
    }

    /// How many of many rare things happen, when so many do on average.
    mutating func poisson(_ mean: Double) -> UInt64 {
        guard mean < 30 else { return UInt64(max(0, (mean + mean.squareRoot() * normal()).rounded())) }
        var (count, product, limit) = (UInt64(0), fraction(), exp(-mean))
        while product > limit {
            count += 1
            product *= fraction()
        }
        return count
    }
}
