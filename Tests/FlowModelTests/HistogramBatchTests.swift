// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import TestKit
import Testing

/// Many at once is the same as one after the other.
@Suite struct `Histogram batches` {
    private static func batch(_ values: [Int64]) -> HistogramBatch {
        var batch = HistogramBatch()
        for value in values { batch.add(nanoseconds: value) }
        return batch
    }

    @Test(arguments: 0..<40)
    func `leave what single records leave`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var single = Histogram()
        var batched = Histogram()
        for _ in 0..<4 {
            // Some batches repeat few buckets, some are spread over all there are.
            let bits = Int.random(in: 1...62, using: &random)
            let values = (0..<Int.random(in: 0...HistogramBatch.capacity, using: &random))
                .map { _ in Int64.random(in: -2..<(1 << Int64(bits)), using: &random) }
            for value in values { single.record(nanoseconds: value) }
            batched.record(Self.batch(values))
            #expect(batched == single)
        }
    }

    @Test func `reach the first bucket and the last`() {
        var histogram = Histogram()
        histogram.record(Self.batch([.max, -1, 999, 1_000, .max]))
        #expect(histogram.buckets.map(\.index) == [Histogram.underflow, 0, Histogram.overflow])
        #expect(histogram.buckets.map(\.count) == [2, 1, 2])
        #expect(histogram.minNanoseconds == 0)
        #expect(histogram.maxNanoseconds == UInt64(Int64.max))
    }

    @Test func `without values change nothing`() {
        var histogram = Histogram()
        histogram.record(HistogramBatch())
        #expect(histogram == Histogram())
    }
}
