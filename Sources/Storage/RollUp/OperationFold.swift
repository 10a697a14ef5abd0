// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a summary keeps at most.
enum RollUpLimits {
    /// Operations of one protocol on one edge that are kept apart.
    ///
    /// More become `{other}`, and their requests are counted as `foldedOperations`. A window of a
    /// collector has 100 by default.
    static let maximumOperations = 250
}

/// Folds the operations of a protocol that are more than may be kept apart; those with most requests keep
/// their own.
struct OperationFold {
    private let texts: StringTexts
    private let dictionary: ReaderDictionary

    init(_ texts: StringTexts, _ dictionary: ReaderDictionary) {
        self.texts = texts
        self.dictionary = dictionary
    }

    /// Looks at the last entry.
    ///
    /// - Parameters:
    ///   - protocols: The entries.
    ///   - pool: Where their histograms lie.
    /// - Returns: How many requests had their operation folded.
    /// - Throws: `BlockError` where a string has no text, or a protocol is none.
    func apply(
        _ protocols: inout ProtocolColumns,
        _ pool: inout DecodedHistograms
    ) throws(BlockError) -> UInt64 {
        let last = protocols.count - 1
        try check(protocols, last)
        let size = Int(protocols.operationSizes[last])
        guard size > RollUpLimits.maximumOperations, let other = texts.ids[ProtocolMetrics.otherOperations]
        else { return 0 }
        let own = protocols.operationIDs.count - size..<protocols.operationIDs.count
        let named = own.filter { protocols.operationIDs[$0] != other }
        guard named.count > RollUpLimits.maximumOperations else { return 0 }
        let byRequests = named.sorted { left, right in
            let (mine, theirs) = (protocols.requests(left), protocols.requests(right))
            guard mine == theirs else { return mine > theirs }
            return text(protocols.operationIDs[left]) < text(protocols.operationIDs[right])
        }
        let kept = byRequests.prefix(RollUpLimits.maximumOperations)
            .map { (protocols.operationIDs[$0], [$0]) }
        let others =
            own.filter { protocols.operationIDs[$0] == other }
            + byRequests.dropFirst(RollUpLimits.maximumOperations)
        var folded: UInt64 = 0
        for operation in others where protocols.operationIDs[operation] != other {
            folded.addSaturated(protocols.requests(operation))
        }
        let groups = (kept + [(other, others)]).sorted { $0.0 < $1.0 }
        protocols.replaceOperations(own, by: groups, &pool)
        return folded
    }

    private func text(_ id: UInt64) -> String { dictionary.strings[id] ?? "" }

    /// Requires that all strings of an entry are there.
    private func check(_ protocols: ProtocolColumns, _ entry: Int) throws(BlockError) {
        let name = try dictionary.string(protocols.ids[entry])
        guard ApplicationProtocol(rawValue: name) != nil else { throw .unknownID(protocols.ids[entry]) }
        for id in protocols.operationIDs.suffix(Int(protocols.operationSizes[entry]))
        where dictionary.strings[id] == nil {
            throw .unknownID(id)
        }
        for id in protocols.statuses.ids.suffix(Int(protocols.statuses.sizes[entry]))
        where dictionary.strings[id] == nil {
            throw .unknownID(id)
        }
    }
}

extension ProtocolColumns {
    /// All requests of an operation.
    fileprivate func requests(_ operation: Int) -> UInt64 {
        (0..<OutcomeColumns.columns).reduce(0) { $0.addingSaturated(operationOutcomes[operation, $1]) }
    }

    /// Puts sums of operations in the place of the last ones.
    fileprivate mutating func replaceOperations(
        _ old: Range<Int>,
        by groups: [(id: UInt64, members: [Int])],
        _ pool: inout DecodedHistograms
    ) {
        var merge = HistogramMerge()
        var (outcomes, times) = (ColumnTable(columns: OutcomeColumns.columns), [Int32]())
        for group in groups {
            outcomes.appendRow()
            for member in group.members {
                outcomes.add(member, of: operationOutcomes)
                merge.add(Int(operationLatency[member]), of: pool)
            }
            times.append(merge.move(to: &pool))
        }
        operationIDs.replaceSubrange(old, with: groups.map(\.id))
        operationLatency.replaceSubrange(old, with: times)
        operationOutcomes.removeRows(from: old.lowerBound)
        for row in groups.indices {
            operationOutcomes.appendRow()
            operationOutcomes.add(row, of: outcomes)
        }
        operationSizes[count - 1] = UInt64(groups.count)
    }
}
