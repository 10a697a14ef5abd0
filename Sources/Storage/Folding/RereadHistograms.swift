// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Synchronization

/// The histograms of a graph whose blocks were not kept, read again for whoever asks.
///
/// ```text
/// the first few edges that somebody looks into   one after the other, the row groups that have them
/// quantiles of more                              one walk over the range for all edges
/// buckets of more                                one walk for some thousands that follow in the graph
/// ```
///
/// The store may have changed since: windows pruned, rolled up or reported late. Rows are placed anew, in whichever
/// windows answer the range now; the same durations give the same histogram from any of them. What has another
/// number of durations than it had is another histogram, and is left out.
final class RereadHistograms: HistogramSource {
    /// What a graph was made of.
    struct Origin: Sendable {
        let reader: GraphReader
        let query: GraphQuery
        /// What a longer range told of names.
        let names: GraphPlan?
        /// Its edges, by slot.
        let graph: PlacedGraph
    }

    /// Edges that are read one by one before all are.
    static let edgesAlone = 4
    /// Edges whose buckets are kept at a time, at most.
    static let edgesAtOnce = 4_096

    private struct State: Sendable {
        /// By position.
        var digests: [Int: HistogramDigest] = [:]
        /// The kinds of which there are digests of all edges.
        var known: HistogramKinds = []
        /// By position, of the edges that were asked for last.
        var histograms: [Int: Histogram] = [:]
        /// Their slots.
        var slots: Set<Int32> = []
        /// All slots in the order of the graph's edges, once somebody asked for many.
        var order: [Int] = []
        var edgesAlone = 0
    }

    private let origin: Origin
    private let keys: [HistogramKey]
    private let counts: [UInt64]
    private let state = Mutex(State())

    init(_ origin: Origin, keys: [HistogramKey], counts: [UInt64]) {
        self.origin = origin
        self.keys = keys
        self.counts = counts
    }

    /// What it takes before anybody asks.
    var bytes: Int { keys.count * MemoryLayout<HistogramKey>.stride + origin.graph.bytes }

    func histogram(at position: Int) -> Histogram {
        state.withLock { state in
            read(keys[position].slot, &state)
            return state.histograms[position] ?? Histogram()
        }
    }

    func digest(at position: Int) -> HistogramDigest? {
        state.withLock { state in
            let key = keys[position]
            if !state.known.contains(key.kinds) {
                if state.slots.contains(key.slot) || isAlone(state) {
                    read(key.slot, &state)
                    return state.histograms[position].map { HistogramDigest($0) }
                }
                readDigests(key.kinds, &state)
            }
            return state.digests[position]
        }
    }

    private func isAlone(_ state: State) -> Bool {
        // Without names of its own, a graph's rows are mostly placed already.
        origin.names == nil && state.edgesAlone < Self.edgesAlone
    }

    // MARK: - Reading

    /// Reads an edge, and where many were read before, those that follow it in the graph too.
    private func read(_ slot: Int32, _ state: inout State) {
        guard !state.slots.contains(slot) else { return }
        var slots = [Int(slot)]
        if isAlone(state) {
            state.edgesAlone += 1
        } else {
            if state.order.isEmpty { state.order = origin.graph.slotsInOrder }
            let first = state.order.firstIndex(of: Int(slot)) ?? 0
            slots = Array(state.order[first..<min(first + Self.edgesAtOnce, state.order.count)])
        }
        state.slots = Set(slots.map { Int32(truncatingIfNeeded: $0) })
        let found = try? histograms(.all, of: slots) { $0.values() }
        state.histograms = matched(found ?? [:], slots) { $0.count }
    }

    private func readDigests(_ kinds: HistogramKinds, _ state: inout State) {
        state.known.formUnion(kinds)
        let slots = Array(0..<origin.graph.edgeCount)
        let found = try? histograms(kinds, of: slots) { $0.digests() }
        state.digests.merge(matched(found ?? [:], slots) { $0.count }.mapValues(\.digest)) { $1 }
    }

    /// Reads histograms of some slots.
    ///
    /// - Returns: With the number of the slot among them.
    private func histograms<Value>(
        _ kinds: HistogramKinds,
        of slots: [Int],
        _ values: (inout SlotSums) -> [Value]
    ) throws -> [HistogramKey: Value] {
        try origin.reader.histograms(
            kinds,
            ofEdges: slots.map(origin.graph.id(ofEdge:)),
            isMost: origin.names != nil || slots.count > Self.edgesAlone,
            in: origin,
            values
        )
    }

    /// By position, those that are what they were; nothing of a store that cannot be read any more.
    private func matched<Value>(
        _ found: [HistogramKey: Value],
        _ slots: [Int],
        count: (Value) -> UInt64
    ) -> [Int: Value] {
        var numbers = [Int32](repeating: -1, count: origin.graph.edgeCount)
        for (number, slot) in slots.enumerated() { numbers[slot] = Int32(truncatingIfNeeded: number) }
        var values: [Int: Value] = [:]
        for (position, var key) in keys.enumerated() where key.slot >= 0 && numbers[Int(key.slot)] >= 0 {
            key.slot = numbers[Int(key.slot)]
            guard let value = found[key], count(value) == counts[position] else { continue }
            values[position] = value
        }
        return values
    }
}
