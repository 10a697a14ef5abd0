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
    private let texts: StringTexts
    private let parts: WindowParts
    /// The last base window of each reporter, in whichever cluster.
    private var lastStarts: [UInt64: Timestamp] = [:]

    /// Looks up what the window is made of.
    ///
    /// - Parameters:
    ///   - resolution: The length of the window.
    ///   - window: Aligned.
    ///   - database: A snapshot.
    ///   - dictionary: Of that snapshot, or newer.
    ///   - texts: The same strings by text, and those that folding needs.
    /// - Throws: What is wrong with the stored parts.
    init(
        _ resolution: Resolution,
        _ window: Window,
        _ database: Database,
        _ dictionary: ReaderDictionary,
        texts: StringTexts
    ) throws {
        self.resolution = resolution
        self.window = window
        self.database = database
        self.dictionary = dictionary
        self.texts = texts
        parts = try WindowParts(of: window, resolution, database, dictionary)
        for header in parts.parts.map(\.header) {
            let last = lastStarts[header.reporter] ?? header.lastStart
            lastStarts[header.reporter] = max(last, header.lastStart)
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
        let blocks = Dictionary(grouping: parts.blocks) { Key(parts.parts[$0.part]) }
        for (key, members) in groups {
            var summary = summary(key, members)
            for (shard, own) in Dictionary(grouping: blocks[key] ?? [], by: \.place.shard)
                .sorted(by: { $0.key < $1.key })
            {
                guard !shouldStop() else { throw Stopped() }
                var merge = ShardMerge(shard: shard, texts: texts, dictionary: dictionary)
                for block in own { try merge.add(try block.place.bytes(database), origin(of: block)) }
                let counts = try merge.run(decide: decide) { counted, data in
                    summary.blocks.append(.init(counted: counted, shard: shard, data: data))
                }
                for (count, block) in zip(counts, own) { read[block.part] += count }
                summary.edges += merge.edges
                if merge.folded > 0 {
                    summary.detail.coverage.losses[.foldedOperations, default: 0].addSaturated(merge.folded)
                }
            }
            rolled.summaries.append(summary)
        }
        for (count, part) in zip(read, parts.parts) where Int64(count) != part.header.edges {
            throw StoredPartMissing(start: part.header.window.start)
        }
        rolled.rows = read.reduce(0, +)
        return rolled
    }

    // MARK: - Parts

    private struct Key: Hashable {
        let reporter: UInt64
        let cluster: UInt64

        init(_ part: WindowParts.Part) {
            reporter = part.header.reporter
            cluster = part.header.cluster
        }
    }

    /// The parts of each summary, in order of its key.
    private var groups: [(key: Key, value: [WindowParts.Part])] {
        Dictionary(grouping: parts.parts, by: Key.init)
            .sorted { ($0.key.reporter, $0.key.cluster) < ($1.key.reporter, $1.key.cluster) }
    }

    private func summary(_ key: Key, _ members: [WindowParts.Part]) -> Summary {
        var summary = Summary(
            reporter: key.reporter,
            cluster: key.cluster,
            lastStart: lastStarts[key.reporter] ?? window.start
        )
        var spans: [Window] = []
        for member in members {
            spans += member.detail.observed
            summary.detail.coverage.merge(member.detail.coverage)
        }
        summary.detail.observed = spans.union
        return summary
    }

    private func origin(of block: WindowParts.Block) -> RowCursor.Origin {
        let header = parts.parts[block.part].header
        return RowCursor.Origin(
            holdsGauges: header.lastStart == lastStarts[header.reporter],
            offset: UInt32(clamping: (header.window.start - window.start) / Window.baseNanoseconds),
            counted: block.counted,
            choice: parts.parts[block.part].choice
        )
    }

    /// When rows of an edge count, where the reporters of their base window know what a choice says.
    private func decide(_ edge: UInt64, _ choice: Int) throws -> Counted {
        let (reporter, choice) = parts.choices[choice]
        return Counted(try dictionary.edge(edge), reporter: reporter, choice: choice)
    }
}

/// A block, or the rows of one, that a report or a summary speaks of.
struct StoredPartMissing: Error {
    let start: Timestamp
}
