// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Synchronization

/// Which stored histograms each sum is made of.
struct HistogramParts: Sendable {
    private struct Part: Sendable, BitwiseCopyable {
        let column: Int32
        let row: Int32
        /// The next of the same sum; -1 for none.
        let next: Int32
    }

    private var columns: [StoredHistograms] = []
    private var parts: [Part] = []
    /// By sum, its first part; -1 for none.
    private var heads: [Int32] = []
    /// By sum, how many durations.
    private(set) var counts: [UInt64] = []

    /// What the notes take, without the blocks.
    var bytes: Int {
        parts.count * MemoryLayout<Part>.stride + heads.count * 4 + counts.count * 8
    }

    /// Begins an empty sum.
    mutating func make() {
        heads.append(-1)
        counts.append(0)
    }

    /// Parts are of this column from here on.
    mutating func begin(_ column: StoredHistograms) { columns.append(column) }

    /// Adds a histogram that is not empty.
    mutating func add(_ row: Int, to sum: Int) {
        let column = columns.count &- 1
        parts.append(
            Part(
                column: Int32(truncatingIfNeeded: column),
                row: Int32(truncatingIfNeeded: row),
                next: heads[sum]
            )
        )
        heads[sum] = Int32(truncatingIfNeeded: parts.count &- 1)
        counts[sum].addSaturated(columns[column].counts[row])
    }

    /// The stored histogram that a sum is, if it is made of one alone.
    func only(_ sum: Int) -> (column: StoredHistograms, row: Int)? {
        guard heads[sum] >= 0 else { return nil }
        let part = parts[Int(heads[sum])]
        return part.next < 0 ? (columns[Int(part.column)], Int(part.row)) : nil
    }

    /// Adds a sum up.
    func histogram(_ sum: Int) throws(BlockError) -> Histogram {
        var runs = HistogramRuns()
        if let (column, row) = only(sum) {
            try column.append(row, to: &runs)
            guard let histogram = runs.histogram(0) else { throw .malformed(offset: 0) }
            return histogram
        }
        var sums = HistogramSums()
        let made = sums.make()
        var next = heads[sum]
        while next >= 0 {
            let part = parts[Int(next)]
            next = part.next
            runs.removeAll()
            try columns[Int(part.column)].append(Int(part.row), to: &runs)
            sums.add(0, of: runs, to: made)
        }
        return sums.histogram(made, in: sums.finish()).resolved
    }
}

/// The histograms of a graph, read and added up for whoever asks for one of them.
final class DeferredHistograms: HistogramSource {
    private let parts: HistogramParts
    /// Of sums of several.
    private let digests = Mutex<[Int: HistogramDigest]>([:])

    init(_ parts: HistogramParts) {
        self.parts = parts
    }

    var bytes: Int { parts.bytes }

    func histogram(at position: Int) -> Histogram {
        do throws(BlockError) {
            return try parts.histogram(position)
        } catch {
            return Histogram()
        }
    }

    func digest(at position: Int) -> HistogramDigest? {
        do throws(BlockError) {
            if let (column, row) = parts.only(position) { return try column.digest(row) }
            if let known = digests.withLock({ $0[position] }) { return known }
            let digest = HistogramDigest(try parts.histogram(position))
            digests.withLock { $0[position] = digest }
            return digest
        } catch {
            return nil
        }
    }
}
