// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What the times of the next records say about their order, before any of them is read.
///
/// Nearly all captures are in order nearly everywhere. Looking at the times alone costs far
/// less than an index of the frames, so only those are indexed that need it.
struct OrderSurvey {
    private let horizonNanoseconds: Int64
    private(set) var newest: Timestamp
    /// How late the latest record is.
    private(set) var latenessNanoseconds: Int64 = 0
    /// The earliest time of a record that is late; times before it ascend.
    private(set) var earliestLate = Timestamp(nanoseconds: .max)
    /// Bytes that were looked at: whole records.
    var length = 0

    /// - Parameters:
    ///   - newest: Time of what was read before.
    ///   - horizonNanoseconds: Records that are later begin another run.
    init(newest: Timestamp, horizonNanoseconds: Int64) {
        self.newest = newest
        self.horizonNanoseconds = horizonNanoseconds
    }

    /// Notes the time of the next record; `false` if it begins another run.
    @inline(__always)
    mutating func note(_ time: Timestamp) -> Bool {
        if time >= newest {
            newest = time
            return true
        }
        return noteLate(time)
    }

    @inline(never)
    private mutating func noteLate(_ time: Timestamp) -> Bool {
        let lateness = newest - time
        guard lateness <= horizonNanoseconds else { return false }
        latenessNanoseconds = max(latenessNanoseconds, lateness)
        earliestLate = min(earliestLate, time)
        return true
    }
}
