// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Where frames of a source's buffer are that were not handed over yet, in the order of their times.
///
/// Frames whose order is not certain are indexed as they are read and handed over from the index,
/// so that they can be sorted without moving a byte. Where times ascend, an `OrderSurvey` finds out
/// first, and frames pass without being indexed.
///
/// A frame that is further back than the horizon begins another *run*: the clock was set, or one
/// capture was put behind another. Runs are kept in the order of the file.
struct FrameQueue: ~Copyable {
    /// A frame, by where its bytes are in the whole input.
    struct Entry: BitwiseCopyable {
        let timestamp: Timestamp
        let offset: UInt64
        let length: UInt32
        let wireLength: UInt32
        let interfaceNumber: UInt32
        let linkType: UInt32

        init(_ frame: borrowing CapturedFrame, time: Timestamp, offset: UInt64) {
            timestamp = time
            self.offset = offset
            length = UInt32(truncatingIfNeeded: frame.bytes.byteCount)
            wireLength = UInt32(clamping: frame.wireLength)
            interfaceNumber = frame.interfaceNumber
            linkType = frame.linkType
        }

        /// The same, with an offset from another beginning.
        init(_ other: Entry, from start: UInt64) {
            timestamp = other.timestamp
            offset = other.offset &- start
            length = other.length
            wireLength = other.wireLength
            interfaceNumber = other.interfaceNumber
            linkType = other.linkType
        }
    }

    private var entries = Slab<Entry>(minimumCapacity: 1_024)
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
        _ = entries.append(Entry(frame, time: time, offset: offset))
    }

    /// Notes when the input begins, which is known before a frame of it is read.
    mutating func begin(at time: Timestamp?) { start = time }

    /// Begins to look at the times of frames that are to come; `nil` where frames have to be
    /// indexed in any case.
    var survey: OrderSurvey? {
        guard shifts.isEmpty, start != nil else { return nil }
        return OrderSurvey(newest: newest, horizonNanoseconds: horizonNanoseconds)
    }

    /// Up to when frames that come next may pass, as none that comes behind them belongs before
    /// them; `nil` if one belongs before a frame that is here.
    func passable(_ survey: OrderSurvey) -> Timestamp? {
        let lateness = max(latenessNanoseconds, survey.latenessNanoseconds)
        let latest = min(survey.earliestLate, survey.newest + -expectedNanoseconds(lateness))
        return latest >= newest ? latest : nil
    }

    /// Notes that frames passed by, in order; none may be left here.
    ///
    /// - Parameter last: Time of the last of them.
    mutating func pass(to last: Timestamp) { newest = last }

    /// Frames that are here.
    var count: Int { entries.count }

    /// A frame that is here; settled ones are in the order they are handed over in.
    subscript(index: Int) -> Entry {
        @inline(__always)
        get { entries[index] }
    }

    /// Puts in order what is there, and says how many frames may go.
    ///
    /// - Parameters:
    ///   - end: Where in the input frames were read up to.
    ///   - isLast: Nothing more comes for now.
    /// - Returns: How many, from the first.
    mutating func settle(end: UInt64, isLast: Bool) -> Int {
        sortRun()
        guard !isLast else { return entries.count }
        let horizon = newest + -horizonNanoseconds
        let expected = newest + -expectedNanoseconds(latenessNanoseconds)
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
        entries.removeFirst(count)
        if entries.count == 0 { isInFileOrder = true }
        runStart = max(0, runStart - count)
    }

    /// Where the first byte is that an entry needs; `nil` without entries.
    var firstOffset: UInt64? {
        guard entries.count > 0 else { return nil }
        var first = entries[0].offset
        if !isInFileOrder { for index in 1..<entries.count { first = min(first, entries[index].offset) } }
        return first
    }

    /// How late others may come: four times as late as was seen, but not later than the horizon.
    private func expectedNanoseconds(_ lateness: Int64) -> Int64 {
        let (wait, overflow) = lateness.multipliedReportingOverflow(by: 4)
        return overflow ? horizonNanoseconds : min(wait, horizonNanoseconds)
    }

    private mutating func beginRun(at time: Timestamp) {
        sortRun()
        runStart = entries.count
        newest = time
    }

    /// Sorts the last run; frames of one time stay in the order of the file.
    private mutating func sortRun() {
        guard !isRunOrdered else { return }
        entries.sort(from: runStart) { ($0.timestamp, $0.offset) < ($1.timestamp, $1.offset) }
        isRunOrdered = true
        isInFileOrder = false
    }
}
