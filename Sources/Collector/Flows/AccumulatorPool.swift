// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Accumulators of all points, in numbered slots that are used again.
struct AccumulatorPool: ~Copyable {
    var slots = Slab<FlowAccumulator>()
    /// Of those that have more round trips than fit; apart, as most have none.
    private var roundTrips = Slab<RoundTripRun>()
    /// The heavy part of each; apart, so that accumulators hold no references.
    private(set) var findings: [DissectionFindings?] = []
    /// Findings that were added to their row, whose room is used again.
    private var spareFindings: [DissectionFindings] = []
    /// Enough for the connections of a busy window, little enough to keep.
    private static let maximumSpares = 4_096

    mutating func insert(_ accumulator: FlowAccumulator) -> Int {
        let slot = slots.insert(accumulator)
        if slot == findings.count { findings.append(nil) }
        return slot
    }

    mutating func remove(_ slot: Int) {
        if let found = takeFindings(of: slot) {
            recycle(found)
        }
        let run = slots[slot].furtherRoundTrips
        if run >= 0 { roundTrips.remove(run) }
        slots.remove(slot)
    }

    // MARK: - Round trips

    /// Keeps a round trip.
    @inline(__always)
    mutating func add(roundTrip nanoseconds: Int64, to slot: Int) {
        if !slots[slot].keep(roundTrip: nanoseconds) { addFurther(roundTrip: nanoseconds, to: slot) }
    }

    @inline(never)
    private mutating func addFurther(roundTrip nanoseconds: Int64, to slot: Int) {
        guard let short = UInt32(exactly: nanoseconds) else {
            findings(of: slot).add(roundTrip: nanoseconds)
            return
        }
        var run = slots[slot].furtherRoundTrips
        if run < 0 {
            run = roundTrips.insert(RoundTripRun())
            slots[slot].furtherRoundTrips = run
        }
        roundTrips[run].append(short)
        if roundTrips[run].isFull {
            findings(of: slot).add(roundTrips[run].batch)
            roundTrips[run].removeAll()
        }
    }

    /// Records the times that an accumulator kept one by one.
    func recordTimes(of slot: Int, in metrics: inout EdgeMetrics) {
        slots[slot].recordTimes(in: &metrics)
        let run = slots[slot].furtherRoundTrips
        if run >= 0 { metrics.record(roundTrips: roundTrips[run].batch) }
    }

    // MARK: - The heavy part

    /// The heavy part of an accumulator, made now if it has none.
    mutating func findings(of slot: Int) -> DissectionFindings {
        if let found = findings[slot] { return found }
        let made = spareFindings.popLast() ?? DissectionFindings()
        findings[slot] = made
        return made
    }

    /// Takes the heavy part out of an accumulator, to be recycled later.
    mutating func takeFindings(of slot: Int) -> DissectionFindings? {
        let found = findings[slot]
        if found != nil { findings[slot] = nil }
        return found
    }

    /// Keeps the room of findings that nobody needs any more.
    mutating func recycle(_ findings: DissectionFindings) {
        guard spareFindings.count < Self.maximumSpares else { return }
        findings.removeAll()
        spareFindings.append(findings)
    }
}
