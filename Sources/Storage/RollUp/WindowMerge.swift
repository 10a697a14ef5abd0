// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph

/// Makes the summaries of one coarse window from what the next finer windows hold.
///
/// Only the rows of one shard of one reporter are in memory at a time, besides the finished blocks.
struct WindowMerge {
    /// The wish to stop was heard.
    struct Stopped: Error {}

    private let resolution: Resolution
    private let window: Window
    private let database: Database
    private let dictionary: ReaderDictionary
    private let strings: [String: UInt64]
    private let parts: WindowParts
    /// The last base window of each reporter, in whichever cluster.
    private var lastStarts: [Int64: Timestamp] = [:]

    /// Looks up what the window is made of.
    ///
    /// - Parameters:
    ///   - resolution: The length of the window.
    ///   - window: Aligned.
    ///   - database: A snapshot.
    ///   - dictionary: Of that snapshot, or newer.
    ///   - strings: The same strings by text, and those that folding needs.
    /// - Throws: What is wrong with the stored parts.
    init(
        _ resolution: Resolution,
        _ window: Window,
        _ database: Database,
        _ dictionary: ReaderDictionary,
        strings: [String: UInt64]
    ) throws {
        self.resolution = resolution
        self.window = window
        self.database = database
        self.dictionary = dictionary
        self.strings = strings
        parts = try WindowParts(of: window, resolution, database, dictionary)
        for part in parts.parts {
            lastStarts[part.reporter] = max(lastStarts[part.reporter] ?? part.lastStart, part.lastStart)
        }
    }

    /// Adds everything up.
    ///
    /// - Parameter shouldStop: Asked now and then.
    /// - Returns: The window as it is to be stored.
    /// - Throws: `Stopped`, or what is wrong with the stored parts.
    func run(shouldStop: () -> Bool) throws -> RolledWindow {
        var rolled = RolledWindow(resolution: resolution, window: window)
        var read = [Int](repeating: 0, count: parts.parts.count)
        for (key, members) in groups {
            var summary = summary(key, members)
            let blocks = parts.blocks.indices.filter { members.contains(parts.blocks[$0].part) }
            for (shard, places) in Dictionary(grouping: blocks, by: { parts.blocks[$0].shard })
                .sorted(by: { $0.key < $1.key })
            {
                guard !shouldStop() else { throw Stopped() }
                var merge = ShardMerge(shard: shard)
                for place in places { try add(parts.blocks[place], to: &merge, &read) }
                let folded = try merge.finish { counted, rows in
                    summary.edges += rows.count
                    let data = try BlockWriter(strings: strings).encode(rows)
                    summary.blocks.append(.init(counted: counted, shard: shard, data: data))
                }
                if folded > 0 {
                    summary.detail.coverage.losses[.foldedOperations, default: 0].addSaturated(folded)
                }
            }
            rolled.summaries.append(summary)
        }
        for (count, part) in zip(read, parts.parts) where count != part.edges {
            throw StoredPartMissing(start: part.start)
        }
        rolled.rows = read.reduce(0, +)
        return rolled
    }

    // MARK: - Parts

    private struct Key: Hashable {
        let reporter: Int64
        let cluster: Int64
    }

    /// The positions of the parts of each summary, in order of its key.
    private var groups: [(key: Key, members: Set<Int>)] {
        Dictionary(grouping: parts.parts.indices) {
            Key(reporter: parts.parts[$0].reporter, cluster: parts.parts[$0].cluster)
        }
        .sorted { ($0.key.reporter, $0.key.cluster) < ($1.key.reporter, $1.key.cluster) }
        .map { ($0.key, Set($0.value)) }
    }

    private func summary(_ key: Key, _ members: Set<Int>) -> Summary {
        var summary = Summary(
            reporter: key.reporter,
            cluster: key.cluster,
            lastStart: lastStarts[key.reporter] ?? window.start
        )
        var spans: [Window] = []
        for member in members {
            spans += parts.parts[member].detail.observed
            summary.detail.coverage.merge(parts.parts[member].detail.coverage)
        }
        summary.detail.observed = spans.union
        return summary
    }

    private func add(
        _ place: WindowParts.BlockPlace,
        to merge: inout ShardMerge,
        _ read: inout [Int]
    ) throws {
        let part = parts.parts[place.part]
        let table = place.counted == nil ? "block" : "summary_block"
        let find = try database.cachedStatement(sql: "SELECT data FROM \(table) WHERE rowid = ?")
        guard let found = try Row.fetchOne(find, arguments: [place.row]) else {
            throw StoredPartMissing(start: part.start)
        }
        let holdsGauges = part.lastStart == lastStarts[part.reporter]
        let offset = UInt32(clamping: (part.start - window.start) / Window.baseNanoseconds)
        let choice = parts.choices[part.start] ?? ReporterChoice()
        let reporter = WindowParts.name(ofReporter: part.reporter)
        let rows = try BlockReader(try found.bytes(0), strings: dictionary.strings).rows()
        read[place.part] += rows.count
        for var row in rows {
            // Clearing copies what the row shares with the decoded ones, and most have none.
            if !holdsGauges, row.metrics.hasGauges { row.metrics.clearGauges() }
            row.firstWindow = row.firstWindow.addingSaturated(offset)
            row.lastWindow = row.lastWindow.addingSaturated(offset)
            let counted =
                try place.counted
                ?? Counted(try dictionary.edge(row.edge), reporter: reporter, choice: choice)
            try merge.add(row, counted)
        }
    }
}

/// A block, or the rows of one, that a report or a summary speaks of.
struct StoredPartMissing: Error {
    let start: Timestamp
}

extension UInt32 {
    /// The sum, or the greatest value where it would not fit: blocks may be damaged.
    fileprivate func addingSaturated(_ other: UInt32) -> UInt32 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
