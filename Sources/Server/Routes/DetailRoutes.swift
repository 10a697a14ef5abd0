// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Hummingbird
import Render

/// `/api/v1/edges/{id}`, `/api/v1/nodes/{id}` and `/api/v1/operations`: parts of a graph.
struct DetailRoutes {
    let graphs: any GraphSource
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/edges/{id}") { request, context in
            let (asked, graph) = try await asked(request, context)
            guard let edge = graph.edges.first(where: { $0.id == asked.id }) else {
                throw Problem.noSuch("edge")
            }
            return Representation(.json, EdgeJSON.encode(edge, in: graph)).response(to: request)
        }
        router.get("/api/v1/nodes/{id}") { request, context in
            let (asked, graph) = try await asked(request, context)
            guard let node = graph.nodes.first(where: { $0.id == asked.id }) else {
                throw Problem.noSuch("node")
            }
            let detail = try await graphs.detail(ofNode: asked.id, in: asked.graph)
            return Representation(.json, NodeJSON.encode(node, detail, in: graph)).response(to: request)
        }
        router.get("/api/v1/operations") { request, _ in
            let asked = try DetailParameters(edgeOf: request.uri.query, now: now())
            let graph = try await graphs.snapshot(for: asked.graph).graph
            let edge = graph.edges.first { $0.id == asked.id }
            return Representation(.json, EdgeJSON.encodeOperations(of: edge, id: asked.id, in: graph))
                .response(to: request)
        }
    }

    /// What a path asks for, and the graph that may have it.
    private func asked(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> (DetailParameters, ServiceGraph) {
        let asked = try DetailParameters(
            segment: context.parameters.get("id"),
            request.uri.query,
            now: now()
        )
        return (asked, try await graphs.snapshot(for: asked.graph).graph)
    }
}
