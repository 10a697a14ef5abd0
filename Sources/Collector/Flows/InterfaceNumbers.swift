// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Short numbers for interfaces: of the capture (pcapng) together with the kernel's (SLL2).
struct InterfaceNumbers {
    /// Hostile captures can name any number of interfaces; those beyond share the last number.
    static let maximumCount: UInt16 = 4_096

    private var numbers: [UInt64: UInt16] = [:]
    private var lastKey: UInt64 = .max
    private var lastNumber: UInt16 = 0

    /// How many numbers were given.
    var count: UInt16 { UInt16(truncatingIfNeeded: numbers.count) }

    /// The number of an interface; the same for the same interface.
    @inline(__always)
    mutating func number(captureInterface: UInt32, kernelIndex: UInt32) -> UInt16 {
        let key = UInt64(captureInterface) << 32 | UInt64(kernelIndex)
        // Frames come in runs from one interface.
        if key == lastKey { return lastNumber }
        return otherNumber(key)
    }

    private mutating func otherNumber(_ key: UInt64) -> UInt16 {
        lastKey = key
        if let known = numbers[key] {
            lastNumber = known
        } else if numbers.count < Int(Self.maximumCount) {
            lastNumber = count
            numbers[key] = lastNumber
        } else {
            lastNumber = Self.maximumCount
        }
        return lastNumber
    }
}
