// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// The project's own recordings against what is known to be true of them.
@Suite struct `A real cluster` {
    private func reports(_ name: String) throws -> [WindowReport]? {
        try Checkout.recording(name).map { try ClusterCapture.reports($0) }
    }

    @Test(arguments: [("demo.pcap", 17_584, 104 + 108), ("change.pcap", 22_717, 141 + 172)])
    func `legs are joined, and every frame is accounted for`(
        name: String,
        frames: UInt64,
        connections: UInt64
    ) throws {
        guard let path = Checkout.recording(name) else { return }
        var reports: [WindowReport] = []
        let engine = MeteringEngine(configuration: .init(), reporter: Reporter(id: "a", name: "a")) {
            reports.append($0)
        }
        var source = try SavefilePacketSource(path: path)
        while try source.read({ engine.account($0) }) != .ended {}
        engine.finish()
        #expect(engine.connectionCount == connections)
        #expect(reports.coverage.frames == frames)
        #expect(reports.isBalanced)
        #expect(reports.coverage.undecodable.isEmpty)
        #expect(reports.allSatisfy { $0.sequence == 0 })
    }

    @Test func `one call is one edge`() throws {
        guard let reports = try reports("demo.pcap") else { return }
        let pairs = Set(
            reports.edges.values.filter { !$0.key.client.address.description.hasPrefix("172.31.250.10") }.map(
                \.name
            )
        )
        #expect(
            pairs.sorted() == [
                "10.244.0.1 -> 10.244.0.2:8080", "10.244.0.1 -> 10.244.0.4:8000",
                "10.244.0.1 -> 10.244.0.5:8000", "10.244.0.1 -> 10.244.0.6:80",
                "10.244.0.2 -> 10.96.0.1:443", "10.244.0.4 -> 10.244.0.2:53",
                "10.244.0.4 -> 10.244.0.3:6379", "10.244.0.5 -> 10.244.0.3:6379",
                "10.244.0.6 -> 10.244.0.4:8000", "10.244.0.6 -> 10.244.0.5:8000",
                "10.244.0.7 -> 10.244.0.2:53", "10.244.0.7 -> 10.244.0.4:8000",
                "10.244.0.7 -> 10.244.0.5:8000", "10.244.0.7 -> 10.244.0.6:80",
                "10.244.0.7 -> 10.96.83.178:1234", "172.31.250.1 -> 10.244.0.6:80",
            ]
        )
    }

    private struct Truth {
        let edge: String
        let started: UInt64
        let requests: UInt64
        let inFlight: UInt64
        let dialled: Set<String>
    }

    @Test func `requests are those of the access log, each once`() throws {
        guard let reports = try reports("demo.pcap") else { return }
        let truths = [
            Truth(
                edge: "10.244.0.7 -> 10.244.0.6:80",
                started: 389,
                requests: 388,
                inFlight: 1,
                dialled: ["10.96.225.75:80"]
            ),
            Truth(
                edge: "172.31.250.1 -> 10.244.0.6:80",
                started: 20,
                requests: 20,
                inFlight: 0,
                dialled: ["172.31.250.10:30080"]
            ),
            Truth(
                edge: "10.244.0.6 -> 10.244.0.5:8000",
                started: 336,
                requests: 335,
                inFlight: 1,
                dialled: ["10.96.106.234:8000"]
            ),
            Truth(
                edge: "10.244.0.6 -> 10.244.0.4:8000",
                started: 5,
                requests: 5,
                inFlight: 0,
                dialled: ["10.96.106.234:8000"]
            ),
            Truth(
                edge: "10.244.0.7 -> 10.244.0.4:8000",
                started: 2,
                requests: 2,
                inFlight: 0,
                dialled: ["10.244.0.4:8000"]
            ),
            Truth(
                edge: "10.244.0.7 -> 10.244.0.5:8000",
                started: 3,
                requests: 3,
                inFlight: 0,
                dialled: ["10.244.0.5:8000"]
            ),
            Truth(
                edge: "10.244.0.1 -> 10.244.0.6:80",
                started: 12,
                requests: 12,
                inFlight: 0,
                dialled: ["10.244.0.6:80"]
            ),
            Truth(
                edge: "10.244.0.1 -> 10.244.0.5:8000",
                started: 11,
                requests: 11,
                inFlight: 0,
                dialled: ["10.244.0.5:8000"]
            ),
            Truth(
                edge: "10.244.0.1 -> 10.244.0.4:8000",
                started: 12,
                requests: 12,
                inFlight: 0,
                dialled: ["10.244.0.4:8000"]
            ),
            Truth(
                edge: "10.244.0.1 -> 10.244.0.2:8080",
                started: 12,
                requests: 12,
                inFlight: 0,
                dialled: ["10.244.0.2:8080"]
            ),
        ]
        for truth in truths {
            let rows = reports.edges.values.filter { $0.name == truth.edge }
            var sum = ProtocolMetrics()
            for row in rows { sum.merge(row.metrics.protocols[.http] ?? ProtocolMetrics()) }
            #expect(sum.started == truth.started, "\(truth.edge)")
            #expect(sum.requests == truth.requests, "\(truth.edge)")
            #expect(sum.inFlight == truth.inFlight, "\(truth.edge)")
            #expect(Set(rows.flatMap(\.dialledNames.keys)) == truth.dialled, "\(truth.edge)")
        }
    }

    @Test func `one SYN was retransmitted, and nothing else`() throws {
        guard let reports = try reports("demo.pcap") else { return }
        let repeated = reports.edges.values.filter { $0.metrics.retransmitted != DirectionalCount() }
        #expect(repeated.map(\.name) == ["10.244.0.7 -> 10.96.83.178:1234"])
        #expect(repeated.first?.metrics.retransmitted == DirectionalCount(sent: 1))
        #expect(repeated.first?.metrics.connections.unanswered == 1)
    }

    @Test func `two lookups fail, and no step of a search list does`() throws {
        guard let reports = try reports("demo.pcap") else { return }
        var sum = ProtocolMetrics()
        for row in reports.edges.values { sum.merge(row.metrics.protocols[.dns] ?? ProtocolMetrics()) }
        #expect(sum.requests == 216)
        #expect(sum.outcomes.clientError == 2)
        #expect(sum.statuses["NXDOMAIN"] == 164)
    }

    @Test func `frames that the bridge shows twice are one packet`() throws {
        guard let coverage = try reports("demo-cni0.pcap")?.coverage else { return }
        #expect(coverage.frames == 6_042)
        #expect(coverage.duplicate == 192)
        #expect(coverage.translated == 0)
        #expect(coverage.isBalanced)
    }

    @Test func `errors about a deleted pod are on the connection they quote`() throws {
        guard let reports = try reports("change.pcap") else { return }
        let quoted = reports.edges.values.filter { $0.metrics.connections.icmpErrors > 0 }
        #expect(quoted.map { $0.metrics.connections.icmpErrors } == [27])
    }

    @Test(arguments: ["demo2-node1-any.pcap", "demo2-node2-any.pcap"])
    func `a node knows its own pods from those of the other`(name: String) throws {
        guard let reports = try reports("two-nodes/\(name)") else { return }
        let addresses = Set(reports.flatMap(\.localAddresses).map { "\($0.endpoint.address)" })
        let (own, other) = name.contains("node1") ? ("10.244.0.", "10.244.1.") : ("10.244.1.", "10.244.0.")
        #expect(addresses.contains { $0.hasPrefix(own) })
        #expect(!addresses.contains { $0.hasPrefix(other) })
    }

    @Test func `the same input makes the same reports`() throws {
        guard let path = Checkout.recording("demo.pcap") else { return }
        #expect(try ClusterCapture.reports(path) == ClusterCapture.reports(path))
    }
}
