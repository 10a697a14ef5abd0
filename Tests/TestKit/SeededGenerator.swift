// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// A small random number generator that a test can repeat (SeededGenerator).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        self.state = seed
    }

    /// Takes the seed from `SVCMAP_TEST_SEED` if it is set, to repeat a failure.
    package init(default seed: UInt64) {
        self.init(seed: ProcessInfo.processInfo.environment["SVCMAP_TEST_SEED"].flatMap(UInt64.init) ?? seed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// A copy of some bytes with one to four changes of the kinds that break parsers.
    package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !result.isEmpty {
            let index = Int.random(in: 0..<result.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: result[index] = UInt8.random(in: 0...255, using: &self)
            case 1: result[index] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 2: result[index] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &self) ?? 0
            case 3: result.removeSubrange(index...)
            case 4: result.remove(at: index)
            default: result.insert(UInt8.random(in: 0...255, using: &self), at: index)
            }
        }
        return result
    }
}
