// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The histograms of sums while columns are added.
///
/// What is noted keeps the blocks in memory, which large ranges cannot afford: of those only durations are counted, and
/// the blocks are read again for whoever looks into a histogram.
struct FoldedHistograms: ~Copyable, Sendable {
    /// What becomes of histograms that are added.
    enum Way: Sendable {
        /// Where they lie is noted.
        case noted
        /// Their durations are counted, and they are read again later.
        case counted(RereadHistograms.Origin)
        /// Those of some kinds are added up at once, with room for so many buckets.
        case summed(HistogramKinds, room: Int)
    }

    /// Histograms by position, once all was added.
    enum Values: Sendable {
        case summed(HistogramBuckets)
        case deferred(any HistogramSource, counts: [UInt64], bytes: Int)

        /// What they take, without the blocks of deferred ones.
        var bytes: Int {
            switch self {
            case .summed(let buckets): buckets.bytes
            case .deferred(_, let counts, let bytes): bytes + counts.count * 8
            }
        }
    }

    private let way: Way
    /// Of which kinds any are to be added.
    let kinds: HistogramKinds
    private var parts = HistogramParts()
    private var counts = Words()
    private var sums: HistogramSums
    /// The column that is added, where columns are counted.
    private var column: StoredHistograms?
    /// The column that is added, where columns are added up at once.
    private var runs = HistogramRuns()

    init(_ way: Way) {
        self.way = way
        switch way {
        case .noted, .counted:
            kinds = .all
            sums = HistogramSums()
        case .summed(let some, let room):
            kinds = some
            sums = HistogramSums(room: room)
        }
    }

    /// Whether it must be told which is which in the end.
    var needsKeys: Bool {
        if case .counted = way { true } else { false }
    }

    /// How many were begun.
    var count: Int {
        switch way {
        case .noted: parts.counts.count
        case .counted: counts.count
        case .summed: sums.count
        }
    }

    /// Begins an empty histogram.
    mutating func make() -> Int {
        switch way {
        case .noted:
            parts.make()
            return parts.counts.count &- 1
        case .counted:
            counts.append(0)
            return counts.count &- 1
        case .summed: return sums.make()
        }
    }

    /// Histograms to add are of this column from here on.
    mutating func begin(_ column: StoredHistograms) throws(BlockError) {
        switch way {
        case .noted: parts.begin(column)
        case .counted: self.column = column
        case .summed: try column.read(into: &runs)
        }
    }

    /// Adds one histogram of the column that is not empty.
    mutating func add(_ row: Int, to histogram: Int) {
        switch way {
        case .noted: parts.add(row, to: histogram)
        case .counted: if let column { counts.add(column.counts[row], at: histogram) }
        case .summed: sums.add(row, of: runs, to: histogram)
        }
    }

    /// What is mostly asked of each, where they are added up; the buckets are gone then.
    mutating func digests() -> [(count: UInt64, digest: HistogramDigest)] {
        let made = (0..<sums.count).map { (sums.durations($0), sums.digest($0)) }
        sums = HistogramSums()
        return made
    }

    /// Ends adding.
    ///
    /// - Parameter keys: Which is which, where they were counted.
    /// - Returns: The histograms.
    mutating func finish(_ keys: [HistogramKey]) -> Values {
        runs = HistogramRuns()
        column = nil
        switch way {
        case .summed: return .summed(sums.finish())
        case .noted:
            defer { parts = HistogramParts() }
            let source = DeferredHistograms(parts)
            return .deferred(source, counts: parts.counts, bytes: source.bytes)
        case .counted(let origin):
            let counted = (0..<counts.count).map { counts[$0] }
            counts = Words()
            let source = RereadHistograms(origin, keys: keys, counts: counted)
            return .deferred(source, counts: counted, bytes: source.bytes)
        }
    }

    /// One of them.
    func histogram(_ position: Int, in values: Values) -> Histogram {
        switch values {
        case .summed(let buckets): sums.histogram(position, in: buckets)
        case .deferred(let source, let counts, _):
            Histogram(deferred: source, position: position, count: counts[position])
        }
    }
}
