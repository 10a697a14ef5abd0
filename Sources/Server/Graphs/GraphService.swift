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
    /// Graphs kept that views are made of.
    package static let maximumWholes = 4
    /// Bytes of all graphs kept, about; the last one is kept however large it is.
    package static let maximumKeptBytes = 128 << 20
    /// Lists of samples kept: people page through one, and look at few.
    package static let maximumSampleLists = 4
    /// What was known of the store so long ago still holds for those who ask again and again.
    package static let versionTrust = Duration.milliseconds(10)

    private let store: WindowStore
    private let queue = BlockingQueue(label: "svcmap.graphs")
    private let memory = Mutex(GraphMemory())
    private let maximumKeptBytes: Int
    private let lastVersion = Mutex<(version: Int64, since: ContinuousClock.Instant)?>(nil)

    /// - Parameters:
    ///   - store: What graphs are made of.
    ///   - maximumKeptBytes: Of all graphs kept.
    package init(store: WindowStore, maximumKeptBytes: Int = GraphService.maximumKeptBytes) {
        self.store = store
        self.maximumKeptBytes = maximumKeptBytes
    }

    /// About how many bytes all graphs that are kept take, and how many of them were read from the store.
    package var kept: (bytes: Int, sources: Int) { memory.withLock { ($0.keptBytes, $0.sources.count) } }

    package func snapshot(for query: GraphQuery) async throws -> GraphSnapshot {
        try await reading { [self] in try read(query, $0) }
    }

    package func samples(
        ofEdge id: String?,
        matching filter: SampleFilter,
        in query: GraphQuery
    ) async throws -> SampleList {
        try await reading { [self] reader in
            let asked = GraphMemory.AskedSamples(
                edge: id,
                filter: filter,
                query: id == nil ? query : query.whole
            )
            if let known = memory.withLock({ $0.samples.first { $0.asked == asked } }) { return known.list }
            let shown = try id.map { [$0] } ?? Set(read(query, reader).graph.edges.map(\.id))
            let list = try reader.samples(in: query, matching: filter, ofEdges: shown.contains)
            memory.withLock { memory in
                if memory.samples.count >= Self.maximumSampleLists { memory.samples.removeFirst() }
                memory.samples.append((asked, list))
            }
            return list
        }
    }

    package func series(
        of subject: SeriesSubject,
        in query: GraphQuery,
        stepNanoseconds: Int64?
    ) async throws -> [Series] {
        try await reading { [self] reader in
            let view = subject == .view ? Set(try read(query, reader).graph.edges.map(\.id)) : []
            let step = stepNanoseconds ?? Self.defaultStep(query.window(stored: reader.stored))
            return try reader.series(of: subject, in: query, view: view, stepNanoseconds: step)
        }
    }

    package func frames(of query: GraphQuery, stepNanoseconds: Int64?) async throws -> Frames {
        try await reading { [self] reader in
            let edges = try read(query, reader).graph.edges.map(\.id)
            let window = query.window(stored: reader.stored)
            let length = window.end - window.start
            let step = reader.step(stepNanoseconds ?? Self.defaultStep(window), in: query)
            let maximumSteps = Int64(FrameParameters.maximumCells / max(1, edges.count))
            guard length / step < maximumSteps else {
                // With two steps more than the length has, one at each end.
                let shortest = maximumSteps > 2 ? length / (maximumSteps - 2) : nil
                throw Problem.tooManyCells(
                    edges: edges.count,
                    shortestStep: shortest.map { reader.step($0, in: query) / 1_000_000_000 }
                )
            }
            return try reader.frames(ofEdges: edges, in: query, stepNanoseconds: step)
        }
    }

    package func detail(ofNode id: String, in query: GraphQuery) async throws -> NodeDetail {
        try await reading { try $0.detail(ofNode: id, in: query) }
    }

    package func diff(_ asked: DiffParameters) async throws -> GraphDiff {
        try await reading { reader in
            let window = asked.graph.window(stored: reader.stored)
            let graphs = try reader.graphs(
                asked.graph,
                base: asked.baseRange(of: window),
                current: asked.graph.range
            )
            // What a view leaves out on one side only is not new on the other.
            let views = try [graphs.base, graphs.current].map { try asked.graph.view(of: $0) }
            return GraphDiff(
                base: graphs.base,
                current: graphs.current,
                edges: Set(views.flatMap { $0.edges.map(\.id) }),
                nodes: Set(views.flatMap { $0.nodes.map(\.id) })
            )
        }
    }

    private static func defaultStep(_ window: Window) -> Int64 {
        (window.end - window.start) / SeriesParameters.defaultSteps
    }

    /// Runs a body on the thread of the store, with what all graphs of its state share.
    private func reading<Value: Sendable>(
        _ body: @escaping @Sendable (GraphReader) throws -> Value
    ) async throws -> Value {
        try await queue.run { [self] in
            do {
                forget(unless: try store.dataVersion())
                return try body(try reader())
            } catch let problem as Problem {
                throw problem
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

    package func version() -> Int64? {
        lastVersion.withLock { last in
            let now = ContinuousClock.now
            if let last, last.since.duration(to: now) < Self.versionTrust { return last.version }
            last = (try? store.dataVersion()).map { ($0, now) }
            return last?.version
        }
    }

    private func read(_ query: GraphQuery, _ reader: GraphReader) throws -> GraphSnapshot {
        if let known = recall(query) { return known }
        let whole = try whole(query.whole, reader)
        let snapshot = GraphSnapshot(
            graph: try query.view(of: whole.graph),
            stored: reader.stored,
            reporters: whole.reporters,
            details: query.include
        )
        remember(snapshot, for: query)
        return snapshot
    }

    /// The graph that views are made of: another filter needs no other reading.
    private func whole(_ query: GraphQuery, _ reader: GraphReader) throws -> GraphMemory.Whole {
        if let known = memory.withLock({ $0.wholes.first { $0.query == query } }) { return known }
        let (graph, reporters) = try reader.graph(query)
        let whole = GraphMemory.Whole(query: query, graph: graph, reporters: reporters)
        memory.withLock { memory in
            if memory.wholes.count >= Self.maximumWholes { memory.wholes.removeFirst() }
            memory.wholes.append(whole)
            memory.forget(over: maximumKeptBytes)
        }
        return whole
    }

    // MARK: - Memory

    /// Forgets everything that is of another state of the store.
    private func forget(unless version: Int64) {
        memory.withLock { memory in
            if memory.version != version { memory = GraphMemory(version: version) }
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
            memory.forget(over: maximumKeptBytes)
        }
    }

    private func reader() throws -> GraphReader {
        if let known = memory.withLock({ $0.reader }) { return known }
        let reader = try GraphReader(store: store)
        memory.withLock { $0.reader = reader }
        return reader
    }
}
