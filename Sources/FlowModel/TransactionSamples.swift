// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A few transactions of one edge in one window: the slowest, some that failed, and some drawn
/// from all others by lot.
///
/// ```text
/// slowest (2) | failed (3) | by lot, up to the limit (8)
/// ```
///
/// Lots follow from the times of a transaction, so the choice depends on what was offered and not
/// on its order, and the choice among several choices is the choice among all.
package struct TransactionSamples: Sendable {
    /// Samples of one edge and window.
    package static let limit = 8
    /// Those of them that took longest.
    package static let slowestLimit = 2
    /// Those of them that the server failed.
    package static let failedLimit = 3

    private var kept: [TransactionSample] = []
    private var slowest: UInt8 = 0
    private var failed: UInt8 = 0

    package init() {}

    package init(_ samples: [TransactionSample]) {
        for sample in samples { offer(sample) }
    }

    package var isEmpty: Bool { kept.isEmpty }

    /// What was kept, in order of time.
    package var sorted: [TransactionSample] { kept.sorted { $0.isOrderedBefore($1) } }

    /// Whether a transaction may be kept: a look that spares the making of a sample.
    package func wants(_ rank: TransactionSample.Rank) -> Bool {
        guard kept.count >= Self.limit, let last = kept.last else { return true }
        if let latency = rank.latency {
            guard slowest == Self.slowestLimit else { return true }
            let last = kept[Int(slowest) - 1]
            let least = last.responseEnd ?? 0
            // Where all take as long, lots decide, and few are drawn.
            if latency > least || (latency == least && rank.lot <= last.rank.lot) { return true }
        }
        if rank.isFailure {
            guard failed == Self.failedLimit else { return true }
            if rank.lot <= kept[lots - 1].rank.lot { return true }
        }
        return rank.lot <= last.rank.lot
    }

    /// Keeps a transaction if it is among those to keep, in place of another if need be.
    package mutating func offer(_ sample: TransactionSample) {
        var sample = sample
        if sample.rank.latency != nil {
            if slowest < Self.slowestLimit {
                insert(sample, in: 0..<Int(slowest), by: Self.isSlower)
                slowest += 1
                return trim()
            }
            let last = Int(slowest) - 1
            if Self.isSlower(sample, kept[last]) {
                sample = replaceLast(of: 0..<Int(slowest), by: sample, Self.isSlower)
            }
        }
        if sample.outcome.isFailure {
            let range = Int(slowest)..<lots
            if failed < Self.failedLimit {
                insert(sample, in: range) { $0.isDrawnBefore($1) }
                failed += 1
                return trim()
            }
            if sample.isDrawnBefore(kept[lots - 1]) {
                sample = replaceLast(of: range, by: sample) { $0.isDrawnBefore($1) }
            }
        }
        insert(sample, in: lots..<kept.count) { $0.isDrawnBefore($1) }
        trim()
    }

    package mutating func merge(_ other: TransactionSamples) {
        if isEmpty {
            self = other
        } else {
            for sample in other.kept where wants(sample.rank) { offer(sample) }
        }
    }

    /// Forgets everything but the room it took.
    package mutating func removeAll() {
        kept.removeAll(keepingCapacity: true)
        (slowest, failed) = (0, 0)
    }

    // MARK: - Places

    /// Where those that were drawn by lot begin.
    private var lots: Int { Int(slowest) + Int(failed) }

    private static func isSlower(_ left: TransactionSample, _ right: TransactionSample) -> Bool {
        let (mine, theirs) = (left.responseEnd ?? 0, right.responseEnd ?? 0)
        return mine != theirs ? mine > theirs : left.isDrawnBefore(right)
    }

    private mutating func insert(
        _ sample: TransactionSample,
        in range: Range<Int>,
        by precedes: (TransactionSample, TransactionSample) -> Bool
    ) {
        kept.insert(sample, at: range.first { precedes(sample, kept[$0]) } ?? range.upperBound)
    }

    /// Puts a sample into a full part and takes the last out of it, which may have another place.
    private mutating func replaceLast(
        of range: Range<Int>,
        by sample: TransactionSample,
        _ precedes: (TransactionSample, TransactionSample) -> Bool
    ) -> TransactionSample {
        let last = kept.remove(at: range.upperBound - 1)
        insert(sample, in: range.dropLast(), by: precedes)
        return last
    }

    private mutating func trim() {
        if kept.count > Self.limit { kept.removeLast() }
    }
}

extension TransactionSamples: Equatable {
    package static func == (left: Self, right: Self) -> Bool { left.kept == right.kept }
}
