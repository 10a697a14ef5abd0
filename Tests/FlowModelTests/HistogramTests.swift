// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import TestKit
import Testing

@Suite struct `Histogram buckets` {
    /// The definition of DESIGN section 4, in exact integers: the lower bound of bucket
    /// 32 e + l is 2^e (1 + l / 32) µs = 1000 (32 + l) 2^e / 32 ns, rounded up to a nanosecond.
    static func lowerBound(octave: UInt64, linear: UInt64) -> UInt64 {
        let numerator = (1_000 * (32 + linear)) << octave
        return (numerator + 31) / 32
    }

    @Test func `is the same wherever its buckets lie`() throws {
        var own = Histogram()
        for value in 1...300 { own.record(nanoseconds: Int64(value * value * 977)) }
        let strangers: [Histogram.Bucket] = [.init(index: 3, count: 5)]
        let buckets = strangers + own.buckets + strangers
        let all = HistogramBuckets(
            indices: buckets.map { UInt16($0.index + 1) },
            counts: buckets.map { UInt32($0.count) }
        )
        var shared = Histogram(
            shared: HistogramBuckets.Run(1..<buckets.count - 1, of: all),
            count: own.count,
            sumNanoseconds: own.sumNanoseconds,
            minNanoseconds: own.minNanoseconds,
            maxNanoseconds: own.maxNanoseconds
        )
        #expect(shared == own)
        for quantile in [0, 0.25, 0.5, 0.9, 0.99, 1] {
            #expect(shared.quantileNanoseconds(quantile) == own.quantileNanoseconds(quantile))
        }
        var sum = own
        sum.merge(shared)
        shared.merge(own)
        #expect(sum == shared)
        #expect(sum.count == 600)
        own.merge(own)
        sum.record(nanoseconds: 5)
        own.record(nanoseconds: 5)
        #expect(sum == own)
    }

    @Test func `every bound is the first value of its bucket and the one before is not`() {
        for octave in UInt64(0)..<36 {
            for linear in UInt64(0)..<32 {
                let bound = Self.lowerBound(octave: octave, linear: linear)
                let index = Int16(32 * octave + linear)
                #expect(Histogram.bucket(of: bound) == index)
                #expect(Histogram.bucket(of: bound - 1) == index - 1)
            }
        }
    }

    static let known: [(UInt64, Int16)] = [
        (0, -1), (1, -1), (999, -1), (1_000, 0), (1_031, 0), (1_032, 1), (1_999, 31),
        (2_000, 32), (2_062, 32), (2_063, 33), (1_000_000, 318), (68_719_476_735_999, 1_151),
        (68_719_476_736_000, 1_152), (UInt64(Int64.max), 1_152), (.max, 1_152),
    ]

    @Test(arguments: known)
    func `puts known values where they belong`(nanoseconds: UInt64, index: Int16) {
        #expect(Histogram.bucket(of: nanoseconds) == index)
    }

    @Test func `never goes down when the value goes up`() {
        var generator = SeededGenerator(seed: 41)
        for _ in 0..<10_000 {
            let left = generator.next() >> (generator.next() % 64)
            let right = generator.next() >> (generator.next() % 64)
            let (low, high) = (min(left, right), max(left, right))
            #expect(Histogram.bucket(of: low) <= Histogram.bucket(of: high))
        }
    }

    @Test func `counts a negative duration as nothing`() {
        var histogram = Histogram()
        histogram.record(nanoseconds: -5)
        histogram.record(nanoseconds: .min)
        #expect(histogram.buckets == [Histogram.Bucket(index: -1, count: 2)])
        #expect(histogram.sumNanoseconds == 0)
        #expect(histogram.maxNanoseconds == 0)
    }

    @Test func `keeps count, sum, least and greatest exactly`() {
        var histogram = Histogram()
        for value in [5_000, 1, 7_777_777, 5_001] as [Int64] { histogram.record(nanoseconds: value) }
        #expect(histogram.count == 4)
        #expect(histogram.sumNanoseconds == 7_787_779)
        #expect(histogram.minNanoseconds == 1)
        #expect(histogram.maxNanoseconds == 7_777_777)
    }

    @Test func `saturates its sum`() {
        var histogram = Histogram()
        for _ in 0..<3 { histogram.record(nanoseconds: .max) }
        #expect(histogram.sumNanoseconds == .max)
        #expect(histogram.count == 3)
    }
}

@Suite struct `Histogram merging` {
    static func random(_ generator: inout SeededGenerator, count: Int) -> [Int64] {
        (0..<count).map { _ in Int64(generator.next() >> (20 + generator.next() % 40)) }
    }

    static func histogram(_ values: [Int64]) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.record(nanoseconds: value) }
        return histogram
    }

    static func merged(_ histograms: [Histogram]) -> Histogram {
        histograms.reduce(into: Histogram()) { $0.merge($1) }
    }

    @Test(arguments: UInt64(1)...20)
    func `is addition`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let parts = (0..<3).map { _ in Self.random(&generator, count: Int(generator.next() % 50)) }
        let whole = Self.histogram(parts.flatMap(\.self))
        let pieces = parts.map(Self.histogram)
        #expect(Self.merged(pieces) == whole)
        #expect(Self.merged(pieces.reversed()) == whole)
        #expect(Self.merged([pieces[0], Self.merged([pieces[1], pieces[2]])]) == whole)
    }

    @Test func `with nothing changes nothing`() {
        let some = Self.histogram([10, 2_000])
        #expect(Self.merged([some, Histogram()]) == some)
        #expect(Self.merged([Histogram(), some]) == some)
    }

    @Test func `of full counters saturates`() throws {
        let full = try #require(
            Histogram(
                buckets: [Histogram.Bucket(index: 0, count: .max)],
                sumNanoseconds: .max,
                minNanoseconds: 1_000,
                maxNanoseconds: 1_000
            )
        )
        var sum = Self.merged([full, full])
        #expect(sum.count == .max)
        #expect(sum.buckets == [Histogram.Bucket(index: 0, count: .max)])
        sum.record(nanoseconds: 1_000)
        #expect(sum.count == .max)
        #expect(sum.quantileNanoseconds(0.999) == 1_000)
    }
}

@Suite struct `Histogram quantiles` {
    static let quantiles = [0.0, 0.01, 0.07, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0]

    @Test func `of nothing is nothing`() {
        #expect(Histogram().quantileNanoseconds(0.5) == nil)
    }

    @Test(arguments: UInt64(1)...30)
    func `are within 1.6 % of the true ones`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let count = Int(generator.next() % 400) + 1
        let shift = 12 + generator.next() % 16
        let values = (0..<count).map { _ in Int64(1_000 + generator.next() >> (20 + shift)) }.sorted()
        let histogram = `Histogram merging`.histogram(values)
        for permille in [1, 10, 70, 250, 500, 900, 950, 990, 999, 1_000] {
            // ceil(q n) in integers.
            let rank = max(1, (permille * count + 999) / 1_000)
            let truth = Double(values[rank - 1])
            let found = Double(try #require(histogram.quantileNanoseconds(Double(permille) / 1_000)))
            #expect(abs(found - truth) <= truth * 0.016, "q=\(permille)/1000 n=\(count) seed=\(seed)")
        }
    }

    @Test(arguments: 1...200)
    func `take the ceil(q n)-th value in spite of rounding`(count: Int) {
        // One value to a bucket, so that a rank off by one shows.
        var histogram = Histogram()
        for index in 0..<count { histogram.record(nanoseconds: 1_000 << Int64(index % 30)) }
        for percent in 1...100 {
            let rank = (percent * count + 99) / 100
            let sorted = (0..<count).map { UInt64(1_000) << UInt64($0 % 30) }.sorted()
            let truth = sorted[rank - 1]
            let found = histogram.quantileNanoseconds(Double(percent) / 100) ?? 0
            #expect(Histogram.bucket(of: found) == Histogram.bucket(of: truth), "\(percent) % of \(count)")
        }
    }

    @Test func `never leave the least and the greatest value`() {
        let one = `Histogram merging`.histogram([1_030])
        for quantile in Self.quantiles { #expect(one.quantileNanoseconds(quantile) == 1_030) }
        let outer = `Histogram merging`.histogram([3, 900])
        #expect(outer.quantileNanoseconds(0) == 3)
        let huge = `Histogram merging`.histogram([80_000_000_000_000, 90_000_000_000_000])
        #expect(huge.quantileNanoseconds(1) == 90_000_000_000_000)
    }

    @Test(arguments: [Double.nan, -1, -.infinity, 2, .infinity])
    func `of nonsense do not trap`(quantile: Double) {
        let histogram = `Histogram merging`.histogram([2_000, 4_000])
        let found = histogram.quantileNanoseconds(quantile)
        #expect(found == (quantile > 1 ? 4_000 : 2_000) || found == 2_031)
    }

    @Test func `go up with q`() {
        var generator = SeededGenerator(seed: 7)
        let histogram = `Histogram merging`.histogram(`Histogram merging`.random(&generator, count: 300))
        let values = (0...1_000).map { histogram.quantileNanoseconds(Double($0) / 1_000) ?? 0 }
        #expect(values == values.sorted())
    }
}

@Suite struct `Restoring a histogram` {
    static func restored(
        _ buckets: [(Int16, UInt64)],
        sum: UInt64 = 6_000,
        min: UInt64,
        max: UInt64
    ) -> Histogram? {
        Histogram(
            buckets: buckets.map { Histogram.Bucket(index: $0.0, count: $0.1) },
            sumNanoseconds: sum,
            minNanoseconds: min,
            maxNanoseconds: max
        )
    }

    @Test(arguments: UInt64(1)...20)
    func `gives the same back`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let values = `Histogram merging`.random(&generator, count: Int(generator.next() % 40))
        let histogram = `Histogram merging`.histogram(values)
        let restored = Histogram(
            buckets: histogram.buckets,
            sumNanoseconds: histogram.sumNanoseconds,
            minNanoseconds: histogram.minNanoseconds,
            maxNanoseconds: histogram.maxNanoseconds
        )
        #expect(restored == histogram)
    }

    @Test func `refuses damage`() {
        #expect(Self.restored([(0, 1), (32, 1)], min: 1_000, max: 2_000) != nil)
        // Out of order, twice, out of range, empty.
        #expect(Self.restored([(32, 1), (0, 1)], min: 1_000, max: 2_000) == nil)
        #expect(Self.restored([(0, 1), (0, 1)], min: 1_000, max: 1_000) == nil)
        #expect(Self.restored([(-2, 1)], min: 0, max: 0) == nil)
        #expect(Self.restored([(.min, 1)], min: 0, max: 0) == nil)
        #expect(Self.restored([(1_153, 1)], min: .max, max: .max) == nil)
        #expect(Self.restored([(.max, 1)], min: .max, max: .max) == nil)
        #expect(Self.restored([(0, 0)], min: 1_000, max: 1_000) == nil)
        // Counts that do not fit together.
        #expect(Self.restored([(0, .max), (32, 1)], min: 1_000, max: 2_000) == nil)
        // Least and greatest exchanged.
        #expect(Self.restored([(0, 2)], min: 1_010, max: 1_001) == nil)
        // Figures of nothing.
        #expect(Self.restored([], sum: 0, min: 0, max: 0) == Histogram())
        #expect(Self.restored([], sum: 1, min: 0, max: 0) == nil)
        #expect(Self.restored([], sum: 0, min: 0, max: 7) == nil)
    }
}
