// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import HTTPTypes
import Hummingbird
import Render

/// `/api/v1/graph`, by `Accept` or by suffix.
struct GraphRoutes {
    /// Larger graphs are not drawn: Graphviz would overrun its time, and nobody reads the result.
    static let maximumDrawnNodes = 2_000
    static let maximumDrawnEdges = 5_000
    /// The parameter that says how many edges a client can take.
    static let limitName = "maximumEdges"

    let graphs: any GraphSource
    let pictures: PictureCache
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/graph") { request, _ in
            guard let format = Negotiation.format(accept: request.headers[.accept]) else {
                throw Problem.notAcceptable
            }
            return try await respond(to: request, format: format, varying: .accept)
        }
        for format in GraphFormat.allCases {
            router.get("/api/v1/graph.\(format.rawValue)") { request, _ in
                try await respond(to: request, format: format)
            }
        }
    }

    private func respond(
        to request: Request,
        format: GraphFormat,
        varying: HTTPField.Name? = nil
    ) async throws -> Response {
        let items = try QueryItems(request.uri.query)
        // A link to the picture leads to the other forms of the same graph, whatever its layout.
        try items.require(names: GraphParameters.known + PictureParameters.known + [Self.limitName])
        var asked = try GraphParameters.graph(items, now: now())
        // Only JSON has a place for it; the others are the same with it and without.
        if format != .json {
            asked.find = nil
            asked.include = .all
        }
        let layout = try PictureParameters(items)
        let limit = try items.integer(Self.limitName, in: GraphQuery.tops, default: .max)
        if format.hasBoxes { asked.boxLabel = layout.options.boxes.label }
        let snapshot = try await graphs.snapshot(for: asked)
        try require(snapshot.graph, maximumNodes: nil, maximumEdges: limit)
        let representation =
            switch format {
            case .json: try await snapshot.json()
            case .dot: Representation(.dot, DOTWriter.write(snapshot.graph))
            case .svg: try await picture(of: snapshot, layout)
            case .png: try await picture(of: snapshot, layout, as: .png)
            case .pdf: try await picture(of: snapshot, layout, as: .pdf)
            case .csv: Representation(.csv, CSVWriter.write(snapshot.graph))
            case .mmd: Representation(.mmd, MermaidWriter.write(snapshot.graph))
            case .graphml: Representation(.graphml, GraphMLWriter.write(snapshot.graph))
            }
        return representation.response(to: request, varying: varying)
    }

    private func picture(
        of snapshot: GraphSnapshot,
        _ layout: PictureParameters,
        as format: PictureConversion.Format? = nil
    ) async throws -> Representation {
        try require(
            snapshot.graph,
            maximumNodes: Self.maximumDrawnNodes,
            maximumEdges: Self.maximumDrawnEdges
        )
        return try await pictures.picture(of: snapshot, layout, as: format)
    }

    private func require(
        _ graph: ServiceGraph,
        maximumNodes: Int?,
        maximumEdges: Int
    ) throws(Problem) {
        let (nodes, edges) = (graph.nodes.count, graph.edges.count)
        guard nodes <= maximumNodes ?? .max, edges <= maximumEdges else {
            throw .tooLarge(
                Problem.Excess(
                    nodes: nodes,
                    edges: edges,
                    maximumNodes: maximumNodes,
                    maximumEdges: maximumEdges
                )
            )
        }
    }
}
