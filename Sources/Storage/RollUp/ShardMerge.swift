// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Adds up the rows of one shard of one summary, edge by edge, from blocks whose rows are in order.
struct ShardMerge {
    private let shard: UInt64
    private let texts: StringTexts
    private let dictionary: ReaderDictionary
    private var cursors: [RowCursor] = []
    /// By `Counted.rawValue`.
    private var builders: [BlockBuilder]
    private var sums = RowSums()
    /// By number of a choice: when rows of the current edge count.
    private var answers: [Counted?] = []
    /// How many requests had their operation folded, of rows that count.
    private(set) var folded: UInt64 = 0
    /// How many rows there are.
    private(set) var edges = 0

    /// Prepares for blocks of a shard.
    ///
    /// - Parameters:
    ///   - shard: All edges must be of it.
    ///   - texts: All strings, and those that folding needs.
    ///   - dictionary: The same by id.
    init(shard: UInt64, texts: StringTexts, dictionary: ReaderDictionary) {
        self.shard = shard
        self.texts = texts
        self.dictionary = dictionary
        builders = Counted.allCases.map { _ in BlockBuilder(RowStrings(texts.ids)) }
    }

    /// Adds a block.
    mutating func add(_ bytes: [UInt8], _ origin: RowCursor.Origin) throws(BlockError) {
        cursors.append(try RowCursor(bytes, origin, texts, strings: dictionary.strings))
    }

    /// Adds everything up.
    ///
    /// - Parameters:
    ///   - decide: When the rows of an edge count, by the number of a choice.
    ///   - body: Takes a finished block.
    /// - Returns: How many rows each block had.
    /// - Throws: What is wrong with the blocks.
    mutating func run(
        decide: (UInt64, Int) throws -> Counted,
        _ body: (Counted, [UInt8]) -> Void
    ) throws -> [Int] {
        var members: [[Int]] = Array(repeating: [], count: Counted.allCases.count)
        var used = [Bool](repeating: false, count: Counted.allCases.count)
        while let edge = cursors.lazy.compactMap(\.edge).min() {
            guard BlockFormat.shard(of: edge) == shard else { throw BlockError.unknownID(edge) }
            for index in answers.indices { answers[index] = nil }
            for index in cursors.indices where cursors[index].edge == edge {
                let counted = try counted(edge, cursors[index].origin, decide)
                members[Int(counted.rawValue)].append(index)
            }
            for counted in Counted.allCases where !members[Int(counted.rawValue)].isEmpty {
                let own = Int(counted.rawValue)
                let others = try add(edge, members[own], to: own)
                // A call that another reporter counts is no loss of this one.
                if counted != .never { folded.addSaturated(others) }
                used[own] = true
                edges += 1
                for index in members[own] { try cursors[index].advance() }
                members[own].removeAll(keepingCapacity: true)
            }
        }
        for counted in Counted.allCases where used[Int(counted.rawValue)] {
            body(counted, try builders[Int(counted.rawValue)].finish())
        }
        return cursors.map(\.count)
    }

    private mutating func counted(
        _ edge: UInt64,
        _ origin: RowCursor.Origin,
        _ decide: (UInt64, Int) throws -> Counted
    ) throws -> Counted {
        if let counted = origin.counted { return counted }
        while answers.count <= origin.choice { answers.append(nil) }
        if let known = answers[origin.choice] { return known }
        let counted = try decide(edge, origin.choice)
        answers[origin.choice] = counted
        return counted
    }

    private mutating func add(_ edge: UInt64, _ members: [Int], to builder: Int) throws(BlockError) -> UInt64
    {
        var folded: UInt64 = 0
        let fold = OperationFold(texts, dictionary)
        try builders[builder].append { rows throws(BlockError) in
            rows.edges.append(edge)
            sums.addConnections(members, cursors, to: &rows)
            try sums.addProtocols(members, cursors, to: &rows) { protocols, pool throws(BlockError) in
                folded.addSaturated(try fold.apply(&protocols, &pool))
            }
            sums.addDialled(members, cursors, to: &rows)
        }
        return folded
    }
}
