// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph
import Render
import Synchronization

/// The JSON document of one graph, written when somebody first asks for it.
///
/// Many who ask for a graph never need it, and that of a large graph takes a second and a hundred megabytes.
final class GraphDocument: Sendable {
    /// Longer ones are not kept, but written again for whoever asks.
    static let maximumKeptLength = 16 << 20

    /// Off the threads that serve connections, and not on that of the store.
    private static let queue = BlockingQueue(label: "svcmap.json")

    private let graph: ServiceGraph
    private let details: Set<GraphDetail>
    private let kept = Mutex<Representation?>(nil)

    init(graph: ServiceGraph, details: Set<GraphDetail>) {
        self.graph = graph
        self.details = details
    }

    func representation() async throws -> Representation {
        if let known = kept.withLock({ $0 }) { return known }
        return try await Self.queue.run { [self] in
            // Another may have asked meanwhile.
            if let known = kept.withLock({ $0 }) { return known }
            let made = Representation(.json, GraphJSON.encode(graph, details: details))
            if made.length <= Self.maximumKeptLength { kept.withLock { $0 = made } }
            return made
        }
    }
}
