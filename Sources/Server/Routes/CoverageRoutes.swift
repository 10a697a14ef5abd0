// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Hummingbird
import Render

/// `/api/v1/coverage`: what a view does not show, and `/api/v1/diff`: what changed in it.
struct CoverageRoutes {
    let graphs: any GraphSource
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/coverage") { request, _ in
            let asked = try GraphParameters.parse(request.uri.query, now: now())
            let snapshot = try await graphs.snapshot(for: asked)
            return Representation(.json, CoverageJSON.encode(snapshot.graph, reporters: snapshot.reporters))
                .response(to: request)
        }
        router.get("/api/v1/diff") { request, _ in
            let asked = try DiffParameters(request.uri.query, now: now())
            return Representation(.json, DiffJSON.encode(try await graphs.diff(asked)))
                .response(to: request)
        }
    }
}
