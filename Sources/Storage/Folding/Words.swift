// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// Numbers in a row, written without the copy-on-write of an array; every index is checked.
///
/// Room that nobody wrote to costs no memory, for the system gives pages when they are touched.
@safe
struct Numbers<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Number>
    private var capacity: Int
    private(set) var count: Int

    /// So many zeros, with room for more.
    init(_ count: Int = 0, room: Int = 64) {
        self.count = count
        capacity = max(count, room, 64)
        unsafe base = Self.zeros(capacity)
    }

    deinit {
        unsafe free(base)
    }

    subscript(index: Int) -> Number {
        @inline(__always) get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "an index within the numbers")
            // Within what was allocated and initialized, by the check.
            return unsafe base[index]
        }
        @inline(__always) set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "an index within the numbers")
            // As above.
            unsafe base[index] = newValue
        }
    }

    /// Adds to one number, keeping to the greatest value where the sum would not fit.
    @inline(__always)
    mutating func add(_ value: Number, at index: Int) {
        let (sum, overflow) = self[index].addingReportingOverflow(value)
        self[index] = overflow ? .max : sum
    }

    /// Makes it longer by so many; the new ones are 0.
    @inline(__always)
    mutating func grow(by more: Int) {
        if count &+ more > capacity { makeRoom(count + more) }
        count &+= more
    }

    /// At least so many; what they held stays.
    @inline(__always)
    mutating func reserve(_ number: Int) {
        if count < number { grow(by: number - count) }
    }

    private mutating func makeRoom(_ needed: Int) {
        let room = max(needed, capacity * 2)
        let larger = unsafe Self.zeros(room)
        // Both are as long as the counts say, and apart.
        unsafe larger.update(from: base, count: count)
        unsafe free(base)
        unsafe base = larger
        capacity = room
    }

    private static func zeros(_ count: Int) -> UnsafeMutablePointer<Number> {
        guard let memory = unsafe calloc(count, MemoryLayout<Number>.stride) else {
            fatalError("no memory for \(count) numbers")
        }
        // Zeros are numbers, and calloc aligns for any of them.
        return unsafe memory.bindMemory(to: Number.self, capacity: count)
    }
}

typealias Words = Numbers<UInt64>
