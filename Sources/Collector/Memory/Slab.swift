// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// Plain values in numbered slots that are used again.
///
/// An array would be asked at each access whether it is shared, and would be copied as it grows.
/// This one has one owner, changes its values in place, and grows by moving pages, not bytes:
/// room that was never used takes no memory.
@safe
struct Slab<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    /// Slots that were ever used; the numbers of all are below.
    private(set) var count = 0
    private var free: [Int32] = []
    #if DEBUG
        /// The same, to find one that is given back twice.
        private var isFree: Set<Int32> = []
    #endif

    init(minimumCapacity: Int = 64) {
        capacity = max(1, minimumCapacity)
        unsafe base = Self.grown(nil, to: capacity)
    }

    deinit { unsafe Glibc.free(base) }

    /// The value in a slot.
    ///
    /// - Precondition: The slot was used, whether it is in use or not.
    subscript(slot: Int) -> Element {
        @inline(__always)
        unsafeAddress {
            precondition(UInt(bitPattern: slot) < UInt(bitPattern: count), "a slot that was never used")
            // Sound: slots below `count` were written to and lie inside the room.
            return unsafe UnsafePointer(base + slot)
        }
        @inline(__always)
        unsafeMutableAddress {
            precondition(UInt(bitPattern: slot) < UInt(bitPattern: count), "a slot that was never used")
            // Sound: as above.
            return unsafe base + slot
        }
    }

    /// Puts a value into a free slot, and gives its number.
    mutating func insert(_ element: Element) -> Int {
        if let slot = free.popLast() {
            #if DEBUG
                isFree.remove(slot)
            #endif
            self[Int(slot)] = element
            return Int(slot)
        }
        return append(element)
    }

    /// Gives a slot back; its value stays until the slot is used again.
    ///
    /// - Precondition: The slot is in use, which debug builds check.
    mutating func remove(_ slot: Int) {
        #if DEBUG
            precondition(
                slot >= 0 && slot < count && isFree.insert(Int32(truncatingIfNeeded: slot)).inserted,
                "a slot that is not in use"
            )
        #endif
        free.append(Int32(truncatingIfNeeded: slot))
    }

    /// Forgets all values, and keeps the room.
    mutating func removeAll() {
        count = 0
        free.removeAll(keepingCapacity: true)
        #if DEBUG
            isFree = []
        #endif
    }

    /// Puts one value into all slots that were ever used.
    mutating func fill(_ element: Element) {
        // Sound: these slots are inside the room.
        unsafe base.update(repeating: element, count: count)
    }

    /// Puts a value into the slot behind all others.
    mutating func append(_ element: Element) -> Int {
        if count == capacity {
            capacity *= 2
            unsafe base = Self.grown(base, to: capacity)
        }
        // Sound: there is room for one more.
        unsafe (base + count).initialize(to: element)
        count += 1
        return count - 1
    }

    // MARK: - As a list, whose values are numbered anew

    /// Forgets the first values; the others move to the front.
    ///
    /// - Precondition: No slot was given back.
    mutating func removeFirst(_ removed: Int) {
        precondition(removed >= 0 && removed <= count && free.isEmpty, "slots that are not there")
        // Sound: both ranges lie inside what was written to, and may overlap.
        unsafe base.update(from: base + removed, count: count - removed)
        count -= removed
    }

    /// Sorts the values from a slot on; equal ones stay in their order.
    ///
    /// - Precondition: No slot was given back.
    mutating func sort(from first: Int, by areInOrder: (Element, Element) -> Bool) {
        precondition(first >= 0 && first <= count && free.isEmpty, "slots that are not there")
        // Sound: these slots were written to, and nobody else can reach them meanwhile.
        var values = unsafe UnsafeMutableBufferPointer(start: base + first, count: count - first)
        unsafe values.sort(by: areInOrder)
    }

    private static func grown(
        _ old: UnsafeMutablePointer<Element>?,
        to capacity: Int
    ) -> UnsafeMutablePointer<Element> {
        let size = capacity * MemoryLayout<Element>.stride
        guard let room = unsafe realloc(old, size) else { fatalError("no memory for \(size) bytes") }
        // Sound: the memory is of that size, aligned for any type (16 bytes), and plain bytes may
        // be moved.
        return unsafe room.bindMemory(to: Element.self, capacity: capacity)
    }
}
