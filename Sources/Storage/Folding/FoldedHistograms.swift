// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The histograms of sums while columns are added: where they lie is noted, or they are added up at once.
///
/// What is noted keeps the blocks in memory, which large ranges cannot afford.
struct FoldedHistograms: ~Copyable, Sendable {
    /// Histograms by position, once all was added.
    enum Values: Sendable {
        case summed(HistogramBuckets)
        case deferred(DeferredHistograms, counts: [UInt64])

        /// What they take, without the blocks of deferred ones.
        var bytes: Int {
            switch self {
            case .summed(let buckets): buckets.bytes
            case .deferred(let histograms, let counts): histograms.bytes + counts.count * 8
            }
        }
    }

    private let isDeferred: Bool
    private var parts = HistogramParts()
    private var sums: HistogramSums
    /// The column that is added, where columns are added up at once.
    private var runs = HistogramRuns()

    /// - Parameters:
    ///   - isDeferred: Whether the columns may be kept.
    ///   - room: Buckets to make room for where they are not.
    init(isDeferred: Bool, room: Int) {
        self.isDeferred = isDeferred
        sums = HistogramSums(room: isDeferred ? 0 : room)
    }

    /// Begins an empty histogram.
    mutating func make() -> Int {
        guard isDeferred else { return sums.make() }
        parts.make()
        return parts.counts.count &- 1
    }

    /// Histograms to add are of this column from here on.
    mutating func begin(_ column: StoredHistograms) throws(BlockError) {
        guard isDeferred else { return try column.read(into: &runs) }
        parts.begin(column)
    }

    /// Adds one histogram of the column that is not empty.
    mutating func add(_ row: Int, to histogram: Int) {
        guard isDeferred else { return sums.add(row, of: runs, to: histogram) }
        parts.add(row, to: histogram)
    }

    /// Ends adding.
    mutating func finish() -> Values {
        runs = HistogramRuns()
        guard isDeferred else { return .summed(sums.finish()) }
        defer { parts = HistogramParts() }
        return .deferred(DeferredHistograms(parts), counts: parts.counts)
    }

    /// One of them.
    func histogram(_ position: Int, in values: Values) -> Histogram {
        switch values {
        case .summed(let buckets): sums.histogram(position, in: buckets)
        case .deferred(let source, let counts):
            Histogram(deferred: source, position: position, count: counts[position])
        }
    }
}
