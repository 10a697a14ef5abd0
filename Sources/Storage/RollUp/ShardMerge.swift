// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The rows of one shard of one summary as they are added up.
struct ShardMerge {
    private let shard: UInt64
    /// By `Counted.rawValue`, in the order in which edges were first met.
    private var rows: [[BlockRow]]
    /// By `Counted.rawValue` and place in the shard, the position in `rows`, or less than 0.
    private var positions: [[Int32]]

    init(shard: UInt64) {
        self.shard = shard
        rows = Array(repeating: [], count: Counted.allCases.count)
        positions = Array(repeating: [], count: Counted.allCases.count)
    }

    /// Adds a row; its activity counts from the start of the summary's window.
    mutating func add(_ row: BlockRow, _ counted: Counted) throws(BlockError) {
        guard BlockFormat.shard(of: row.edge) == shard else { throw .unknownID(row.edge) }
        let list = Int(counted.rawValue)
        let place = Int(row.edge % BlockFormat.edgesPerShard)
        if positions[list].isEmpty {
            positions[list] = [Int32](repeating: -1, count: Int(BlockFormat.edgesPerShard))
        }
        let position = Int(positions[list][place])
        if position >= 0 {
            rows[list][position].merge(row)
        } else {
            positions[list][place] = Int32(rows[list].count)
            rows[list].append(row)
        }
    }

    /// Hands over the rows that count alike, in order of edge, with operations folded.
    ///
    /// - Returns: How many requests had their operation folded.
    func finish<Failure: Error>(
        _ body: (Counted, [BlockRow]) throws(Failure) -> Void
    ) throws(Failure) -> UInt64 {
        var folded: UInt64 = 0
        for counted in Counted.allCases where !rows[Int(counted.rawValue)].isEmpty {
            var sorted = rows[Int(counted.rawValue)].sorted { $0.edge < $1.edge }
            for index in sorted.indices {
                let own = sorted[index].foldOperations(limit: RollUpLimits.maximumOperations)
                // A call that another reporter counts is no loss of this one.
                if counted != .never { folded.addSaturated(own) }
            }
            try body(counted, sorted)
        }
        return folded
    }
}

/// What a summary keeps at most.
enum RollUpLimits {
    /// Operations of one protocol on one edge that are kept apart.
    ///
    /// More become `{other}`, and their requests are counted as `foldedOperations`. A window of a
    /// collector has 100 by default.
    static let maximumOperations = 250
}
