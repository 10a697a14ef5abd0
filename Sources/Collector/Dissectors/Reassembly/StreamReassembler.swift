// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Puts the segments of one direction of a TCP connection in order.
///
/// A value without I/O: it says what to do with the segment at hand and what is next, and the
/// caller moves the bytes, so in-order payload is never copied.
///
/// ```text
///            expected          held[0]
///  delivered │     hole        │████│ hole │████│      → sequence numbers (modulo 2^32)
/// ```
package struct StreamReassembler: Sendable {
    /// Where a segment lies relative to the next expected byte.
    package enum Placement: Equatable, Sendable, BitwiseCopyable {
        /// Deliver it now, without its first `skip` bytes, which were seen before.
        case inOrder(skip: Int)
        /// Nothing in it is new.
        case old
        /// There is a hole in front of it.
        case ahead
    }

    /// What to do after a segment was placed.
    package enum Step: Sendable {
        /// Deliver a held segment without its first `skip` bytes.
        case deliver(HeldSegment, skip: Int, at: Timestamp)
        /// This many bytes will never be seen.
        case missing(Int, at: Timestamp)
        /// The direction ended in order.
        case end
        /// Nothing to do until more arrives.
        case wait
    }

    /// Whether the first byte of the stream is known from a SYN.
    package private(set) var beganWithSYN = false
    /// Bytes in `held`.
    package private(set) var heldBytes = 0
    private var hasOrigin = false
    private var expected: UInt32 = 0
    private var acknowledged: UInt32?
    private var held: [HeldSegment] = []
    private var endSequence: UInt32?
    private var hasEnded = false
    /// The last thing delivered followed a hole that was given up: held segments then keep
    /// their own capture time, since nothing they waited for ever came.
    private var followsGap = false
    private var lastTime = Timestamp(nanoseconds: .min)

    package init() {}

    /// What there is to keep of it while nothing is held or missed.
    struct Rest: BitwiseCopyable {
        let beganWithSYN: Bool
        let expected: UInt32
        let lastTime: Timestamp
    }

    /// `nil` where there is more to keep than that.
    ///
    /// What was acknowledged says no more than what was seen unless it lies behind that.
    var rest: Rest? {
        guard hasOrigin, held.isEmpty, endSequence == nil, !followsGap else { return nil }
        if let acknowledged, distance(to: acknowledged) > 0 { return nil }
        return Rest(beganWithSYN: beganWithSYN, expected: expected, lastTime: lastTime)
    }

    init(_ rest: Rest) {
        hasOrigin = true
        beganWithSYN = rest.beganWithSYN
        expected = rest.expected
        lastTime = rest.lastTime
    }

    /// A SYN consumes one sequence number.
    package mutating func start(synSequence: UInt32) {
        guard !hasOrigin else { return }
        hasOrigin = true
        beganWithSYN = true
        expected = synSequence &+ 1
    }

    /// Places a segment; without a SYN the first one seen is the origin of the stream.
    package mutating func place(sequence: UInt32, length: Int, at time: Timestamp) -> Placement {
        if !hasOrigin {
            hasOrigin = true
            expected = sequence
        }
        let distance = distance(to: sequence)
        if distance > 0 { return distance <= ReassemblyLimits.window ? .ahead : .old }
        guard -distance < length else { return .old }
        followsGap = false
        advance(to: sequence, length: length, at: time)
        return .inOrder(skip: -distance)
    }

    /// Keeps a segment that is ahead of the stream.
    package mutating func hold(_ segment: HeldSegment) {
        let distance = distance(to: segment.sequence)
        var index = held.count
        while index > 0, self.distance(to: held[index - 1].sequence) > distance { index -= 1 }
        if index > 0, held[index - 1].sequence == segment.sequence {
            guard held[index - 1].length < segment.length else { return }
            heldBytes -= held[index - 1].bytes.count
            held[index - 1] = segment
        } else {
            held.insert(segment, at: index)
        }
        heldBytes += segment.bytes.count
    }

    /// Whether `next` may have something to say: a segment is held, or the end is known.
    package var hasStep: Bool { !held.isEmpty || endSequence != nil }

    /// The peer has received everything before this sequence number.
    ///
    /// Where nothing of a stream was seen yet, what comes next is its origin, so that a loss
    /// right there is noticed.
    ///
    /// - Returns: Whether that is more than was seen.
    package mutating func acknowledge(_ sequence: UInt32) -> Bool {
        if !hasOrigin {
            hasOrigin = true
            expected = sequence
        }
        let distance = distance(to: sequence)
        guard distance <= ReassemblyLimits.window else { return false }
        if let acknowledged, Int32(bitPattern: sequence &- acknowledged) <= 0 { return distance > 0 }
        acknowledged = sequence
        return distance > 0
    }

    /// A FIN stands after the last byte.
    package mutating func end(at sequence: UInt32) {
        if endSequence == nil, hasOrigin { endSequence = sequence }
    }

    /// What is to be done next.
    ///
    /// - Parameters:
    ///   - now: The time of the packet at hand.
    ///   - isAcknowledgmentFinal: The packet at hand carries data that its sender can only have
    ///     sent after it received everything it acknowledges, so unseen bytes are lost to us.
    ///   - isLast: Nothing more will come.
    /// - Returns: One step; the caller asks again until it is `wait`.
    package mutating func next(at now: Timestamp, isAcknowledgmentFinal: Bool, isLast: Bool) -> Step {
        while let first = held.first {
            let distance = distance(to: first.sequence)
            if distance > 0 {
                let isFull =
                    held.count >= ReassemblyLimits.segmentsAfterHole
                    || heldBytes >= ReassemblyLimits.bytesAfterHole
                guard isLast || isFull || isAcknowledged(first.sequence) else { return .wait }
                return giveUp(distance, at: max(first.time, lastTime))
            }
            held.removeFirst()
            heldBytes -= first.bytes.count
            guard -distance < first.length else { continue }
            let time = followsGap ? max(first.time, lastTime) : now
            advance(to: first.sequence, length: first.length, at: time)
            return .deliver(first, skip: -distance, at: time)
        }
        if isAcknowledgmentFinal, let acknowledged, endSequence == nil {
            let distance = distance(to: acknowledged)
            if distance > 0 { return giveUp(distance, at: now) }
        }
        return nextAtEnd(at: now, isLast: isLast)
    }

    private mutating func nextAtEnd(at now: Timestamp, isLast: Bool) -> Step {
        guard let endSequence, !hasEnded else { return .wait }
        let distance = distance(to: endSequence)
        if distance > 0 {
            guard distance <= ReassemblyLimits.window, isLast || isAcknowledged(endSequence) else {
                return .wait
            }
            return giveUp(distance, at: now)
        }
        hasEnded = true
        return .end
    }

    private mutating func giveUp(_ distance: Int, at time: Timestamp) -> Step {
        followsGap = true
        expected = expected &+ UInt32(truncatingIfNeeded: distance)
        return .missing(distance, at: time)
    }

    private mutating func advance(to sequence: UInt32, length: Int, at time: Timestamp) {
        expected = sequence &+ UInt32(truncatingIfNeeded: length)
        lastTime = max(lastTime, time)
    }

    private func isAcknowledged(_ sequence: UInt32) -> Bool {
        guard let acknowledged else { return false }
        return Int32(bitPattern: acknowledged &- sequence) >= 0
    }

    /// Serial number arithmetic (RFC 1982): how far a sequence number is ahead.
    private func distance(to sequence: UInt32) -> Int {
        Int(Int32(bitPattern: sequence &- expected))
    }
}
