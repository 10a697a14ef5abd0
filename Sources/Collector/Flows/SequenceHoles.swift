// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The holes in the sequence space of one side: what was passed over and may still come.
struct SequenceHoles: BitwiseCopyable {
    struct Hole: BitwiseCopyable {
        var start: UInt32 = 0
        var end: UInt32 = 0
        var openedAt = Timestamp(nanoseconds: 0)
    }

    /// Holes remembered; filling an older one counts as retransmission.
    private static let maximumHoles = 4
    /// Acknowledgments of the same number that make the next segment a fast retransmission.
    ///
    /// A sender waits for three repeated ones (RFC 5681 section 3.2); the first may have come
    /// before the hole was known. tshark waits for as many.
    private static let acknowledgmentsThatAsk: UInt8 = 3

    private var holeCount: UInt8 = 0
    private var holes = InlineArray<4, Hole>(repeating: Hole())
    /// What the receiver acknowledged last while there were holes, and how often.
    private var acknowledged: UInt32 = 0
    private var acknowledgments: UInt8 = 0
    /// When the sender was last seen to send what it was asked for.
    private var resentAt = Timestamp(nanoseconds: .min)

    var isEmpty: Bool { holeCount == 0 }

    mutating func open(from start: UInt32, to end: UInt32, at time: Timestamp) {
        open(Hole(start: start, end: end, openedAt: time))
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

    /// Takes an acknowledgment from the side that waits for the holes to be filled.
    mutating func acknowledge(_ number: UInt32, hasPayload: Bool) {
        if acknowledgments == 0 || number != acknowledged {
            acknowledged = number
            acknowledgments = 1
        } else if !hasPayload, acknowledgments < .max {
            acknowledgments += 1
        }
    }

    /// Fills what the range has in common with holes.
    ///
    /// What was asked for again and again is a fast retransmission, and so is what fills the other
    /// holes of that time, however soon: the round trip inside a cluster is shorter than the
    /// disorder of its network.
    ///
    /// - Returns: When the first hole it touched had opened; `nil` if it touched none, or if
    ///   those were filled on request.
    mutating func fill(from start: UInt32, to end: UInt32, at time: Timestamp) -> Timestamp? {
        if acknowledgments >= Self.acknowledgmentsThatAsk, acknowledged == start { resentAt = time }
        guard let opened = close(from: start, to: end), opened > resentAt else { return nil }
        return opened
    }

    private mutating func close(from start: UInt32, to end: UInt32) -> Timestamp? {
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
