// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
package import Graph

/// A small shop on one Kubernetes node, as a graph: every kind of trouble an edge can have, by
/// hand and without chance.
package enum ShopGraph {
    /// The range of the graph.
    package static let window = Window(
        start: Timestamp(rfc3339: "2026-11-22T09:09:10Z") ?? Timestamp(nanoseconds: 0),
        end: Timestamp(rfc3339: "2026-11-22T09:10:20Z") ?? Timestamp(nanoseconds: 0)
    )

    /// The graph at level workload.
    package static func make() -> ServiceGraph {
        var coverage = Coverage()
        coverage.frames = 15_412
        coverage.metered = 5_386
        coverage.duplicate = 6_010
        coverage.translated = 3_900
        coverage.notMetered = 114
        coverage.undecodable = ["truncated ip": 2]
        coverage.losses = [.oneSidedFlows: 3, .kernelDropped: 12]
        return ServiceGraph(
            window: window,
            observedSeconds: 59.8,
            level: .workload,
            nodes: nodes,
            edges: edges,
            coverage: coverage
        )
    }

    private static var nodes: [Node] {
        var node = Node(id: "node/k8s-node-1", kind: .node, name: "k8s-node-1", identifiedBy: .inventory)
        node.addresses = addresses("172.31.250.10")
        var outside = Node(
            id: "ip/172.31.250.1",
            kind: .ip,
            name: "172.31.250.1",
            identifiedBy: .nothing
        )
        outside.addresses = addresses("172.31.250.1")
        return [
            workload("demo", "client"), workload("demo", "nginx"), workload("demo", "app", addresses: 2),
            workload("demo", "redis", kind: "StatefulSet"), workload("kube-system", "coredns"),
            Node(
                id: "service/demo/redis",
                kind: .service,
                name: "redis",
                namespace: "demo",
                identifiedBy: .inventory
            ),
            Node(
                id: "service/default/kubernetes",
                kind: .service,
                name: "kubernetes",
                namespace: "default",
                identifiedBy: .inventory
            ),
            Node(
                id: "domain/api.payments.example",
                kind: .domain,
                name: "api.payments.example",
                identifiedBy: .dns
            ),
            Node(id: "internet", kind: .internet, name: "internet", identifiedBy: .nothing),
            node, outside,
        ]
    }

    private static var edges: [Edge] {
        let client = "workload/demo/Deployment/client"
        let nginx = "workload/demo/Deployment/nginx"
        let app = "workload/demo/Deployment/app"
        let redis = "workload/demo/StatefulSet/redis"
        let coredns = "workload/kube-system/Deployment/coredns"
        let node = "node/k8s-node-1"
        return [
            edge(client, nginx, 80, http(ok: 350, clientError: 28, serverError: 10, milliseconds: 4)) {
                edge in
                edge.dialled = [Edge.Dialled(id: "service/demo/nginx", port: 80, connections: 9)]
                edge.metrics.connections.established = 8
                edge.metrics.connections.refused = 1
                edge.metrics.protocols[.http]?.inFlight = 1
                edge.metrics.protocols[.http]?.started = 389
            },
            edge("ip/172.31.250.1", nginx, 80, http(ok: 20, milliseconds: 2)) { edge in
                edge.dialled = [Edge.Dialled(id: "node/k8s-node-1", port: 30_080, connections: 20)]
            },
            edge("internet", nginx, 80, http(ok: 2_400, serverError: 3, milliseconds: 9)),
            edge(nginx, app, 8_000, http(ok: 310, serverError: 34, milliseconds: 12)),
            edge(client, app, 8_000, http(ok: 5, milliseconds: 7)),
            edge(app, redis, 6_379, nil) { edge in
                edge.metrics.connections.established = 12
                edge.metrics.bytes = DirectionalCount(sent: 48_211, received: 1_203_944)
                edge.metrics.protocols[.redis] = cache
            },
            edge(client, coredns, 53, dns(ok: 52, clientError: 2), transport: .udp),
            edge(app, coredns, 53, dns(ok: 40, clientError: 0), transport: .udp),
            edge(node, nginx, 80, http(ok: 12, milliseconds: 1)),
            edge(node, app, 8_000, http(ok: 23, milliseconds: 1)),
            edge(node, coredns, 8_080, http(ok: 12, milliseconds: 1)),
            edge(coredns, "service/default/kubernetes", 443, nil) { edge in
                edge.direction = .inferred
                edge.metrics.connections.open = 1
                edge.metrics.bytes = DirectionalCount(sent: 900, received: 12_400)
            },
            edge(client, "service/demo/redis", 1_234, nil) { edge in
                edge.metrics.connections.unanswered = 3
            },
            edge(app, "domain/api.payments.example", 443, nil) { edge in
                edge.metrics.connections.established = 40
                edge.metrics.tlsHandshakes.attempted = 40
                edge.metrics.tlsHandshakes.completed = 38
                edge.metrics.tlsHandshakes.failed = ["bad_certificate": 2]
                edge.metrics.tlsHandshakes.resumed = 30
                for step in 0..<Int64(38) {
                    edge.metrics.tlsHandshakes.handshakeTime.record(nanoseconds: 9_000_000 + step * 310_000)
                }
                var tls = ProtocolMetrics()
                tls.recognized = 40
                edge.metrics.protocols[.tls] = tls
            },
        ]
    }

    private static func workload(
        _ namespace: String,
        _ name: String,
        kind: String = "Deployment",
        addresses count: Int = 1
    ) -> Node {
        var node = Node(
            id: "workload/\(namespace)/\(kind)/\(name)",
            kind: .workload,
            name: name,
            namespace: namespace,
            identifiedBy: .inventory
        )
        node.workloadKind = kind
        node.addresses = (0..<count).map { IPAddress(v4: 0x0AF4_0004 + UInt32($0)) }
        return node
    }

    private static func edge(
        _ client: String,
        _ server: String,
        _ port: UInt16,
        _ metrics: (ApplicationProtocol, ProtocolMetrics)?,
        transport: TransportProtocol = .tcp,
        change: (inout Edge) -> Void = { _ in }
    ) -> Edge {
        var edge = Edge(
            client: client,
            server: server,
            port: port,
            transport: transport,
            direction: .observed,
            observedSeconds: 59.8
        )
        if let (name, metrics) = metrics {
            edge.metrics.protocols[name] = metrics
            edge.metrics.bytes = DirectionalCount(
                sent: metrics.requests * 210,
                received: metrics.requests * 1_460
            )
            edge.metrics.packets = DirectionalCount(
                sent: metrics.requests * 2,
                received: metrics.requests * 2
            )
            if transport == .tcp {
                edge.metrics.connections.established = max(1, metrics.requests / 20)
                edge.metrics.connectTime.record(nanoseconds: 84_000)
            }
        }
        change(&edge)
        return edge
    }

    private static func http(
        ok: UInt64,
        clientError: UInt64 = 0,
        serverError: UInt64 = 0,
        milliseconds: Int64
    ) -> (ApplicationProtocol, ProtocolMetrics) {
        var metrics = ProtocolMetrics()
        metrics.outcomes.ok = ok
        metrics.outcomes.clientError = clientError
        metrics.outcomes.serverError = serverError
        metrics.started = metrics.requests
        metrics.statuses = ["200": ok, "404": clientError, "500": serverError].filter { $0.value > 0 }
        var operation = OperationMetrics()
        operation.outcomes = metrics.outcomes
        for step in 0..<Int64(metrics.requests) {
            // From a half to one and a half, with a slow twentieth.
            let nanoseconds = milliseconds * (500_000 + step * 7_919 % 1_000_000) * (step % 20 == 19 ? 5 : 1)
            metrics.latency.record(nanoseconds: nanoseconds)
            metrics.serverTime.record(nanoseconds: nanoseconds / 2)
            operation.latency.record(nanoseconds: nanoseconds)
        }
        metrics.operations = ["GET /items/{id}": operation]
        return (.http, metrics)
    }

    private static func dns(ok: UInt64, clientError: UInt64) -> (ApplicationProtocol, ProtocolMetrics) {
        var metrics = ProtocolMetrics()
        metrics.outcomes.ok = ok
        metrics.outcomes.clientError = clientError
        metrics.started = metrics.requests
        metrics.statuses = ["NOERROR": ok, "NXDOMAIN": clientError].filter { $0.value > 0 }
        for step in 0..<Int64(metrics.requests) {
            metrics.latency.record(nanoseconds: 400_000 + step * 13_000)
        }
        return (.dns, metrics)
    }

    /// Requests, set-up commands of a client library, and what a channel pushed.
    private static var cache: ProtocolMetrics {
        var metrics = ProtocolMetrics()
        metrics.recognized = 12
        metrics.session = 24
        metrics.messages = DirectionalCount(sent: 0, received: 310)
        metrics.outcomes.ok = 240
        metrics.started = 240
        for step in 0..<Int64(240) { metrics.latency.record(nanoseconds: 180_000 + step * 900) }
        return metrics
    }

    /// Transactions of the first edge: one of each fate.
    package static var samples: [TransactionSample] {
        let shown: [(Outcome, String?, UInt64?)] = [
            (.ok, "200", 4_000_000), (.serverError, "500", 61_000_000), (.clientError, "404", 2_500_000),
            (.timedOut, nil, nil),
        ]
        return shown.enumerated().map { number, sample in
            TransactionSample(
                applicationProtocol: .http,
                operation: "GET /items/{id}",
                outcome: sample.0,
                status: sample.1,
                at: window.end + -Int64(number + 1) * 2_000_000_000,
                requestEnd: 120_000,
                responseStart: sample.2.map { $0 - 1_000_000 },
                responseEnd: sample.2,
                ended: sample.2 ?? 60_000_000_000,
                requestBytes: 312,
                responseBytes: sample.2.map { _ in 5_120 },
                serverName: "nginx.demo",
                fields: sample.0 == .serverError ? fields : []
            )
        }
    }

    /// Header fields as somebody may have asked for, with what an attacker would send.
    package static let fields = [
        HeaderField(.request, "user-agent", "<img src=x onerror=alert(1)>"),
        HeaderField(.request, "x-request-id", "7f3a\"}]</script>"),
        HeaderField(.response, "server", "nginx"), HeaderField(.response, "location", "/items…"),
    ]

    private static func addresses(_ texts: String...) -> [IPAddress] { texts.compactMap(IPAddress.init) }
}
