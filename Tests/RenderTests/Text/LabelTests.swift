// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Render
import TestKit
import Testing

@Suite struct `Labels` {
    private static func edge(_ change: (inout Edge) -> Void) -> EdgeLabel {
        var edge = Edge(
            client: "internet",
            server: "node/a",
            port: 443,
            transport: .tcp,
            direction: .observed
        )
        edge.observedSeconds = 10
        change(&edge)
        return EdgeLabel(edge)
    }

    @Test func `of an edge with requests tell rate, errors and p95`() {
        let label = Self.edge { edge in
            var metrics = ProtocolMetrics()
            metrics.outcomes.ok = 95
            metrics.outcomes.serverError = 5
            metrics.latency.record(nanoseconds: 20_000_000)
            edge.metrics.protocols[.http] = metrics
        }
        #expect(label.title == "http :443")
        #expect(label.figures == ["10/s", "5 %", "p95 20 ms"])
    }

    @Test func `of an edge without requests tell attempts and what became of them`() {
        let label = Self.edge { edge in
            edge.metrics.connections.established = 1
            edge.metrics.connections.refused = 2
            edge.metrics.connections.unreachable = 1
        }
        #expect(label.title == "tcp :443")
        #expect(label.figures == ["4 connects", "2 refused", "1 unreachable"])
    }

    @Test func `of an edge that only was there tell its bytes`() {
        #expect(Self.edge { $0.metrics.bytes.sent = 1_500 }.figures == ["1.5 kB"])
        #expect(Self.edge { _ in }.figures.isEmpty)
    }

    @Test func `count requests where nobody was watching`() {
        let label = Self.edge { edge in
            edge.observedSeconds = 0
            edge.metrics.protocols[.dns] = ProtocolMetrics()
            edge.metrics.protocols[.dns]?.outcomes.ok = 7
        }
        #expect(label.figures == ["7 requests"])
    }

    @Test func `of a node tell how it was identified`() {
        var node = Node(id: "ip/192.0.2.1", kind: .ip, name: "192.0.2.1", identifiedBy: .nothing)
        #expect(NodeLabel(node).detail == "address · not in inventory")
        node = Node(id: "pod/a/b", kind: .pod, name: "b", namespace: "a", identifiedBy: .inventory)
        node.addresses = [IPAddress(v4: 0x0A00_0001)]
        node.isInferred = true
        #expect(NodeLabel(node).detail == "pod · 10.0.0.1 · inferred")
    }

    @Test func `of boxes begin with the cluster where ids do`() {
        let nodes = ["workload/shop/Deployment/a", "east/workload/shop/Deployment/a"].map {
            Node(id: $0, kind: .workload, name: "a", namespace: "shop", identifiedBy: .inventory)
        }
        #expect(NodeGroups(nodes).groups.map(\.name) == ["east/shop", "shop"])
    }

    @Test func `of boxes by a label are its values, and what has none stands outside`() {
        let nodes = ["a", nil, "b", "a"].enumerated().map { index, box in
            var node = Node(
                id: "pod/shop/\(index)",
                kind: .pod,
                name: "x",
                namespace: "shop",
                identifiedBy: .inventory
            )
            node.box = box
            return node
        }
        let groups = NodeGroups(nodes, byLabel: true)
        #expect(groups.groups.map(\.name) == ["a", "b"])
        #expect(groups.groups.map(\.nodes) == [[0, 3], [2]])
        #expect(groups.ungrouped == [1])
    }

    @Test(arguments: [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")])
    func `hash by FNV-1a`(text: String, expected: String) {
        #expect(StableID.hash(text) == expected)
    }

    @Test func `are measured generously`() {
        // Widths of "nginx" in Liberation Sans Bold and DejaVu Sans at 13 points.
        #expect(FontMetrics.width("nginx", size: 13) >= 35)
        // Widths of "12.5/s" at 10 points in DejaVu Sans Bold by rsvg-convert: bold text is wider.
        #expect(FontMetrics.width("12.5/s", size: 10, isBold: true) >= 34.2)
        #expect(FontMetrics.width("12.5/s", size: 10) < 34.2)
        #expect(FontMetrics.width("日本", size: 10) >= 20)
        #expect(FontMetrics.width("e\u{301}", size: 10) == FontMetrics.width("e", size: 10))
        let name = String(repeating: "m", count: 60)
        let shown = FontMetrics.fit(name, size: 13, maximumWidth: 200)
        #expect(FontMetrics.width(shown, size: 13) <= 200)
        #expect(shown.contains("\u{2026}"))
    }
}
