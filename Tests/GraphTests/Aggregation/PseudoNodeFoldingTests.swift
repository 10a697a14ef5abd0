// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit
import Testing

@Suite struct `Folding peers that nobody knows` {
    /// A graph of one call from each address to web.
    static func graph(
        _ clients: [String],
        names: [(ip: String, name: String)] = [],
        fold policy: PseudoNodePolicy = .automatic,
        namespaces: Set<String> = []
    ) -> ServiceGraph {
        var builder = GraphBuilder(
            window: Shop.window(0),
            query: GraphQuery(level: .workload, namespaces: namespaces, folding: policy),
            inventory: Shop.inventory,
            names: names.map { NameObservation(endpoint: Shop.endpoint($0.ip), name: $0.name, source: .dns) }
        )
        builder.add(Shop.report(0, clients.map { Shop.row($0, "10.1.0.11", 8_080) }))
        return builder.build()
    }

    static func pseudo(_ graph: ServiceGraph) -> [String: Int] {
        let nodes = graph.nodes.filter(\.kind.isPseudo)
        return Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0.members) })
    }

    static func addresses(_ count: Int, _ prefix: String) -> [String] {
        (0..<count).map { "\(prefix)\($0 / 200).\($0 % 200)" }
    }

    @Test func `fifty stay as they are`() {
        let graph = Self.graph(Self.addresses(50, "198.51."))
        #expect(Self.pseudo(graph).count == 50)
        #expect(graph.nodes.allSatisfy { $0.members == 0 })
    }

    @Test func `more become ranges, with what they hold and all their calls`() throws {
        let graph = Self.graph(Self.addresses(300, "198.51.") + ["203.0.113.9", "fd00::1", "fd00::2"])
        #expect(
            Self.pseudo(graph) == [
                "cidr/198.51.0.0/24": 200, "cidr/198.51.1.0/24": 100, "ip/203.0.113.9": 0,
                "cidr/fd00::/64": 2,
            ]
        )
        #expect(graph.edges.map(\.requests).reduce(0, +) == 303)
        let range = try #require(graph.nodes.first { $0.id == "cidr/198.51.1.0/24" })
        #expect(range.kind == .cidr && range.name == "198.51.1.0/24" && range.identifiedBy == .nothing)
        #expect(range.addresses.count == Node.maximumAddresses)
    }

    @Test func `names are folded first, which may be enough`() {
        let names = (0..<60).map { (ip: "198.51.100.\($0)", name: "host\($0).example.com") }
        let graph = Self.graph(names.map(\.ip) + ["198.51.100.100"], names: names)
        #expect(Self.pseudo(graph) == ["domain/example.com": 60, "ip/198.51.100.100": 0])
        #expect(graph.nodes.first { $0.id == "domain/example.com" }?.identifiedBy == .dns)
    }

    @Test func `what is public becomes the internet where ranges are too many, what is private stays`() {
        let outside = (0..<120).map { "198.\($0).7.1" }
        let inside = ["172.20.0.1", "172.20.0.2", "172.21.0.1"]
        let names = [
            (ip: "198.200.0.1", name: "a.example.com"), (ip: "172.22.0.1", name: "nas.home.lan"),
            (ip: "172.22.0.2", name: "tv.home.lan"),
        ]
        let graph = Self.graph(outside + inside + names.map(\.ip), names: names)
        #expect(
            Self.pseudo(graph) == [
                "internet": 121, "cidr/172.20.0.0/24": 2, "ip/172.21.0.1": 0, "domain/home.lan": 2,
            ]
        )
    }

    @Test(arguments: PseudoNodePolicy.allCases)
    func `goes as far as it is told, however few there are`(policy: PseudoNodePolicy) {
        let names = [
            (ip: "198.51.100.1", name: "a.example.com"), (ip: "198.51.100.2", name: "b.example.com"),
        ]
        let graph = Self.graph(
            names.map(\.ip) + ["203.0.113.1", "203.0.113.2", "192.168.9.1"],
            names: names,
            fold: policy
        )
        let expected: [String: Int] =
            switch policy {
            case .automatic, .none:
                [
                    "domain/a.example.com": 0, "domain/b.example.com": 0, "ip/203.0.113.1": 0,
                    "ip/203.0.113.2": 0, "ip/192.168.9.1": 0,
                ]
            case .domain:
                ["domain/example.com": 2, "ip/203.0.113.1": 0, "ip/203.0.113.2": 0, "ip/192.168.9.1": 0]
            case .cidr: ["domain/example.com": 2, "cidr/203.0.113.0/24": 2, "ip/192.168.9.1": 0]
            case .internet: ["internet": 4, "ip/192.168.9.1": 0]
            }
        #expect(Self.pseudo(graph) == expected)
    }

    @Test func `can be undone`() {
        let clients = Self.addresses(300, "198.51.")
        #expect(Self.pseudo(Self.graph(clients, fold: .none)).count == 300)
    }

    @Test func `counts only what the view shows`() {
        let clients = Self.addresses(60, "198.51.")
        var builder = GraphBuilder(
            window: Shop.window(0),
            query: GraphQuery(namespaces: ["batch"]),
            inventory: Shop.inventory,
            names: []
        )
        builder.add(
            Shop.report(
                0,
                clients.map { Shop.row($0, "10.1.0.11", 8_080) } + [
                    Shop.row("198.51.0.1", "10.1.0.14", 80), Shop.row("198.51.0.2", "10.1.0.14", 80),
                ]
            )
        )
        #expect(Self.pseudo(builder.build()) == ["ip/198.51.0.1": 0, "ip/198.51.0.2": 0])
    }

    @Test func `an edge of a folded node has its examples`() throws {
        var rows = Self.addresses(60, "198.51.").map { Shop.row($0, "10.1.0.11", 8_080) }
        rows[3].samples.offer(
            TransactionSample(
                applicationProtocol: .http,
                operation: "GET /",
                outcome: .ok,
                at: Shop.at(1),
                ended: 1
            )
        )
        let builder = Shop.builder([Shop.report(0, rows)], windows: 1)
        let edge = try #require(builder.build().edges.first)
        #expect(edge.client == "cidr/198.51.0.0/24")
        #expect(builder.samples { $0 == edge.id }.count == 1)
    }

    @Test(arguments: UInt64(1)...20)
    func `is the same in any order`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let clients = Self.addresses(40, "198.51.") + (0..<40).map { "10.\($0).0.1" }
        #expect(Self.graph(clients.shuffled(using: &generator)) == Self.graph(clients))
    }

    @Test func `two clusters are not mixed`() {
        let clients = Self.addresses(60, "198.51.")
        var builder = GraphBuilder(
            window: Shop.window(0),
            query: GraphQuery(),
            inventory: Shop.inventory,
            names: []
        )
        for cluster in ["default", "other"] {
            let rows = clients.map { client in
                var row = Shop.row(client, "10.1.0.11", 8_080)
                row.key = EdgeKey(
                    client: Shop.endpoint(client, scope: cluster),
                    server: Shop.endpoint("10.1.0.11", scope: cluster),
                    port: 8_080,
                    transport: .tcp,
                    orientation: .observed
                )
                return row
            }
            builder.add(Shop.report(0, rows, reporter: cluster, cluster: cluster))
        }
        let nodes = Self.pseudo(builder.build())
        #expect(nodes["default/cidr/198.51.0.0/24"] == 60)
        #expect(nodes["other/cidr/198.51.0.0/24"] == 60)
    }
}
