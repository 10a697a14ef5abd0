// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph
package import Storage
import Synchronization

/// Graphs from a store, rebuilt only when the store or the question changed.
///
/// All reading happens on one serial queue, off the event loops: equal requests that arrive
/// together wait for the first and then find its result, and no more than one graph is being
/// built at any time.
package final class GraphService: GraphSource {
    /// Graphs kept for the current state of the store.
    package static let maximumSnapshots = 16
    /// Lists of samples kept: people page through one, and look at few.
    package static let maximumSampleLists = 4

    private struct Memory {
        var version: Int64?
        /// What every graph of one state of the store shares.
        var reader: GraphReader?
        /// Least recently used first.
        var snapshots: [(query: GraphQuery, snapshot: GraphSnapshot)] = []
        /// Oldest first.
        var samples: [(query: GraphQuery, list: SampleList)] = []
    }

    private let store: WindowStore
    private let queue = BlockingQueue(label: "svcmap.graphs")
    private let memory = Mutex(Memory())

    package init(store: WindowStore) {
        self.store = store
    }

    package func snapshot(for query: GraphQuery) async throws -> GraphSnapshot {
        try await queue.run { [self] in
            do {
                return try read(query)
            } catch let error as ViewError {
                // The store is fine: the question costs too much.
                throw Problem.badExpression(error.part.rawValue, error.error)
            } catch {
                throw SourceFailure.store(error)
            }
        }
    }

    package func state() async throws -> StoreState {
        try await queue.run { [store] in
            do {
                return .readable(version: try store.dataVersion(), stored: try store.range())
            } catch {
                throw SourceFailure.store(error)
            }
        }
    }

    package func samples(ofEdge id: String, in query: GraphQuery) async throws -> SampleList {
        try await queue.run { [self] in
            do { return try readSamples(ofEdge: id, in: query) } catch { throw SourceFailure.store(error) }
        }
    }

    package func series(
        ofEdge id: String,
        in query: GraphQuery,
        stepNanoseconds: Int64?
    ) async throws -> EdgeSeries {
        try await queue.run { [self] in
            do {
                forget(unless: try store.dataVersion())
                let reader = try reader()
                let window = query.window(stored: reader.stored)
                let step = stepNanoseconds ?? (window.end - window.start) / SeriesParameters.defaultSteps
                return try reader.series(ofEdge: id, in: query, stepNanoseconds: step)
            } catch { throw SourceFailure.store(error) }
        }
    }

    private func readSamples(ofEdge id: String, in query: GraphQuery) throws -> SampleList {
        forget(unless: try store.dataVersion())
        let known = memory.withLock { $0.samples.first { $0.query == query && $0.list.edge == id } }
        if let known { return known.list }
        let list = try reader().samples(ofEdge: id, in: query)
        memory.withLock { memory in
            if memory.samples.count >= Self.maximumSampleLists { memory.samples.removeFirst() }
            memory.samples.append((query, list))
        }
        return list
    }

    private func read(_ query: GraphQuery) throws -> GraphSnapshot {
        forget(unless: try store.dataVersion())
        if let known = recall(query) { return known }
        let reader = try reader()
        let (graph, reporters) = try reader.graph(query)
        let snapshot = GraphSnapshot(graph: graph, stored: reader.stored, reporters: reporters)
        remember(snapshot, for: query)
        return snapshot
    }

    // MARK: - Memory

    /// Forgets everything that is of another state of the store.
    private func forget(unless version: Int64) {
        memory.withLock { memory in
            if memory.version != version { memory = Memory(version: version) }
        }
    }

    private func recall(_ query: GraphQuery) -> GraphSnapshot? {
        memory.withLock { memory in
            guard let index = memory.snapshots.firstIndex(where: { $0.query == query }) else {
                return nil
            }
            let entry = memory.snapshots.remove(at: index)
            memory.snapshots.append(entry)
            return entry.snapshot
        }
    }

    private func remember(_ snapshot: GraphSnapshot, for query: GraphQuery) {
        memory.withLock { memory in
            if memory.snapshots.count >= Self.maximumSnapshots { memory.snapshots.removeFirst() }
            memory.snapshots.append((query, snapshot))
        }
    }

    private func reader() throws -> GraphReader {
        if let known = memory.withLock({ $0.reader }) { return known }
        let reader = try GraphReader(store: store)
        memory.withLock { $0.reader = reader }
        return reader
    }
}
