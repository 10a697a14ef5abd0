// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Operations of request lines seen lately, so that a repeated one costs no new string.
///
/// Direct-mapped: a newcomer pushes out the entry in its slot.
struct OperationCache {
    struct Entry {
        var key: [UInt8] = []
        var operation = ""
        /// The target asks a Kubernetes API to watch or to follow a log.
        var isStreaming = false
    }

    /// Slots, a power of two.
    private static let capacity = 2_048
    /// Longer request lines are not worth keeping.
    private static let longestKey = 256

    private var slots: [Entry] = []

    mutating func entry(method: RawSpan, target: RawSpan) -> Entry {
        let length = method.byteCount + 1 + target.byteCount
        guard length <= Self.longestKey else { return Self.made(method, target, key: []) }
        if slots.isEmpty { slots = [Entry](repeating: Entry(), count: Self.capacity) }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<length {
            // FNV-1a; a chosen collision costs its sender a new string, no more.
            hash = (hash ^ UInt64(Self.octet(method, target, index))) &* 0x100_0000_01B3
        }
        let slot = Int(truncatingIfNeeded: (hash ^ hash >> 32) & UInt64(Self.capacity - 1))
        if matches(slots[slot].key, method, target, length) { return slots[slot] }
        let entry = Self.made(method, target, key: method.octets + [0x20] + target.octets)
        slots[slot] = entry
        return entry
    }

    private func matches(_ key: [UInt8], _ method: RawSpan, _ target: RawSpan, _ length: Int) -> Bool {
        guard key.count == length else { return false }
        for index in 0..<length where key[index] != Self.octet(method, target, index) { return false }
        return true
    }

    private static func octet(_ method: RawSpan, _ target: RawSpan, _ index: Int) -> UInt8 {
        if index < method.byteCount { return method.octet(at: index) }
        return index == method.byteCount ? 0x20 : target.octet(at: index - method.byteCount - 1)
    }

    private static func made(_ method: RawSpan, _ target: RawSpan, key: [UInt8]) -> Entry {
        Entry(
            key: key,
            operation: OperationTemplate.operation(method: method, target: target),
            isStreaming: OperationTemplate.isStreaming(target: target)
        )
    }
}
