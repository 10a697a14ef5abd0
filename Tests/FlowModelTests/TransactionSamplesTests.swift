// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import TestKit
import Testing

@Suite struct `Transaction samples` {
    private static func sample(
        _ nanoseconds: Int64,
        lasts latency: UInt64,
        _ outcome: Outcome = .ok
    ) -> TransactionSample {
        TransactionSample(
            applicationProtocol: .http,
            operation: "GET /",
            outcome: outcome,
            status: "200",
            at: Timestamp(nanoseconds: nanoseconds),
            responseEnd: latency,
            ended: latency
        )
    }

    /// What the type promises, in the words of a list.
    private static func chosen(_ samples: [TransactionSample]) -> [TransactionSample] {
        func draw(_ list: [TransactionSample], _ count: Int) -> [TransactionSample] {
            Array(
                list.sorted { left, right in
                    left.rank.lot != right.rank.lot
                        ? left.rank.lot < right.rank.lot : left.isOrderedBefore(right)
                }.prefix(count)
            )
        }
        let answered = samples.filter { $0.rank.latency != nil }
        let limits = Set(answered.map { $0.responseEnd ?? 0 }).sorted(by: >)
        var slowest: [TransactionSample] = []
        for latency in limits where slowest.count < 2 {
            slowest += draw(answered.filter { $0.responseEnd == latency }, 2 - slowest.count)
        }
        var rest = samples
        for sample in slowest { rest.remove(at: rest.firstIndex(of: sample) ?? 0) }
        let failed = draw(rest.filter { $0.outcome.isFailure }, 3)
        for sample in failed { rest.remove(at: rest.firstIndex(of: sample) ?? 0) }
        let lots = draw(rest, 8 - slowest.count - failed.count)
        return (slowest + failed + lots).sorted { $0.isOrderedBefore($1) }
    }

    @Test func `keep the slowest, failed ones and some of the rest`() {
        let samples = (0..<100).map { number in
            Self.sample(number * 1_000, lasts: UInt64(number), number % 7 == 0 ? .serverError : .ok)
        }
        let kept = TransactionSamples(samples).sorted
        #expect(kept.count == TransactionSamples.limit)
        #expect(kept.suffix(2) == [samples[98], samples[99]])
        #expect(kept.count { $0.outcome.isFailure } >= 3)
        #expect(kept.contains { !$0.outcome.isFailure && $0.responseEnd ?? 0 < 98 })
    }

    @Test func `do not take what waits by design for slow`() {
        var watch = Self.sample(1, lasts: 1_000_000)
        watch.isStreaming = true
        var cut = Self.sample(2, lasts: 1_000_000)
        cut.isIncomplete = true
        #expect(watch.rank.latency == nil && cut.rank.latency == nil)
        // Ten thousand ordinary ones leave no lot for these two.
        let others = (0..<10_000).map { Self.sample($0 * 977, lasts: UInt64($0 % 500)) }
        #expect(!TransactionSamples([watch] + others + [cut]).sorted.contains { $0.ended == 1_000_000 })
    }

    @Test func `keep every failure there is while there is room`() {
        let failures = (0..<7).map { Self.sample($0, lasts: 5, .timedOut) }
        #expect(TransactionSamples(failures).sorted == failures)
    }

    @Test(arguments: UInt64(1)...200)
    func `depend on what was offered and on nothing else`(seed: UInt64) {
        var dice = RandomReports(seed: seed)
        // Few times and latencies, so that there are ties.
        let samples = (0..<dice.number(60)).map { _ in dice.transactionSample(spread: 12) }
        let expected = Self.chosen(samples)
        #expect(TransactionSamples(samples).sorted == expected, "seed \(seed)")
        #expect(TransactionSamples(samples.shuffled(using: &dice)) == TransactionSamples(samples))
        // Connections, then rows: the choice among choices is the choice among all.
        var parts = [TransactionSamples](repeating: TransactionSamples(), count: 5)
        for sample in samples { parts[dice.number(5)].offer(sample) }
        var merged = TransactionSamples()
        for part in parts.shuffled(using: &dice) { merged.merge(part) }
        #expect(merged.sorted == expected, "seed \(seed)")
        // What is not wanted would not have been kept.
        var careful = TransactionSamples()
        for sample in samples where careful.wants(sample.rank) { careful.offer(sample) }
        #expect(careful.sorted == expected, "seed \(seed)")
        careful.removeAll()
        #expect(careful.isEmpty && careful == TransactionSamples())
    }

    @Test func `have an order where only a header field differs`() {
        let lists = [
            [], [HeaderField(.request, "a", "1")], [HeaderField(.response, "a", "1")],
            [HeaderField(.request, "b", "1")], [HeaderField(.request, "a", "2")],
            [HeaderField(.request, "a", "1"), HeaderField(.request, "b", "1")],
        ]
        let samples = lists.map { fields in
            var sample = Self.sample(1, lasts: 5)
            sample.fields = fields
            return sample
        }
        for (index, one) in samples.enumerated() {
            for other in samples[(index + 1)...] {
                #expect(one != other)
                #expect(one.isOrderedBefore(other) != other.isOrderedBefore(one))
            }
            #expect(!one.isOrderedBefore(one))
        }
        #expect(TransactionSamples(samples).sorted == TransactionSamples(samples.reversed()).sorted)
    }

    @Test func `are drawn evenly over time`() {
        var quarters = [0, 0, 0, 0]
        for window in 0..<400 {
            let samples = (0..<200).map { number in
                Self.sample(Int64(window) * 10_000_000_000 + number * 50_000_000, lasts: 7)
            }
            // All are equally slow, so the slowest are drawn as well.
            for sample in TransactionSamples(samples).sorted {
                quarters[Int(sample.at.nanoseconds % 10_000_000_000 / 2_500_000_000)] += 1
            }
        }
        // 800 each; six standard deviations are 147.
        #expect(quarters.allSatisfy { abs($0 - 800) < 147 }, "\(quarters)")
    }
}
