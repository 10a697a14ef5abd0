// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Synchronization

/// A histogram column of which only the counts were read: buckets are when somebody asks for them.
///
/// ```text
/// digest(3) ─→ survey of the whole column, once: where each histogram begins, and its digest
/// append(3) ─→ survey ─→ that histogram alone
/// ```
///
/// The block's checksum was right when it was read. Should its bits make no sense all the same, that shows when
/// they are asked for.
final class StoredHistograms: Sendable {
    /// What a column is written as differences from.
    enum Model: Sendable {
        case none
        case column(StoredHistograms)
        /// Latency of protocol entries: their own, or what their operations come to.
        case gathered(GatheredHistograms)
    }

    /// How many durations each has.
    let counts: [UInt64]
    private let section: ByteCursor
    private let model: Model
    private let survey = Mutex<Survey?>(nil)

    /// What one walk over the column tells.
    private struct Survey: Sendable {
        /// In bits.
        var places: [Int] = []
        var digests: [HistogramDigest] = []
    }

    init(_ counts: [UInt64], _ section: ByteCursor, like model: Model) {
        self.counts = counts
        self.section = section
        self.model = model
    }

    /// What is mostly asked of one of them.
    func digest(_ index: Int) throws(BlockError) -> HistogramDigest {
        try survey { $0.digests[index] }
    }

    /// Reads all of them.
    func read(into runs: inout HistogramRuns) throws(BlockError) {
        runs.removeAll()
        var alike = HistogramRuns()
        try model.read(into: &alike)
        var reader = try reader()
        try reader.decode(like: alike, into: &runs)
    }

    /// Reads one of them.
    func append(_ index: Int, to runs: inout HistogramRuns) throws(BlockError) {
        let place = try survey { $0.places[index] }
        var alike = HistogramRuns()
        let position = try model.read(index, into: &alike)
        var reader = try reader()
        reader.go(to: place)
        try reader.decode(index, like: alike, at: position, into: &runs)
    }

    private func reader() throws(BlockError) -> HistogramColumnReader {
        var section = section
        let hasModel = if case .none = model { false } else { true }
        return try HistogramColumnReader(counts: counts, hasModel: hasModel, from: &section)
    }

    private func survey<T: Sendable>(_ part: (Survey) -> T) throws(BlockError) -> T {
        try survey.withLock { known throws(BlockError) in
            if let known { return part(known) }
            let made = try makeSurvey()
            known = made
            return part(made)
        }
    }

    private func makeSurvey() throws(BlockError) -> Survey {
        var made = Survey()
        made.places.reserveCapacity(counts.count)
        made.digests.reserveCapacity(counts.count)
        var alike = HistogramRuns()
        try model.read(into: &alike)
        var reader = try reader()
        var runs = HistogramRuns()
        for index in counts.indices {
            made.places.append(reader.place)
            runs.removeAll()
            try reader.decode(index, like: alike, at: index, into: &runs)
            made.digests.append(runs.digest(0))
        }
        try reader.finish()
        return made
    }
}

extension StoredHistograms.Model {
    /// Reads all; leaves the column empty where there is no model.
    fileprivate func read(into runs: inout HistogramRuns) throws(BlockError) {
        switch self {
        case .none: return
        case .column(let column): try column.read(into: &runs)
        case .gathered(let gathered): try gathered.read(into: &runs)
        }
    }

    /// Reads what one histogram resembles.
    ///
    /// - Returns: Where in the column it is.
    fileprivate func read(_ index: Int, into runs: inout HistogramRuns) throws(BlockError) -> Int {
        switch self {
        case .none: break
        case .column(let column): try column.append(index, to: &runs)
        case .gathered(let gathered):
            try gathered.read(into: &runs)
            return index
        }
        return 0
    }
}
