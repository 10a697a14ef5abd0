// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What was made of byte strings seen lately, so that a repeated one costs no new string.
///
/// Direct-mapped: a newcomer pushes out the value in its slot.
struct RecentValues<Value> {
    private struct Entry {
        var key: [UInt8] = []
        var value: Value
    }

    /// Slots, a power of two; one more holds what is too long to keep.
    private let capacity: Int32
    private let longestKey: Int
    private let nothing: Value
    private var entries: [Entry] = []

    /// Makes room for nothing yet.
    ///
    /// - Parameters:
    ///   - capacity: How many are kept; a power of two.
    ///   - longestKey: Longer keys are not worth keeping.
    ///   - nothing: What stands in a slot that was never used.
    init(capacity: Int32, longestKey: Int, nothing: Value) {
        self.capacity = capacity
        self.longestKey = longestKey
        self.nothing = nothing
    }

    /// The value in a slot that was just found or filled.
    subscript(slot: Int32) -> Value { entries[Int(slot)].value }

    /// The slot of a key that was seen lately.
    func find(_ key: RawSpan) -> Int32? {
        guard !key.isEmpty, key.byteCount <= longestKey, !entries.isEmpty else { return nil }
        let slot = slot(of: key)
        return Self.isSame(entries[Int(slot)].key, key) ? slot : nil
    }

    /// Keeps a value for its key.
    ///
    /// - Returns: Its slot, in which it stays until another value is kept.
    mutating func insert(_ value: Value, for key: RawSpan) -> Int32 {
        if entries.isEmpty {
            entries = [Entry](repeating: Entry(value: nothing), count: Int(capacity) + 1)
        }
        guard key.byteCount <= longestKey else {
            entries[Int(capacity)].value = value
            return capacity
        }
        let slot = slot(of: key)
        // The room of the key that was there is used again.
        entries[Int(slot)].key.removeAll(keepingCapacity: true)
        entries[Int(slot)].key.append(copying: key)
        entries[Int(slot)].value = value
        return slot
    }

    @inline(__always)
    private static func isSame(_ kept: [UInt8], _ key: RawSpan) -> Bool {
        kept.octetSpan.hasSameBytes(as: key)
    }

    @inline(__always)
    private func slot(of key: RawSpan) -> Int32 {
        // A chosen collision costs its sender a new string, no more.
        var hash = PacketHash()
        hash.combine(bytes: key)
        return Int32(truncatingIfNeeded: hash.value) & (capacity &- 1)
    }
}
