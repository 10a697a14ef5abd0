// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit

/// Graphs of any size with hubs, as real maps have them: the same for the same seed.
enum CrowdedGraph {
    static func make(nodes count: Int, edges: Int, seed: UInt64) -> ServiceGraph {
        var state = seed
        // SeededGenerator: small, and the same everywhere.
        func next(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((bits ^ (bits >> 31)) % UInt64(bound))
        }
        let nodes = (0..<count).map { index in
            Node(
                id: "workload/team-\(index % max(1, count / 25))/Deployment/service-\(index)",
                kind: .workload,
                name: "service-\(index)",
                namespace: "team-\(index % max(1, count / 25))",
                identifiedBy: .inventory
            )
        }
        var links: [Edge] = []
        for _ in 0..<edges {
            let client = next(count)
            let server = next(3) == 0 ? next(count) : next(max(1, count / 10))
            links.append(
                Edge(
                    client: nodes[client].id,
                    server: nodes[server].id,
                    port: UInt16(8_000 + links.count % 1_000),
                    transport: .tcp,
                    direction: .observed,
                    observedSeconds: 10
                )
            )
        }
        return ServiceGraph(
            window: ShopGraph.window,
            observedSeconds: 10,
            level: .workload,
            nodes: nodes,
            edges: links
        )
    }
}
