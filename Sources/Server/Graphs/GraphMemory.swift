// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Storage

/// What was made of one state of the store, for whoever asks next.
struct GraphMemory {
    /// A graph without a view.
    struct Whole {
        let query: GraphQuery
        let graph: ServiceGraph
        let reporters: [Reporter]
    }

    struct AskedSamples: Equatable {
        let edge: String?
        let filter: SampleFilter
        let query: GraphQuery
    }

    var version: Int64?
    /// What every graph of one state of the store shares.
    var reader: GraphReader?
    /// Least recently used first.
    var snapshots: [(query: GraphQuery, snapshot: GraphSnapshot)] = []
    /// Oldest first.
    var wholes: [Whole] = []
    /// Oldest first.
    var samples: [(asked: AskedSamples, list: SampleList)] = []

    private var graphs: [ServiceGraph] { wholes.map(\.graph) + snapshots.map(\.snapshot.graph) }

    /// What figures are read from, each once: a view has that of the graph it is of.
    var sources: [any EdgeMetricsSource] {
        var sources: [any EdgeMetricsSource] = []
        for source in graphs.compactMap(\.metricsSource) where !sources.contains(where: { $0 === source }) {
            sources.append(source)
        }
        return sources
    }

    var keptBytes: Int {
        graphs.reduce(0) { $0 + $1.ownBytes } + sources.reduce(0) { $0 + $1.heldBytes }
    }

    /// Forgets graphs until all take no more than so many bytes: first those of which views alone are left, then
    /// the oldest with its views, and never the last.
    mutating func forget(over maximum: Int) {
        while keptBytes > maximum {
            let wholeSources = wholes.compactMap(\.graph.metricsSource)
            let orphan = snapshots.firstIndex { entry in
                let source = entry.snapshot.graph.metricsSource
                return !wholeSources.contains { $0 === source }
            }
            if let orphan, snapshots.count > 1 {
                snapshots.remove(at: orphan)
            } else if wholes.count > 1 {
                let source = wholes.removeFirst().graph.metricsSource
                snapshots.removeAll { $0.snapshot.graph.metricsSource === source }
            } else if snapshots.count > 1 {
                snapshots.removeFirst()
            } else {
                return
            }
        }
    }
}
