// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Round trips of one connection, kept one by one.
struct RoundTripRun: BitwiseCopyable {
    private var nanoseconds = InlineArray<63, UInt32>(repeating: 0)
    private var count: UInt32 = 0

    var isFull: Bool { Int(count) == nanoseconds.count }

    /// Keeps one more.
    ///
    /// - Precondition: It is not full.
    mutating func append(_ roundTrip: UInt32) {
        nanoseconds[Int(count)] = roundTrip
        count += 1
    }

    /// Forgets them all.
    mutating func removeAll() { count = 0 }

    /// All of them, to be recorded at once.
    var batch: HistogramBatch {
        var batch = HistogramBatch()
        // A span: by its own subscript the array is copied for each.
        let nanoseconds = nanoseconds.span
        for index in 0..<Int(count) { batch.add(nanoseconds: Int64(nanoseconds[index])) }
        return batch
    }
}
