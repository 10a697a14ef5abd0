// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `Measures of an edge` {
    static func edge(_ change: (inout EdgeMetrics) -> Void = { _ in }) -> Edge {
        var metrics = EdgeMetrics()
        change(&metrics)
        return Edge(
            client: "ip/10.0.0.1",
            server: "ip/10.0.0.2",
            port: 80,
            transport: .tcp,
            direction: .observed,
            metrics: metrics
        )
    }

    static func answered(_ outcomes: [Outcome: Int]) -> Edge {
        edge { metrics in
            var http = ProtocolMetrics()
            for (outcome, count) in outcomes { for _ in 0..<count { http.outcomes.record(outcome) } }
            metrics.protocols[.http] = http
        }
    }

    @Test func `are absent without a denominator`() {
        let edge = Self.edge()
        #expect(edge.errorRate == nil)
        #expect(edge.failedConnectRate == nil)
        #expect(edge.failedTLSRate == nil)
        #expect(edge.rate == nil)
        #expect(edge.busiestProtocol == nil)
        #expect(HealthPolicy().health(of: edge) == .unknown)
    }

    @Test func `do not blame the server for a client that gave up`() {
        let edge = Self.answered([
            .ok: 6, .clientError: 1, .serverError: 1, .clientGaveUp: 1, .serverClosed: 1, .timedOut: 2,
        ])
        #expect(edge.requests == 12)
        #expect(edge.errorRate == 4 / 12.0)
    }

    @Test(arguments: [
        ([Outcome.ok: 100], Health.healthy), ([.ok: 100, .serverError: 1], .healthy),
        ([.ok: 1, .serverError: 1], .healthy),
        ([.ok: 98, .serverError: 2], .degraded), ([.ok: 199, .serverError: 2], .healthy),
        ([.ok: 198, .timedOut: 2], .degraded),
        ([.ok: 18, .serverError: 2], .failing), ([.ok: 19, .serverError: 2], .degraded),
        ([.clientGaveUp: 9], .healthy),
    ])
    func `make health by rate and by number`(outcomes: [Outcome: Int], health: Health) {
        #expect(HealthPolicy().health(of: Self.answered(outcomes)) == health)
    }

    @Test func `fail for connections and handshakes too`() {
        let refused = Self.edge { ($0.connections.established, $0.connections.refused) = (1, 2) }
        #expect(HealthPolicy().health(of: refused) == .failing)
        let alerts = Self.edge { metrics in
            (metrics.tlsHandshakes.attempted, metrics.tlsHandshakes.failed) = (
                100, ["bad_certificate": 1, "expired": 1]
            )
        }
        #expect(alerts.failedTLSRate == 0.02)
        #expect(HealthPolicy().health(of: alerts) == .degraded)
    }

    @Test func `name the busiest protocol, the first by name among equals`() {
        let edge = Self.edge { metrics in
            metrics.protocols[.http] = ProtocolMetrics()
            metrics.protocols[.dns] = ProtocolMetrics()
        }
        #expect(edge.busiestProtocol == .dns)
        var busy = edge
        busy.metrics.protocols[.http]?.outcomes.ok = 1
        #expect(busy.busiestProtocol == .http)
    }
}
