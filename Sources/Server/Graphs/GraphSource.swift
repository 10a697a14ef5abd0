// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph
package import Render
import Synchronization

/// One graph and what is known about where it came from: an immutable value.
package struct GraphSnapshot: Sendable {
    package let graph: ServiceGraph
    /// From the first to the last stored instant; `nil` while the store is empty.
    package let stored: Window?
    /// Whose reports the graph was made from, sorted by id.
    package let reporters: [Reporter]
    /// Tells it from all others that this process made.
    let serial: Int
    private let document: GraphDocument

    private static let made = Atomic(0)

    /// - Parameters:
    ///   - graph: The graph.
    ///   - stored: From the first to the last stored instant.
    ///   - reporters: Whose reports the graph was made from, sorted by id.
    ///   - details: What the JSON document tells beside figures.
    package init(
        graph: ServiceGraph,
        stored: Window?,
        reporters: [Reporter],
        details: Set<GraphDetail> = .all
    ) {
        self.graph = graph
        self.stored = stored
        self.reporters = reporters
        serial = Self.made.add(1, ordering: .relaxed).newValue
        document = GraphDocument(graph: graph, details: details)
    }

    /// The graph's JSON document.
    func json() async throws -> Representation { try await document.representation() }
}

/// Where the server gets graphs from.
package protocol GraphSource: Sendable {
    func snapshot(for query: GraphQuery) async throws -> GraphSnapshot

    /// What is stored now, without reading it.
    func state() async throws -> StoreState

    /// A number that changes with what is stored, a moment old at most; `nil` where it cannot be told.
    func version() -> Int64?

    /// The sampled transactions of one edge of the graph, or of all edges of the view.
    func samples(
        ofEdge id: String?,
        matching filter: SampleFilter,
        in query: GraphQuery
    ) async throws -> SampleList

    /// What was done step by step; without a step, in as many as a chart shows.
    func series(
        of subject: SeriesSubject,
        in query: GraphQuery,
        stepNanoseconds: Int64?
    ) async throws -> [Series]

    /// What every edge of the view did, step by step.
    func frames(of query: GraphQuery, stepNanoseconds: Int64?) async throws -> Frames

    /// What the inventory tells of a node of the graph.
    func detail(ofNode id: String, in query: GraphQuery) async throws -> NodeDetail

    /// The view beside the same of another range.
    func diff(_ asked: DiffParameters) async throws -> GraphDiff
}

/// Where the server gets pictures from.
package protocol PictureSource: Sendable {
    /// The picture of a graph; it keeps the places of the one whose id is given, if that is known.
    func svg(_ graph: ServiceGraph, options: LayoutOptions, keep: String?) async throws -> String

    /// The same picture as PNG or PDF.
    func converted(
        _ graph: ServiceGraph,
        options: LayoutOptions,
        keep: String?,
        to format: PictureConversion.Format
    ) async throws -> [UInt8]

    /// The centers of nodes by id, in points.
    func places(_ graph: ServiceGraph) async throws -> [String: Layout.Point]
}

extension PictureRenderer: PictureSource {
    package func svg(_ graph: ServiceGraph, options: LayoutOptions, keep: String?) async throws -> String {
        try await draw(graph, options: options, keep: keep).svg
    }

    package func converted(
        _ graph: ServiceGraph,
        options: LayoutOptions,
        keep: String?,
        to format: PictureConversion.Format
    ) async throws -> [UInt8] {
        try await convert(draw(graph, options: options, keep: keep), to: format)
    }

    package func places(_ graph: ServiceGraph) async throws -> [String: Layout.Point] {
        try await arrangement(of: graph).centers()
    }
}
