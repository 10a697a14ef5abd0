// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The sequence space one side of a TCP connection has filled, as one point saw it.
///
/// Tells segments that were seen before (retransmitted) from ones that fill a hole: a hole
/// filled within 3 ms or the handshake's round trip is disorder on the way, one filled later
/// is a repetition of what was lost before it came here. The bounds are tshark's.
struct SequenceTracker: BitwiseCopyable {
    /// What a segment did to the sequence space.
    enum Judgement {
        case advanced
        case retransmitted
        case outOfOrder
        /// Nothing new and nothing repeated: no bytes, or a keep-alive.
        case neutral
    }

    private struct Hole: BitwiseCopyable {
        var start: UInt32 = 0
        var end: UInt32 = 0
        var openedAt = Timestamp(nanoseconds: 0)
    }

    /// Holes remembered; filling an older one counts as retransmission.
    private static let maximumHoles = 4
    private static let disorderNanoseconds: Int64 = 3_000_000

    /// The number after the last one seen; meaningless before `isStarted`.
    private(set) var next: UInt32 = 0
    private(set) var isStarted = false
    private var holeCount: UInt8 = 0
    private var holes = InlineArray<4, Hole>(repeating: Hole())

    /// Begins where the other side said it would, unless a segment was seen already.
    mutating func start(at sequence: UInt32) {
        guard !isStarted else { return }
        isStarted = true
        next = sequence
    }

    /// Takes one segment.
    ///
    /// - Parameters:
    ///   - sequence: Of its first byte, SYN included.
    ///   - length: Sequence numbers it uses: payload, SYN and FIN.
    ///   - isPlain: It carries neither SYN nor FIN, so it can be a keep-alive.
    ///   - initialRtt: The round trip of the handshake, 0 while unknown.
    ///   - time: When it was sighted.
    /// - Returns: What it did to the sequence space.
    mutating func judge(
        sequence: UInt32,
        length: UInt32,
        isPlain: Bool,
        initialRtt: Int64,
        at time: Timestamp
    ) -> Judgement {
        start(at: sequence)
        guard length > 0 else { return .neutral }
        let end = sequence &+ length
        let ahead = SequenceNumber.distance(sequence, after: next)
        if ahead >= 0 {
            if ahead > 0 { open(Hole(start: next, end: sequence, openedAt: time)) }
            next = end
            return .advanced
        }
        // A keep-alive repeats the last byte sent, to be acknowledged (RFC 9293 3.8.4).
        if isPlain, length == 1, ahead == -1 { return .neutral }
        let opened = fill(from: sequence, to: end)
        if SequenceNumber.distance(end, after: next) > 0 { next = end }
        guard let opened else { return .retransmitted }
        return time - opened <= max(Self.disorderNanoseconds, initialRtt) ? .outOfOrder : .retransmitted
    }

    private mutating func open(_ hole: Hole) {
        if Int(holeCount) == Self.maximumHoles { removeHole(0) }
        holes[Int(holeCount)] = hole
        holeCount += 1
    }

    private mutating func removeHole(_ index: Int) {
        for later in index + 1..<max(index + 1, Int(holeCount)) { holes[later - 1] = holes[later] }
        holeCount -= 1
    }

    /// Fills what the range has in common with holes.
    ///
    /// - Returns: When the first hole it touched had opened; `nil` if it touched none.
    private mutating func fill(from start: UInt32, to end: UInt32) -> Timestamp? {
        var opened: Timestamp?
        var index = 0
        while index < Int(holeCount) {
            let hole = holes[index]
            let overlaps =
                SequenceNumber.distance(hole.end, after: start) > 0
                && SequenceNumber.distance(end, after: hole.start) > 0
            guard overlaps else {
                index += 1
                continue
            }
            if opened == nil { opened = hole.openedAt }
            let left = SequenceNumber.distance(start, after: hole.start) > 0
            let right = SequenceNumber.distance(hole.end, after: end) > 0
            switch (left, right) {
            case (false, false):
                removeHole(index)
            case (true, false):
                holes[index].end = start
                index += 1
            case (false, true):
                holes[index].start = end
                index += 1
            case (true, true):
                holes[index].end = start
                if Int(holeCount) < Self.maximumHoles {
                    open(Hole(start: end, end: hole.end, openedAt: hole.openedAt))
                }
                return opened
            }
        }
        return opened
    }
}
