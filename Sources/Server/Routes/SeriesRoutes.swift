// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Hummingbird
import Render

/// `/api/v1/series`: what one edge did, step by step.
struct SeriesRoutes {
    let graphs: any GraphSource
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/series") { request, _ in
            let asked = try SeriesParameters(request.uri.query, now: now())
            let series = try await graphs.series(
                ofEdge: asked.edge,
                in: asked.graph,
                stepNanoseconds: asked.stepNanoseconds
            )
            return Representation(.json, SeriesJSON.encode(series, edge: asked.edge)).response(to: request)
        }
    }
}
