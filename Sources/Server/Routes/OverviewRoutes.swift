// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Hummingbird

/// `/api/v1/overview`: what a page must know before it asks for a graph.
struct OverviewRoutes {
    let graphs: any GraphSource

    func add(to router: Router<BasicRequestContext>) {
        router.get("/api/v1/overview") { request, _ in
            try QueryItems(request.uri.query).requireNone()
            // The whole store at the default level is what pages show first, so it is kept anyway.
            let snapshot = try await graphs.snapshot(for: GraphQuery())
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let bytes = Array(try encoder.encode(Overview(of: snapshot)))
            return Representation(contentType: "application/json", bytes: bytes).response(to: request)
        }
    }
}

/// The document of `/api/v1/overview`, described in `docs/formats/http-api.md`.
private struct Overview: Encodable {
    struct ReporterEntry: Encodable {
        let id: String
        let name: String
    }

    let version = 1
    /// Absent while the store is empty.
    let from: String?
    let to: String?
    let levels = GraphLevel.allCases.map(\.rawValue)
    let namespaces: [String]
    let reporters: [ReporterEntry]

    init(of snapshot: GraphSnapshot) {
        from = snapshot.stored?.start.description
        to = snapshot.stored?.end.description
        namespaces = Set(snapshot.graph.nodes.compactMap(\.namespace)).sorted()
        reporters = snapshot.reporters.map { ReporterEntry(id: $0.id, name: $0.name) }
    }
}
