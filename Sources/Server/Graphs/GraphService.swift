// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
import Graph
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

    /// What every graph of one state of the store shares.
    private struct Facts {
        let stored: Window?
        let inventory: [InventoryObservation]
        let names: [NameObservation]
    }

    private struct Memory {
        var version: Int64?
        var facts: Facts?
        /// Least recently used first.
        var snapshots: [(request: GraphRequest, snapshot: GraphSnapshot)] = []
    }

    private let store: WindowStore
    private let queue = BlockingQueue(label: "svcmap.graphs")
    private let memory = Mutex(Memory())

    package init(store: WindowStore) {
        self.store = store
    }

    package func snapshot(for request: GraphRequest) async throws -> GraphSnapshot {
        try await queue.run { [self] in
            do { return try read(request) } catch { throw SourceFailure.store(error) }
        }
    }

    private func read(_ request: GraphRequest) throws -> GraphSnapshot {
        let version = try store.dataVersion()
        if let known = recall(request, version: version) { return known }
        let facts = try facts(version: version)
        let window = Self.window(of: request.range, stored: facts.stored)
        var builder = GraphBuilder(
            window: window,
            query: GraphQuery(
                from: window.start,
                to: window.end,
                level: request.level,
                namespaces: request.namespaces
            ),
            inventory: facts.inventory,
            names: facts.names
        )
        var reporters: Set<Reporter> = []
        if window.start < window.end {
            try store.forEachReport(in: window) { report in
                builder.add(report)
                reporters.insert(report.reporter)
            }
        }
        let snapshot = GraphSnapshot(
            graph: builder.build(),
            stored: facts.stored,
            reporters: reporters.sorted { $0.id < $1.id }
        )
        remember(snapshot, for: request)
        return snapshot
    }

    /// The range of a request, widened to whole base windows; empty for an empty store.
    package static func window(of range: GraphRequest.Range, stored: Window?) -> Window {
        let epoch = Timestamp(nanoseconds: 0)
        let whole = stored ?? Window(start: epoch, end: epoch)
        let asked =
            switch range {
            case .between(let from, let to):
                Window(
                    start: from ?? min(whole.start, to ?? whole.start),
                    end: to ?? max(whole.end, from ?? whole.end)
                )
            case .last(let nanoseconds):
                Window(start: max(whole.start, whole.end + -nanoseconds), end: whole.end)
            }
        // Damaged captures carry absurd times, at which widening would overflow.
        let limits = TimeExpression.earliest...TimeExpression.latest
        return Window(start: asked.start.clamped(to: limits), end: asked.end.clamped(to: limits))
            .widenedToBase
    }

    // MARK: - Memory

    private func recall(_ request: GraphRequest, version: Int64) -> GraphSnapshot? {
        memory.withLock { memory in
            if memory.version != version {
                memory = Memory(version: version)
                return nil
            }
            guard let index = memory.snapshots.firstIndex(where: { $0.request == request }) else {
                return nil
            }
            let entry = memory.snapshots.remove(at: index)
            memory.snapshots.append(entry)
            return entry.snapshot
        }
    }

    private func remember(_ snapshot: GraphSnapshot, for request: GraphRequest) {
        memory.withLock { memory in
            if memory.snapshots.count >= Self.maximumSnapshots { memory.snapshots.removeFirst() }
            memory.snapshots.append((request, snapshot))
        }
    }

    private func facts(version: Int64) throws -> Facts {
        if let known = memory.withLock({ $0.facts }) { return known }
        let facts = Facts(
            stored: try store.range(),
            inventory: try store.inventory(),
            names: try store.names()
        )
        memory.withLock { $0.facts = facts }
        return facts
    }
}

extension Comparable {
    fileprivate func clamped(to limits: ClosedRange<Self>) -> Self {
        min(max(self, limits.lowerBound), limits.upperBound)
    }
}
