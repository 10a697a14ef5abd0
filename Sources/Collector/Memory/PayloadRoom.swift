// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// Room for payloads of records that wait in a ring, used in a circle.
///
/// ```text
///  freed                  next
///  |###### waiting ######|-------- free --------|   offsets are numbers modulo the size
/// ```
@safe
struct PayloadRoom: ~Copyable {
    private let base: UnsafeMutableRawPointer
    private let byteCount: Int
    /// Bytes used and skipped so far.
    private var next = 0
    /// The same that nobody reads any more.
    private var freed = 0
    /// By record, what `next` was behind it.
    private var ends: [Int]
    private var records = 0

    /// - Parameters:
    ///   - byteCount: A power of two, more than twice the longest payload.
    ///   - records: That may wait at once: a power of two.
    init(byteCount: Int, records: Int) {
        self.byteCount = byteCount
        unsafe base = .allocate(byteCount: byteCount, alignment: 64)
        ends = Array(repeating: 0, count: records)
    }

    deinit { unsafe base.deallocate() }

    /// Copies a payload, and gives its address; `nil` if there is no room.
    mutating func copy(_ payload: RawSpan) -> UInt? {
        var start = next
        let offset = start & (byteCount &- 1)
        // Each lies in one piece.
        if offset &+ payload.byteCount > byteCount { start &+= byteCount &- offset }
        guard start &+ payload.byteCount &- freed <= byteCount else { return nil }
        let place = unsafe base + (start & (byteCount &- 1))
        // Sound: the room from there on is long enough, as above, and nobody reads it.
        unsafe payload.withUnsafeBytes { bytes in
            if let first = bytes.baseAddress {
                unsafe place.copyMemory(from: first, byteCount: bytes.count)
            }
        }
        next = start &+ payload.byteCount
        return UInt(bitPattern: place)
    }

    /// Notes that a record was pushed, whether it has a payload or not.
    mutating func noteRecord() {
        ends[records & (ends.count &- 1)] = next
        records &+= 1
    }

    /// Forgets the payloads of the first records.
    mutating func free(upTo record: Int) {
        guard record > 0, record > records &- ends.count else { return }
        freed = max(freed, ends[(record &- 1) & (ends.count &- 1)])
    }
}
