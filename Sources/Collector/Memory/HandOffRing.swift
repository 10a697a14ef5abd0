// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Synchronization

/// A bounded queue of plain values from one thread to one other, neither of which ever spins.
///
/// ```text
///            consumed          produced        pushed
///  ...........|#### to be taken #|-- not told --|......   places are numbers modulo the capacity
/// ```
///
/// The two ends are a `Producer` and a `Consumer`, each made once, on its own thread. The other
/// side is told of progress many values at a time.
///
/// Its room is the one thing here that the compiler has to be told is safe to share: it is written
/// by one thread and read by the other. Sound, as places below `produced` are only read until
/// `consumed` has passed them, others only written, and both counts are atomic: what was written
/// before a count was stored is seen by who has loaded it.
@safe
package final class HandOffRing<Element: BitwiseCopyable & Sendable>: Sendable {
    /// Values after which the other side is told.
    private static var step: Int { 64 }

    let capacity: Int
    /// Values that wait before a consumer that rests is woken, which is a system call.
    private let wakeCount: Int
    nonisolated(unsafe) private let places: UnsafeMutablePointer<Element>

    // Apart, so that the threads do not take the cache line of one from each other for the other.
    private let produced = Atomic<Int>(0)
    private let isConsumerResting = Atomic<Bool>(false)
    private let padding = InlineArray<16, UInt64>(repeating: 0)
    private let consumed = Atomic<Int>(0)
    /// The count that the producer waits for; `.max` while it does not.
    private let awaitedCount = Atomic<Int>(.max)

    private let consumerBell = DispatchSemaphore(value: 0)
    private let producerBell = DispatchSemaphore(value: 0)

    /// - Parameter capacity: A power of two, of 128 at least.
    package init(capacity: Int) {
        precondition(capacity >= 128 && capacity & (capacity - 1) == 0, "not a power of two")
        self.capacity = capacity
        wakeCount = capacity / 8
        unsafe places = .allocate(capacity: capacity)
    }

    deinit { unsafe places.deallocate() }

    // MARK: - Producer

    /// The end that values are put in at.
    package struct Producer: ~Copyable {
        private let ring: HandOffRing
        /// Values put in so far.
        package private(set) var pushed = 0
        private var told = 0
        private var knownConsumed = 0

        package init(_ ring: HandOffRing) { self.ring = ring }

        /// Puts a value in; waits while there is no room.
        package mutating func push(_ element: Element) {
            if pushed &- knownConsumed >= ring.capacity { wait(for: pushed &- ring.capacity / 2) }
            // Sound: the place is free, as above, and inside the room by the mask.
            unsafe (ring.places + (pushed & (ring.capacity &- 1))).initialize(to: element)
            pushed &+= 1
            if pushed &- told >= HandOffRing.step { tell(isUrgent: false) }
        }

        /// Lets the consumer see all values.
        ///
        /// - Parameter isUrgent: It is woken even for a few.
        package mutating func tell(isUrgent: Bool) {
            told = pushed
            ring.produced.store(pushed, ordering: .sequentiallyConsistent)
            guard ring.isConsumerResting.load(ordering: .sequentiallyConsistent),
                isUrgent || pushed &- ring.consumed.load(ordering: .relaxed) >= ring.wakeCount,
                ring.isConsumerResting.exchange(false, ordering: .sequentiallyConsistent)
            else { return }
            ring.consumerBell.signal()
        }

        /// Values that the consumer is through with.
        mutating func consumed() -> Int {
            knownConsumed = ring.consumed.load(ordering: .acquiring)
            return knownConsumed
        }

        /// Waits until the consumer is through with so many values in all.
        package mutating func wait(for count: Int) {
            guard consumed() < count else { return }
            tell(isUrgent: true)
            ring.awaitedCount.store(count, ordering: .sequentiallyConsistent)
            let isThere = ring.consumed.load(ordering: .sequentiallyConsistent) >= count
            // Where it was there before the consumer could see who waits, nobody rings.
            if !isThere || ring.awaitedCount.exchange(.max, ordering: .sequentiallyConsistent) != count {
                ring.producerBell.wait()
            }
            _ = consumed()
        }
    }

    // MARK: - Consumer

    /// The end that values are taken out at.
    package struct Consumer: ~Copyable {
        private let ring: HandOffRing
        private var taken = 0
        private var told = 0
        private var knownProduced = 0

        package init(_ ring: HandOffRing) { self.ring = ring }

        /// The next value, waiting for it; the one before is then done with.
        package mutating func next() -> Element {
            if taken &- told >= HandOffRing.step { tell() }
            if taken == knownProduced { awaitMore() }
            return take()
        }

        /// The next value, if it is there already.
        package mutating func nextIfThere() -> Element? {
            if taken == knownProduced {
                if taken != told { tell() }
                knownProduced = ring.produced.load(ordering: .acquiring)
                guard taken != knownProduced else { return nil }
            }
            return take()
        }

        /// Lets the producer see that all values taken are done with.
        package mutating func tell() {
            told = taken
            ring.consumed.store(taken, ordering: .sequentiallyConsistent)
            let awaited = ring.awaitedCount.load(ordering: .sequentiallyConsistent)
            // The producer may have given up meanwhile, and wait for another count already.
            guard awaited <= taken,
                ring.awaitedCount.compareExchange(
                    expected: awaited,
                    desired: .max,
                    ordering: .sequentiallyConsistent
                ).exchanged
            else { return }
            ring.producerBell.signal()
        }

        private mutating func take() -> Element {
            // Sound: a place below what was produced, and inside the room by the mask.
            let element = unsafe (ring.places + (taken & (ring.capacity &- 1))).pointee
            taken &+= 1
            return element
        }

        private mutating func awaitMore() {
            tell()
            while true {
                knownProduced = ring.produced.load(ordering: .acquiring)
                guard knownProduced == taken else { return }
                ring.isConsumerResting.store(true, ordering: .sequentiallyConsistent)
                knownProduced = ring.produced.load(ordering: .sequentiallyConsistent)
                if knownProduced != taken,
                    ring.isConsumerResting.exchange(false, ordering: .sequentiallyConsistent)
                {
                    return
                }
                // Either there is nothing, or the bell has been rung by now.
                ring.consumerBell.wait()
            }
        }
    }
}
