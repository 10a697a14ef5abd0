// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Hummingbird
import Render

/// `/api/v1/series` and `/api/v1/frames`: what was done step by step.
struct SeriesRoutes {
    let graphs: any GraphSource
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/series") { request, _ in
            let asked = try SeriesParameters(request.uri.query, now: now())
            let series = try await graphs.series(
                of: asked.subject,
                in: asked.graph,
                stepNanoseconds: asked.stepNanoseconds
            )
            return Representation(.json, SeriesJSON.encode(series, of: asked.subject)).response(to: request)
        }
        router.get("/api/v1/frames") { request, _ in
            let asked = try FrameParameters(request.uri.query, now: now())
            let frames = try await graphs.frames(of: asked.graph, stepNanoseconds: asked.stepNanoseconds)
            return Representation(.json, FramesJSON.encode(frames)).response(to: request)
        }
    }
}
