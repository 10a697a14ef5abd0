// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Where the frames of a source's buffer are, in the order of their times.
///
/// Frames are indexed as they are read and handed over from the index, so that frames that are
/// slightly out of order can be sorted without moving a byte. As long as times ascend nothing is
/// sorted at all.
///
/// A frame that is further back than the horizon begins another *run*: the clock was set, or one
/// capture was put behind another. Runs are kept in the order of the file.
struct FrameQueue {
    /// A frame, by where its bytes are in the whole input.
    struct Entry: BitwiseCopyable {
        let timestamp: Timestamp
        let offset: UInt64
        let length: UInt32
        let wireLength: UInt32
        let interfaceNumber: UInt32
        let linkType: UInt32
    }

    private(set) var entries: [Entry] = []
    /// Where the last run begins; what is before it is in its final order.
    private var runStart = 0
    /// Of the first frame there ever was.
    private(set) var start: Timestamp?
    private var newest = Timestamp(nanoseconds: .min)
    private var isRunOrdered = true
    /// Entries are in the order of the file, so that the first has the first byte.
    private var isInFileOrder = true
    /// How late the latest frame was; what is held back follows it, since a capture that is out
    /// of order by microseconds, as most of busy machines are, need not pay for a second.
    private var latenessNanoseconds: Int64 = 0
    private var horizonNanoseconds = CaptureLimits.reorderNanoseconds
    private var maximumBytes = CaptureLimits.reorderBytes
    /// By interface of the capture, what is added to its times.
    private var shifts: [Int64] = []

    /// Adds to the times of interfaces whose clocks are known to differ.
    mutating func align(_ shifts: [Int64]) {
        guard let least = shifts.min(), let greatest = shifts.max(), least < greatest else { return }
        self.shifts = shifts
        horizonNanoseconds =
            CaptureLimits.reorderNanoseconds
            + (Timestamp(nanoseconds: greatest) - Timestamp(nanoseconds: least))
        latenessNanoseconds = horizonNanoseconds
        maximumBytes = CaptureLimits.alignedHoldBytes
    }

    /// Takes a frame whose bytes begin at an offset of the whole input.
    @inline(__always)
    mutating func append(_ frame: borrowing CapturedFrame, at offset: UInt64) {
        var time = frame.timestamp
        if !shifts.isEmpty, frame.interfaceNumber < UInt32(shifts.count) {
            time = time + shifts[Int(frame.interfaceNumber)]
        }
        if start == nil { start = time }
        if time >= newest {
            newest = time
        } else if newest - time <= horizonNanoseconds {
            isRunOrdered = false
            latenessNanoseconds = max(latenessNanoseconds, newest - time)
        } else {
            beginRun(at: time)
        }
        entries.append(
            Entry(
                timestamp: time,
                offset: offset,
                length: UInt32(truncatingIfNeeded: frame.bytes.byteCount),
                wireLength: UInt32(clamping: frame.wireLength),
                interfaceNumber: frame.interfaceNumber,
                linkType: frame.linkType
            )
        )
    }

    /// Puts in order what is there, and says how many frames may go.
    ///
    /// - Parameters:
    ///   - end: Where in the input frames were read up to.
    ///   - isLast: Nothing more comes for now.
    /// - Returns: How many of `entries`, from the first.
    mutating func settle(end: UInt64, isLast: Bool) -> Int {
        sortRun()
        guard !isLast else { return entries.count }
        // Others may come as late as four times what was seen, but not later than the horizon.
        let (wait, overflow) = latenessNanoseconds.multipliedReportingOverflow(by: 4)
        let horizon = newest + -horizonNanoseconds
        let expected = newest + -(overflow ? horizonNanoseconds : min(wait, horizonNanoseconds))
        let first = end - min(end, UInt64(maximumBytes))
        let usual = end - min(end, UInt64(CaptureLimits.usualHoldBytes))
        var count = entries.count
        while count > runStart {
            let (time, offset) = (entries[count - 1].timestamp, entries[count - 1].offset)
            guard time > horizon, offset >= first, offset >= usual || time > expected else { break }
            count -= 1
        }
        return count
    }

    /// Forgets the first entries, which were handed over.
    mutating func removeFirst(_ count: Int) {
        if count == entries.count {
            entries.removeAll(keepingCapacity: true)
            isInFileOrder = true
        } else {
            entries.removeFirst(count)
        }
        runStart = max(0, runStart - count)
    }

    /// Where the first byte is that an entry needs; `nil` without entries.
    var firstOffset: UInt64? {
        isInFileOrder ? entries.first?.offset : entries.lazy.map(\.offset).min()
    }

    private mutating func beginRun(at time: Timestamp) {
        sortRun()
        runStart = entries.count
        newest = time
    }

    /// Sorts the last run; frames of one time stay in the order of the file.
    private mutating func sortRun() {
        guard !isRunOrdered else { return }
        entries[runStart...].sort { ($0.timestamp, $0.offset) < ($1.timestamp, $1.offset) }
        isRunOrdered = true
        isInFileOrder = false
    }
}
