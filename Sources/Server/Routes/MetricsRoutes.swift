// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph
import Hummingbird
import Render

/// `/metrics` in the text format of Prometheus.
struct MetricsRoutes {
    let graphs: any GraphSource

    func add(to router: Router<BasicRequestContext>) {
        router.get("/metrics") { request, _ in
            try QueryItems(request.uri.query).requireNone()
            // The whole store at the default level is what pages show first, so it is kept anyway.
            let graph = try await graphs.snapshot(for: GraphQuery()).graph
            return Representation(
                contentType: "text/plain; version=0.0.4; charset=utf-8",
                bytes: Array(MetricsText.write(graph).utf8)
            )
            .response(to: request)
        }
    }
}
