// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import FoundationXML
import TestKit
import Testing

/// The map of a real cluster beside what its clients and servers counted.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Example cluster` {
    let client = "workload/demo/Deployment/client"
    let nginx = "workload/demo/Deployment/nginx"
    let app = "workload/demo/Deployment/app"
    let redis = "workload/demo/Deployment/redis"
    let coredns = "workload/kube-system/Deployment/coredns"
    let node = "node/k8s-node-1"
    let apiServer = "service/default/kubernetes"
    let outside = "ip/172.31.250.1"

    @Test func `has exactly the true edges at level workload`() throws {
        let graph = try ExampleCluster.graph("workload")
        let expected: Set<String> = [
            "\(client)->\(nginx):80/tcp",
            "\(outside)->\(nginx):80/tcp",
            "\(nginx)->\(app):8000/tcp",
            "\(client)->\(app):8000/tcp",
            "\(app)->\(redis):6379/tcp",
            "\(client)->\(coredns):53/udp",
            "\(app)->\(coredns):53/udp",
            "\(node)->\(nginx):80/tcp",
            "\(node)->\(app):8000/tcp",
            "\(node)->\(coredns):8080/tcp",
            // Translated inside the node, where no interface shows the address behind.
            "\(coredns)->\(apiServer):443/tcp",
            "\(client)->service/demo/redis:1234/tcp",
        ]
        let found = Set(graph.edges.map(\.id))
        #expect(expected.subtracting(found) == [])
        // The node's own calls to itself and to the API server are in the capture too (lo, eth0).
        let others = found.subtracting(expected).filter { !$0.hasPrefix("\(node)->") }
        #expect(others == [])
    }

    @Test func `counts the client's calls to nginx as nginx's log does`() throws {
        let edge = try #require(try ExampleCluster.graph("workload").edge(client, nginx, 80))
        let http = try #require(edge.protocols.first { $0.protocol == "http" })
        #expect(http.started == 389)
        #expect(http.requests == 388)
        #expect(http.inFlight == 1)
        #expect(http.statuses == (try ExampleCluster.accessLog(client: "10.244.0.7")))
        #expect(http.outcomes.unanswered.clientGaveUp == 0 && http.outcomes.unanswered.serverClosed == 0)
        // 20 connections, one of which was open before the capture began.
        #expect(edge.connections.established == 19)
        #expect(edge.dialled.map(\.id) == ["service/demo/nginx"])
        #expect(edge.dialled.map(\.connections) == [20])
    }

    @Test func `tells the outside client from the kubelet behind the same address`() throws {
        let graph = try ExampleCluster.graph("workload")
        let outside = try #require(graph.edge(outside, nginx, 80))
        #expect(outside.requests == 20)
        #expect(outside.protocols.first?.statuses == ["200": 20])
        #expect(outside.dialled.map(\.id) == ["service/demo/nginx"])
        #expect(outside.dialled.map(\.port) == [30080])
        #expect(graph.edge(node, nginx, 80)?.requests == 12)
        #expect(graph.edge(node, app, 8000)?.requests == 23)
        #expect(graph.edge(node, coredns, 8080)?.requests == 12)
    }

    @Test func `counts nginx's upstream calls by pod`() throws {
        let workloads = try ExampleCluster.graph("workload")
        let upstream = try #require(workloads.edge(nginx, app, 8000))
        #expect(upstream.started == 341 && upstream.requests == 340 && upstream.inFlight == 1)
        #expect(workloads.edge(client, app, 8000)?.requests == 5)
        let pods = try ExampleCluster.graph("pod")
        func requests(_ server: String) -> Int? {
            pods.edge("pod/demo/nginx-5bbf77f788-zm9z4", "pod/demo/\(server)", 8000)?.started
        }
        #expect(requests("app-587d4bdd99-xzxdr") == 336)
        #expect(requests("app-587d4bdd99-msg5t") == 5)
    }

    @Test func `shows the call that nothing answered as unanswered`() throws {
        let edge = try #require(try ExampleCluster.graph("workload").edge(client, "service/demo/redis", 1234))
        #expect(edge.requests == 0)
        #expect(edge.connections.unanswered >= 1)
        #expect(edge.connections.established == 0)
    }

    @Test func `fails the lookup of no-such.demo.svc and no search-list step`() throws {
        let edge = try #require(try ExampleCluster.graph("workload").edge(client, coredns, 53))
        let dns = try #require(edge.protocols.first { $0.protocol == "dns" })
        #expect(dns.statuses["NXDOMAIN", default: 0] > 100)
        // A and AAAA of the one name that does not exist.
        #expect(dns.outcomes.clientError == 2)
        #expect(dns.outcomes.serverError == 0)
        #expect(dns.outcomes.unanswered.timedOut == 0)
        #expect(edge.health == "healthy")
    }

    @Test func `sees the one retransmission there was`() throws {
        let graph = try ExampleCluster.graph("workload")
        let retransmitted = graph.edges.reduce(0) { $0 + $1.retransmitted.sent + $1.retransmitted.received }
        #expect(retransmitted == 1)
        // It is the second SYN of the call that nothing answered; tshark, which does not join
        // sightings, counts 3,483.
        #expect(graph.edge(client, "service/demo/redis", 1234)?.retransmitted.sent == 1)
    }

    @Test func `accounts for every frame once`() throws {
        let coverage = try ExampleCluster.graph("workload").coverage
        #expect(coverage.frames == 17_584)
        #expect(
            coverage.frames == coverage.metered + coverage.duplicate + coverage.translated
                + coverage.notMetered + coverage.filtered + coverage.undecodable.values.reduce(0, +)
        )
        #expect(coverage.undecodable == [:])
    }

    @Test(arguments: ["pod", "workload", "service", "namespace", "node"])
    func `keeps the number of requests at every level`(level: String) throws {
        let graph = try ExampleCluster.graph(level)
        let pods = try ExampleCluster.graph("pod")
        #expect(graph.edges.reduce(0) { $0 + $1.requests } == pods.edges.reduce(0) { $0 + $1.requests })
        #expect(graph.level == level)
    }

    @Test func `calls the dialled Service the server at level service`() throws {
        let graph = try ExampleCluster.graph("service")
        #expect(graph.edge("service/demo/nginx", "service/demo/app", 8000)?.started == 341)
        #expect(graph.edge(client, "service/demo/nginx", 80)?.started == 389)
    }

    @Test func `changes nothing when imported again`() throws {
        let scratch = try TemporaryFolder()
        #expect(try Binary.run(ExampleCluster.arguments, in: scratch.url).status == 0)
        let before = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url).output
        #expect(try Binary.run(ExampleCluster.arguments, in: scratch.url).status == 0)
        #expect(try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url).output == before)
        #expect(before == (try ExampleCluster.export(["--json"]).output))
    }

    @Test func `gives the same map whichever of capture and inventory came first`() throws {
        let scratch = try TemporaryFolder()
        for arguments in [
            ["import", ExampleCluster.arguments[1]], ["import"] + ExampleCluster.arguments[2...3],
        ] {
            #expect(try Binary.run(arguments + ["--store", "map.db"], in: scratch.url).status == 0)
        }
        let export = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        #expect(export.output == (try ExampleCluster.export(["--json"]).output))
    }

    @Test func `reads standard input as it reads a file`() throws {
        let scratch = try TemporaryFolder()
        let capture = try Data(contentsOf: URL(filePath: Checkout.example + "/demo.pcap"))
        let run = try Binary.run(
            ["import", "-", "--inventory", Checkout.example + "/objects.json", "--store", "map.db"],
            input: capture,
            in: scratch.url
        )
        #expect(run.status == 0)
        let export = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        #expect(export.output == (try ExampleCluster.export(["--json"]).output))
    }

    @Test func `writes DOT that dot accepts, the same in every process`() throws {
        let first = try ExampleCluster.export(["--dot"])
        #expect(first.status == 0)
        #expect(first.output == (try ExampleCluster.export(["--dot"]).output))
        let drawn = try Binary.run("/usr/bin/dot", ["-Tplain"], input: first.output)
        #expect(drawn.status == 0)
        #expect(drawn.errors.isEmpty)
        #expect(
            drawn.text.split(separator: "\n").filter { $0.hasPrefix("edge ") }.count
                == (try ExampleCluster.graph("workload")).edges.count
        )
    }

    @Test func `writes SVG with every node and edge`() throws {
        let run = try ExampleCluster.export(["--svg"])
        #expect(run.status == 0)
        let document = try XMLDocument(data: run.output)
        let graph = try ExampleCluster.graph("workload")
        let edges = try document.nodes(forXPath: "//*[@data-edge]/@data-edge").compactMap(\.stringValue)
        let nodes = try document.nodes(forXPath: "//*[@data-node]/@data-node").compactMap(\.stringValue)
        #expect(Set(edges) == Set(graph.edges.map(\.id)))
        #expect(Set(nodes) == Set(graph.nodes.map(\.id)))
    }

    @Test func `filters by namespace and by time`() throws {
        let system = try GraphDocument(
            try ExampleCluster.export(["--json", "--namespace", "kube-system"]).output
        )
        #expect(!system.edges.isEmpty)
        #expect(
            system.edges.allSatisfy { $0.client.contains("kube-system") || $0.server.contains("kube-system") }
        )
        let half = try GraphDocument(
            try ExampleCluster.export(["--json", "--to", "2026-11-22T09:09:40Z"]).output
        )
        let rest = try GraphDocument(
            try ExampleCluster.export(["--json", "--from", "2026-11-22T09:09:40Z"]).output
        )
        let whole = try ExampleCluster.graph("workload")
        func requests(_ graph: GraphDocument) -> Int { graph.edges.reduce(0) { $0 + $1.requests } }
        #expect(requests(half) > 0 && requests(rest) > 0)
        #expect(requests(half) + requests(rest) == requests(whole))
    }
}
