// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Render

extension LayoutRequest {
    /// A graph without a good order: its edges take strides that share no factor.
    ///
    /// With 900 nodes and 3,500 edges `dot` works on it for minutes.
    static func knot(nodes: Int, edges: Int, engine: LayoutRequest.Engine = .dot) -> LayoutRequest {
        LayoutRequest(
            engine: engine,
            attributes: "rankdir=LR, newrank=true",
            nodes: Array(repeating: LayoutRequest.Size(width: 120, height: 46), count: nodes),
            clusters: [],
            edges: (0..<edges).map {
                LayoutRequest.Edge(
                    tail: $0 * 7_919 % nodes,
                    head: ($0 * 104_729 + $0 / 3) % nodes,
                    label: LayoutRequest.Size(width: 90, height: 31)
                )
            }
        )
    }
}
