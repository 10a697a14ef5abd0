// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Hummingbird
import Render

/// `/api/v1/transactions`: sampled transactions of an edge or a view, page by page.
struct TransactionRoutes {
    let graphs: any GraphSource
    let now: @Sendable () -> Timestamp

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/transactions") { request, _ in
            let asked = try TransactionParameters(request.uri.query, now: now())
            let list = try await graphs.samples(
                ofEdge: asked.edge,
                matching: asked.filter,
                in: asked.graph
            )
            let text = TransactionsJSON.encode(
                list,
                edge: asked.edge,
                offset: asked.offset,
                limit: asked.limit
            )
            return Representation(.json, text).response(to: request)
        }
    }
}
