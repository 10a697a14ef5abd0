// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The latency of protocol entries, wherever each is told: in a column of its own, or by its operations.
struct GatheredHistograms: Sendable {
    /// By entry: whether its latency is its own.
    let isOwn: [Bool]
    /// By entry: how many operations it has.
    let sizes: [Int]
    /// `nil` where all are empty.
    let own: StoredHistograms?
    let operations: StoredHistograms?

    /// How many durations each entry has.
    var counts: [UInt64] {
        var next = 0
        return isOwn.indices.map { entry in
            let first = next
            next += sizes[entry]
            guard !isOwn[entry] else { return own?.counts[entry] ?? 0 }
            guard let operations else { return 0 }
            return operations.counts[first..<next].reduce(0) { $0.addingSaturated($1) }
        }
    }

    /// Reads all.
    func read(into runs: inout HistogramRuns) throws(BlockError) {
        runs.removeAll()
        var mine = HistogramRuns()
        var theirs = HistogramRuns()
        if let own { try own.read(into: &mine) } else { mine.append(empty: isOwn.count) }
        if let operations {
            try operations.read(into: &theirs)
        } else {
            theirs.append(empty: sizes.reduce(0, +))
        }
        var next = 0
        for entry in isOwn.indices {
            let first = next
            next += sizes[entry]
            if isOwn[entry] {
                runs.append(entry, of: mine)
            } else if sizes[entry] == 1 {
                runs.append(first, of: theirs)
            } else {
                var sum = Histogram()
                for position in first..<next {
                    guard let histogram = theirs.histogram(position) else { throw .malformed(offset: 0) }
                    sum.merge(histogram)
                }
                runs.append(sum)
            }
        }
    }
}
