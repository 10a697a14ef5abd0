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
        // A chosen collision costs its sender a new string, no more.
        var hash = PacketHash()
        hash.combine(bytes: method)
        hash.combine(bytes: target)
        let slot = Int(truncatingIfNeeded: hash.value & UInt64(Self.capacity - 1))
        if matches(slots[slot].key, method, target, length) { return slots[slot] }
        // The room of the key that was there is used again.
        var key = [UInt8]()
        swap(&key, &slots[slot].key)
        key.removeAll(keepingCapacity: true)
        key.append(copying: method)
        key.append(0x20)
        key.append(copying: target)
        slots[slot] = Self.made(method, target, key: key)
        return slots[slot]
    }

    private func matches(_ key: [UInt8], _ method: RawSpan, _ target: RawSpan, _ length: Int) -> Bool {
        guard key.count == length else { return false }
        let span = key.octetSpan
        return span.octet(at: method.byteCount) == 0x20
            && span.clamped(0, method.byteCount).hasSameBytes(as: method)
            && span.clamped(method.byteCount + 1, length).hasSameBytes(as: target)
    }

    private static func made(_ method: RawSpan, _ target: RawSpan, key: [UInt8]) -> Entry {
        Entry(
            key: key,
            operation: OperationTemplate.operation(method: method, target: target),
            isStreaming: OperationTemplate.isStreaming(target: target)
        )
    }
}
