// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Hummingbird
import Render

/// `/api/graph/fields`, `/api/graph/data` and `/api/health`: what the node graph data sources of
/// Grafana ask for.
struct NodeGraphRoutes {
    /// Larger graphs are not laid out: the panel does not show more than 1,500 nodes.
    static let maximumNodes = 1_500

    let graphs: any GraphSource
    let places: PlaceCache
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/health") { request, _ in
            Representation(contentType: "text/plain; charset=utf-8", bytes: Array("ok\n".utf8))
                .response(to: request)
        }
        router.get("/api/graph/fields") { request, _ in
            Representation(.json, NodeGraphJSON.fields()).response(to: request)
        }
        router.get("/api/graph/data") { request, _ in
            var asked = try GraphParameters.parse(request.uri.query, now: now())
            asked.find = nil
            asked.include = .all
            let snapshot = try await graphs.snapshot(for: asked)
            let places = await places.places(of: snapshot)
            return Representation(.json, NodeGraphJSON.data(snapshot.graph, places: places))
                .response(to: request)
        }
    }
}

/// The places of the nodes of one graph: dashboards ask for the same again and again.
actor PlaceCache {
    private let source: any PictureSource
    private var known: (tag: String, places: [String: Layout.Point])?

    init(source: any PictureSource) {
        self.source = source
    }

    /// Where a graph's nodes are in its picture; empty where it cannot be drawn, and the panel lays
    /// out by itself.
    func places(of snapshot: GraphSnapshot) async -> [String: Layout.Point] {
        let graph = snapshot.graph
        guard graph.nodes.count <= NodeGraphRoutes.maximumNodes,
            graph.edges.count <= GraphRoutes.maximumDrawnEdges
        else { return [:] }
        guard let tag = try? await snapshot.json().entityTag else { return [:] }
        if let known, known.tag == tag { return known.places }
        guard let places = try? await source.places(graph) else { return [:] }
        known = (tag, places)
        return places
    }
}
