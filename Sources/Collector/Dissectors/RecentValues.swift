// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What was made of byte strings seen lately, so that a repeated one costs no new string.
///
/// Direct-mapped: a newcomer pushes out the value in its slot.
struct RecentValues<Value> {
    private struct Entry {
        var key: [UInt8] = []
        var kind: UInt16 = 0
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
    ///
    /// - Parameters:
    ///   - key: The bytes.
    ///   - kind: What they are the name of: equal keys of two kinds have two values.
    /// - Returns: The slot; `nil` where it was not, or was pushed out.
    func find(_ key: RawSpan, kind: UInt16 = 0) -> Int32? {
        guard !key.isEmpty, key.byteCount <= longestKey, !entries.isEmpty else { return nil }
        let slot = slot(of: key, kind)
        guard entries[Int(slot)].kind == kind else { return nil }
        return Self.isSame(entries[Int(slot)].key, key) ? slot : nil
    }

    /// Keeps a value for its key.
    ///
    /// - Parameters:
    ///   - value: What was made of it.
    ///   - key: The bytes.
    ///   - kind: See `find`.
    /// - Returns: Its slot, in which it stays until another value is kept.
    mutating func insert(_ value: Value, for key: RawSpan, kind: UInt16 = 0) -> Int32 {
        if entries.isEmpty {
            entries = [Entry](repeating: Entry(value: nothing), count: Int(capacity) + 1)
        }
        guard key.byteCount <= longestKey else {
            entries[Int(capacity)].value = value
            return capacity
        }
        let slot = slot(of: key, kind)
        // The room of the key that was there is used again.
        entries[Int(slot)].key.removeAll(keepingCapacity: true)
        entries[Int(slot)].key.append(copying: key)
        entries[Int(slot)].kind = kind
        entries[Int(slot)].value = value
        return slot
    }

    @inline(__always)
    private static func isSame(_ kept: [UInt8], _ key: RawSpan) -> Bool {
        kept.octetSpan.hasSameBytes(as: key)
    }

    @inline(__always)
    private func slot(of key: RawSpan, _ kind: UInt16) -> Int32 {
        // A chosen collision costs its sender a new string, no more.
        Int32(truncatingIfNeeded: key.hashed &+ UInt64(kind)) & (capacity &- 1)
    }
}
