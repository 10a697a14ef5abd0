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

    private var holeCount: UInt8 = 0
    private var holes = InlineArray<4, Hole>(repeating: Hole())

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

    /// Fills what the range has in common with holes.
    ///
    /// - Returns: When the first hole it touched had opened; `nil` if it touched none.
    mutating func fill(from start: UInt32, to end: UInt32) -> Timestamp? {
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
