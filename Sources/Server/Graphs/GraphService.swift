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

    private struct Memory {
        var version: Int64?
        /// What every graph of one state of the store shares.
        var reader: GraphReader?
        /// Least recently used first.
        var snapshots: [(query: GraphQuery, snapshot: GraphSnapshot)] = []
    }

    private let store: WindowStore
    private let queue = BlockingQueue(label: "svcmap.graphs")
    private let memory = Mutex(Memory())

    package init(store: WindowStore) {
        self.store = store
    }

    package func snapshot(for query: GraphQuery) async throws -> GraphSnapshot {
        try await queue.run { [self] in
            do { return try read(query) } catch { throw SourceFailure.store(error) }
        }
    }

    private func read(_ query: GraphQuery) throws -> GraphSnapshot {
        let version = try store.dataVersion()
        if let known = recall(query, version: version) { return known }
        let reader = try reader()
        let (graph, reporters) = try reader.graph(query)
        let snapshot = GraphSnapshot(graph: graph, stored: reader.stored, reporters: reporters)
        remember(snapshot, for: query)
        return snapshot
    }

    // MARK: - Memory

    private func recall(_ query: GraphQuery, version: Int64) -> GraphSnapshot? {
        memory.withLock { memory in
            if memory.version != version {
                memory = Memory(version: version)
                return nil
            }
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
