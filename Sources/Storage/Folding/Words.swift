// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// Numbers in a row, written without the copy-on-write of an array; every index is checked.
///
/// Room that nobody wrote to costs no memory, for the system gives pages when they are touched.
@safe
struct Numbers<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>: ~Copyable, Sendable
{
    /// Nobody else has the pointer, so whoever has the numbers may hand them to another thread.
    private nonisolated(unsafe) var base: UnsafeMutablePointer<Number>
    private var capacity: Int
    private(set) var count: Int

    /// So many zeros, with room for more.
    init(_ count: Int = 0, room: Int = 64) {
        self.count = count
        capacity = max(count, room, 64)
        unsafe base = Self.zeros(capacity)
        touch(0, count)
    }

    deinit {
        unsafe free(base)
    }

    /// How many bytes it has room for.
    var bytes: Int { capacity * MemoryLayout<Number>.stride }

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
        touch(count, more)
        count &+= more
    }

    /// Writes zeros to where zeros are: the system gives a page twice to whoever reads it first and writes then.
    @inline(__always)
    private func touch(_ start: Int, _ number: Int) {
        // Within what was allocated, as whoever calls has made sure.
        unsafe base.advanced(by: start).update(repeating: 0, count: number)
    }

    /// Appends one.
    @inline(__always)
    mutating func append(_ value: Number) {
        grow(by: 1)
        self[count &- 1] = value
    }

    /// Appends some of others.
    @inline(__always)
    mutating func append(_ others: borrowing Numbers, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= others.count, "a range of the others")
        let start = count
        grow(by: range.count)
        // The range lies within the others, and there is room for as many here.
        unsafe base.advanced(by: start)
            .update(from: others.base.advanced(by: range.lowerBound), count: range.count)
    }

    /// Lends some of them.
    func withNumbers<T>(_ range: Range<Int>, _ body: (UnsafeBufferPointer<Number>) -> T) -> T {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range of the numbers")
        // Within the numbers, by the check, and there for as long as the body runs.
        return unsafe body(
            UnsafeBufferPointer(start: base.advanced(by: range.lowerBound), count: range.count)
        )
    }

    /// Keeps only so many of the first; the room of others is 0 again.
    mutating func cut(to number: Int) {
        precondition(number >= 0 && number <= count, "no more than there are")
        // Within what was allocated, by the check.
        unsafe base.advanced(by: number).update(repeating: 0, count: count - number)
        count = number
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

    private static var hugePageBytes: UInt { 2 << 20 }

    private static func zeros(_ count: Int) -> UnsafeMutablePointer<Number> {
        guard let memory = unsafe calloc(count, MemoryLayout<Number>.stride) else {
            fatalError("no memory for \(count) numbers")
        }
        // Tables of large graphs are of megabytes: a page for each 4 KiB takes longer than filling them. Advice
        // that is not taken does no harm.
        let bytes = UInt(count) * UInt(MemoryLayout<Number>.stride)
        if bytes >= 2 * hugePageBytes {
            let start = (UInt(bitPattern: memory) + hugePageBytes - 1) & ~(hugePageBytes - 1)
            let end = (UInt(bitPattern: memory) + bytes) & ~(hugePageBytes - 1)
            _ = unsafe madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_HUGEPAGE)
        }
        // Zeros are numbers, and calloc aligns for any of them.
        return unsafe memory.bindMemory(to: Number.self, capacity: count)
    }
}

typealias Words = Numbers<UInt64>
