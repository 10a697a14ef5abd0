// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `Levels of a graph` {
    /// The client and server ids of the only edge that a row makes.
    static func ends(_ row: EdgeRow, _ level: GraphLevel) -> [String] {
        Shop.graph([Shop.report(0, [row])], level: level).edges.flatMap { [$0.client, $0.server] }
    }

    static let viaService = Shop.row(
        "10.1.0.12",
        "10.1.1.11",
        8_080,
        dialled: [("10.96.0.11", 80, 3)]
    )

    @Test(arguments: [
        (GraphLevel.pod, "pod/shop/api-587d4bdd99-ccccc", "pod/shop/web-587d4bdd99-bbbbb"),
        (.workload, "workload/shop/Deployment/api", "workload/shop/Deployment/web"),
        // Two Services select the api pod, so as a client it is its workload.
        (.service, "workload/shop/Deployment/api", "service/shop/web"),
        (.namespace, "namespace/shop", "namespace/shop"),
        (.node, "node/n1", "node/n2"),
    ])
    func `show a call through a Service`(level: GraphLevel, client: String, server: String) {
        #expect(Self.ends(Self.viaService, level) == [client, server])
    }

    @Test func `at level service take the only Service of a pod that was dialled directly`() {
        #expect(
            Self.ends(Shop.row("10.1.0.11", "10.1.1.13", 5_432), .service) == [
                "service/shop/web", "service/shop/db",
            ]
        )
        let direct = Shop.row("10.1.0.11", "10.1.0.12", 8_000, dialled: [("10.1.0.12", 8_000, 2)])
        #expect(Self.ends(direct, .service) == ["service/shop/web", "workload/shop/Deployment/api"])
        let dialled = Shop.row("10.1.0.11", "10.1.0.12", 8_000, dialled: [("10.96.0.12", 8_000, 2)])
        #expect(Self.ends(dialled, .service) == ["service/shop/web", "service/shop/api"])
        let none = Shop.row("10.1.0.14", "10.1.1.13", 5_432)
        #expect(Self.ends(none, .service) == ["workload/batch/Pod/cron", "service/shop/db"])
    }

    @Test(arguments: [
        (GraphLevel.pod, "service/shop/web"), (.workload, "service/shop/web"), (.service, "service/shop/web"),
        (.namespace, "namespace/shop"), (.node, "service/shop/web"),
    ])
    func `make a dialled address that nothing answered for the server`(level: GraphLevel, server: String) {
        let row = Shop.row("10.1.0.14", "10.96.0.11", 1_234, requests: 0, dialled: [("10.96.0.11", 1_234, 2)])
        #expect(Self.ends(row, level).last == server)
    }

    @Test(arguments: GraphLevel.allCases)
    func `keep nodes and pseudo-nodes as they are`(level: GraphLevel) {
        let row = Shop.row("10.1.0.1", "203.0.113.9", 443)
        #expect(Self.ends(row, level) == ["node/n1", "ip/203.0.113.9"])
    }

    @Test func `tell of each node what it is`() {
        let graph = Shop.graph(
            [Shop.report(0, [Self.viaService, Shop.row("10.1.0.11", "203.0.113.9", 443)])],
            names: [
                NameObservation(endpoint: Shop.endpoint("203.0.113.9"), name: "pay.example", source: .tls)
            ]
        )
        #expect(
            graph.nodes.map(\.id) == [
                "domain/pay.example", "workload/shop/Deployment/api", "workload/shop/Deployment/web",
            ]
        )
        #expect(graph.nodes.map(\.kind) == [.domain, .workload, .workload])
        #expect(graph.nodes.map(\.name) == ["pay.example", "api", "web"])
        #expect(graph.nodes.map(\.namespace) == [nil, "shop", "shop"])
        #expect(graph.nodes.map(\.workloadKind) == [nil, "Deployment", "Deployment"])
        #expect(graph.nodes.map(\.identifiedBy) == [.tls, .inventory, .inventory])
        #expect(graph.nodes[2].addresses == [Shop.address("10.1.0.11"), Shop.address("10.1.1.11")])
    }

    @Test func `keep an edge to itself`() {
        let row = Shop.row("10.1.0.11", "10.1.0.11", 8_080, dialled: [("10.96.0.11", 80, 1)])
        #expect(Self.ends(row, .pod) == ["pod/shop/web-587d4bdd99-aaaaa", "pod/shop/web-587d4bdd99-aaaaa"])
    }

    @Test func `cap the addresses of a node`() {
        let rows = (0..<200).map { Shop.row("198.51.100.\($0)", "10.1.0.11", 80) }
        let names = (0..<200).map {
            NameObservation(endpoint: Shop.endpoint("198.51.100.\($0)"), name: "crowd.example", source: .dns)
        }
        let node = Shop.graph([Shop.report(0, rows)], names: names).nodes.first { $0.kind == .domain }
        #expect(node?.addresses == (0..<64).map { Shop.address("198.51.100.\($0)") })
    }

    @Test func `put the cluster before ids where a view holds several`() {
        let one = Shop.report(0, [Shop.row("10.1.0.14", "10.1.0.11", 80, dialled: [("10.96.0.11", 80, 1)])])
        #expect(Shop.graph([one]).edges.map(\.client) == ["workload/batch/Pod/cron"])
        var two = Shop.report(0, [], reporter: "b", cluster: "east")
        #expect(Shop.graph([one, two]).edges.map(\.client) == ["workload/batch/Pod/cron"])
        let key = EdgeKey(
            client: Shop.endpoint("10.1.0.14", scope: "east"),
            server: Shop.endpoint("10.1.0.11", scope: "east"),
            port: 80,
            transport: .tcp,
            orientation: .observed
        )
        two.edges = [EdgeRow(key: key)]
        let graph = Shop.graph([one, two])
        #expect(graph.edges.map(\.client) == ["default/workload/batch/Pod/cron", "east/ip/10.1.0.14"])
        #expect(graph.edges[0].dialled.map(\.id) == ["default/service/shop/web"])
    }

    @Test func `keep the loopback addresses of two machines apart`() {
        func loopback(_ reporter: String) -> WindowReport {
            let end = Shop.endpoint("127.0.0.1", scope: reporter)
            let key = EdgeKey(client: end, server: end, port: 80, transport: .tcp, orientation: .observed)
            return Shop.report(0, [EdgeRow(key: key)], reporter: reporter)
        }
        #expect(Shop.graph([loopback("a")]).nodes.map(\.id) == ["ip/127.0.0.1"])
        #expect(
            Shop.graph([loopback("a"), loopback("b")]).nodes.map(\.id) == [
                "ip/127.0.0.1%a", "ip/127.0.0.1%b",
            ]
        )
    }
}

@Suite struct `What clients dialled` {
    static func dialled(_ row: EdgeRow, _ level: GraphLevel = .workload) -> [Edge.Dialled] {
        Shop.graph([Shop.report(0, [row])], level: level).edges.flatMap(\.dialled)
    }

    @Test(arguments: GraphLevel.allCases)
    func `is the Service, and not the pod that answered for it`(level: GraphLevel) {
        #expect(
            Self.dialled(`Levels of a graph`.viaService, level)
                == [Edge.Dialled(id: "service/shop/web", port: 80, connections: 3)]
        )
    }

    @Test func `is the pod for those who used its address`() {
        let mixed = Shop.row(
            "10.1.0.12",
            "10.1.0.11",
            8_080,
            dialled: [("10.96.0.11", 80, 3), ("10.1.0.11", 8_080, 2)]
        )
        #expect(
            Self.dialled(mixed) == [
                Edge.Dialled(id: "service/shop/web", port: 80, connections: 3),
                Edge.Dialled(id: "workload/shop/Deployment/web", port: 8_080, connections: 2),
            ]
        )
        #expect(Self.dialled(mixed, .node).map(\.id) == ["node/n1", "service/shop/web"])
    }

    @Test func `is known of connections that began before the range`() {
        let row = Shop.row("10.1.0.14", "10.1.0.11", 8_080, dialled: [("10.96.0.11", 80, 0)])
        #expect(Self.dialled(row) == [Edge.Dialled(id: "service/shop/web", port: 80, connections: 0)])
        let graph = Shop.graph([Shop.report(0, [row])], level: .service)
        #expect(graph.edges.map(\.server) == ["service/shop/web"])
    }

    @Test func `is the Service for a NodePort, beside its cluster port`() {
        let row = Shop.row(
            "172.20.0.1",
            "10.1.0.11",
            8_080,
            dialled: [("192.168.0.1", 30_080, 20), ("192.168.0.2", 30_080, 1), ("10.96.0.11", 80, 2)]
        )
        #expect(
            Self.dialled(row) == [
                Edge.Dialled(id: "service/shop/web", port: 80, connections: 2),
                Edge.Dialled(id: "service/shop/web", port: 30_080, connections: 21),
            ]
        )
    }

    @Test func `at level service decides by the most connections`() {
        let row = Shop.row(
            "10.1.0.14",
            "10.1.0.11",
            8_080,
            dialled: [("10.96.0.11", 80, 2), ("10.96.0.12", 80, 3)]
        )
        #expect(
            Shop.graph([Shop.report(0, [row])], level: .service).edges.map(\.server) == ["service/shop/api"]
        )
    }
}

@Suite struct `Counting over windows and reporters` {
    static func gauged(_ value: UInt64, client: String = "10.1.0.14") -> EdgeRow {
        var row = Shop.row(client, "10.1.0.11", 8_080)
        (row.metrics.connections.open, row.metrics.connections.pending) = (value, value)
        row.metrics.protocols[.http]?.inFlight = value
        return row
    }

    static func gauges(_ reports: [WindowReport]) -> [UInt64] {
        let edges = Shop.graph(reports).edges
        guard edges.count == 1, let edge = edges.first else { return [] }
        return [edge.metrics.connections.open, edge.metrics.connections.pending, edge.inFlight]
    }

    @Test func `takes gauges from the last window only`() {
        #expect(
            Self.gauges([Shop.report(0, [Self.gauged(5)]), Shop.report(1, [Self.gauged(2)])]) == [2, 2, 2]
        )
        #expect(
            Self.gauges([Shop.report(1, [Self.gauged(2)]), Shop.report(0, [Self.gauged(5)])]) == [2, 2, 2]
        )
        // Nothing said in the last window means none left.
        #expect(Self.gauges([Shop.report(0, [Self.gauged(5)]), Shop.report(2, [])]) == [0, 0, 0])
    }

    @Test func `adds gauges of late reports and of other reporters`() {
        let late = Shop.report(1, [Self.gauged(3)], sequence: 1)
        #expect(Self.gauges([Shop.report(1, [Self.gauged(2)]), late]) == [5, 5, 5])
        let other = Shop.report(0, [Self.gauged(4)], reporter: "b")
        #expect(Self.gauges([Shop.report(1, [Self.gauged(2)]), other]) == [6, 6, 6])
    }

    @Test func `ignores windows outside the range and repeated reports`() {
        let inside = Shop.report(1, [Shop.row("10.1.0.14", "10.1.0.11", 80)])
        let graph = Shop.graph([inside, inside, Shop.report(-1, inside.edges), Shop.report(6, inside.edges)])
        #expect(graph.edges.map(\.requests) == [1])
        #expect(graph.coverage.frames == 10)
    }

    @Test func `takes a client's row from the reporter that is nearest to it`() {
        let row = Shop.row("10.1.0.12", "10.1.1.11", 8_080)
        func requests(_ mine: Locality?, _ theirs: Locality?) -> UInt64 {
            let reports = [("a", mine), ("b", theirs)].map { reporter, locality in
                Shop.report(0, [row], reporter: reporter, local: locality.map { [("10.1.0.12", $0)] } ?? [])
            }
            return Shop.graph(reports).edges.reduce(0) { $0 + $1.requests }
        }
        #expect(requests(.own, nil) == 1)
        #expect(requests(nil, .own) == 1)
        #expect(requests(.own, .adjacent) == 1)
        #expect(requests(.adjacent, nil) == 1)
        #expect(requests(.own, .own) == 2)
        #expect(requests(.adjacent, .adjacent) == 2)
        #expect(requests(nil, nil) == 2)
    }

    @Test func `lets a reporter speak in windows where no nearer one did`() {
        let row = Shop.row("10.1.0.12", "10.1.1.11", 8_080)
        let reports = [
            Shop.report(0, [row], reporter: "near", local: [("10.1.0.12", .own)]),
            Shop.report(0, [row], reporter: "far"), Shop.report(1, [row], reporter: "far"),
        ]
        #expect(Shop.graph(reports).edges.map(\.requests) == [2])
    }

    @Test func `takes localities of late reports into account`() {
        let row = Shop.row("10.1.0.12", "10.1.1.11", 8_080)
        let reports = [
            Shop.report(0, [row], reporter: "far"),
            Shop.report(0, [row], reporter: "near"),
            Shop.report(0, [], reporter: "near", sequence: 1, local: [("10.1.0.12", .adjacent)]),
        ]
        #expect(Shop.graph(reports).edges.map(\.requests) == [1])
    }

    @Test func `divides by the time that the edge's reporters watched`() {
        let row = Shop.row("10.1.0.14", "10.1.0.11", 80)
        let other = Shop.row("10.1.0.12", "10.1.0.11", 80)
        let half = Window(start: Shop.at(0), end: Shop.at(5))
        let late = Window(start: Shop.at(4), end: Shop.at(4))
        let graph = Shop.graph([
            Shop.report(0, [row], reporter: "a", observed: half),
            Shop.report(0, [row], reporter: "a", sequence: 1, observed: late),
            Shop.report(0, [other], reporter: "b", observed: Window(start: Shop.at(2), end: Shop.at(10))),
            Shop.report(3, [], reporter: "a"),
            Shop.report(4, [row], reporter: "c", observed: Window(start: Shop.at(0), end: Shop.at(1_000))),
        ])
        // a: 0 to 5 and 30 to 40; b: 2 to 10; c: clipped to the range, 0 to 60.
        #expect(graph.observedSeconds == 60)
        #expect(graph.edges.map(\.observedSeconds) == [60, 8])
        #expect(graph.edges.map(\.client) == ["workload/batch/Pod/cron", "workload/shop/Deployment/api"])
        let fewer = Shop.graph([
            Shop.report(0, [row], observed: half), Shop.report(3, [row]),
            Shop.report(0, [other], reporter: "b", observed: Window(start: Shop.at(2), end: Shop.at(10))),
        ])
        #expect(fewer.observedSeconds == 20)
        #expect(fewer.edges.map(\.observedSeconds) == [15, 8])
        #expect(fewer.edges[0].rate == 2 / 15.0)
    }

    @Test func `keeps edges with an end in the namespaces asked for`() {
        let rows = [
            Shop.row("10.1.0.14", "10.1.0.11", 80), Shop.row("10.1.0.12", "10.1.0.11", 80),
            Shop.row("10.1.0.14", "203.0.113.9", 443), Shop.row("10.1.0.1", "203.0.113.8", 443),
        ]
        func requests(_ namespaces: Set<String>, _ level: GraphLevel) -> UInt64 {
            let graph = Shop.graph([Shop.report(0, rows)], level: level, namespaces: namespaces)
            #expect(Set(graph.nodes.map(\.id)) == Set(graph.edges.flatMap { [$0.client, $0.server] }))
            #expect(graph.coverage.frames == 10)
            return graph.edges.reduce(0) { $0 + $1.requests }
        }
        for level in GraphLevel.allCases {
            #expect(requests([], level) == 4)
            #expect(requests(["batch"], level) == 2)
            #expect(requests(["shop"], level) == 2)
            #expect(requests(["shop", "batch"], level) == 3)
            #expect(requests(["none"], level) == 0)
        }
    }

    @Test func `of nothing is an empty graph`() {
        let graph = Shop.graph([])
        #expect(graph.nodes.isEmpty && graph.edges.isEmpty)
        #expect(graph.observedSeconds == 0)
        #expect(graph.coverage == Coverage())
    }
}

@Suite struct `Turning undecided edges` {
    struct Case: Sendable {
        let originator: (String, UInt16)
        let responder: (String, UInt16)
        let isReversed: Bool
        var transport = TransportProtocol.tcp
    }

    static let cases: [Case] = [
        // The inventory: endpoints of a Service, a cluster address at any port, a NodePort.
        Case(originator: ("192.168.0.1", 6_443), responder: ("10.1.0.12", 40_000), isReversed: true),
        Case(originator: ("10.1.0.12", 40_000), responder: ("192.168.0.1", 6_443), isReversed: false),
        Case(originator: ("10.96.0.11", 1_234), responder: ("10.1.0.12", 443), isReversed: true),
        Case(originator: ("192.168.0.2", 30_080), responder: ("10.1.0.12", 443), isReversed: true),
        // A target port of a Service that selects the pod, against a well-known port.
        Case(originator: ("10.1.0.11", 8_080), responder: ("10.1.0.12", 443), isReversed: true),
        // Well-known ports.
        Case(originator: ("203.0.113.9", 443), responder: ("10.1.0.12", 40_000), isReversed: true),
        Case(
            originator: ("203.0.113.9", 53),
            responder: ("10.1.0.12", 40_000),
            isReversed: true,
            transport: .udp
        ),
        Case(
            originator: ("203.0.113.9", 22),
            responder: ("10.1.0.12", 40_000),
            isReversed: false,
            transport: .udp
        ),
        Case(originator: ("10.1.0.12", 22), responder: ("203.0.113.9", 443), isReversed: false),
        // Neither: who sent first.
        Case(originator: ("10.1.0.12", 50_000), responder: ("10.1.1.13", 40_000), isReversed: false),
        Case(originator: ("10.1.0.12", 0), responder: ("10.1.1.13", 0), isReversed: false, transport: .icmp),
    ]

    @Test(arguments: cases.indices)
    func `goes by inventory, then by custom, then by who sent first`(index: Int) {
        let test = Self.cases[index]
        let row = Shop.row(
            test.originator.0,
            test.responder.0,
            test.responder.1,
            transport: test.transport,
            orientation: .undecided,
            originatorPort: test.originator.1,
            requests: 0,
            dialled: [(test.responder.0, test.responder.1, 1)]
        )
        let edges = Shop.graph([Shop.report(0, [row])], level: .pod).edges
        #expect(edges.count == 1)
        guard let edge = edges.first else { return }
        let server = test.isReversed ? test.originator : test.responder
        let expected = Shop.graph(
            [
                Shop.report(
                    0,
                    [Shop.row(test.isReversed ? test.responder.0 : test.originator.0, server.0, server.1)]
                )
            ],
            level: .pod
        ).edges[0]
        #expect((edge.client, edge.server) == (expected.client, expected.server))
        #expect(edge.port == server.1)
        #expect(edge.direction == .inferred)
        #expect(
            edge.metrics.bytes
                == DirectionalCount(sent: test.isReversed ? 900 : 100, received: test.isReversed ? 100 : 900)
        )
        #expect(edge.dialled.map(\.connections) == [1])
        #expect(edge.dialled.map(\.port) == [server.1])
    }

    @Test func `never turns what was observed or dissected`() {
        for orientation in [Orientation.observed, .dissected] {
            let row = Shop.row("192.168.0.1", "10.1.0.12", 40_000, orientation: orientation)
            let edges = Shop.graph([Shop.report(0, [row])], level: .pod).edges
            #expect(edges.map(\.client) == ["node/n1"])
            #expect(edges.map(\.direction) == [.observed])
        }
    }

    @Test func `merges with the observed edge, which decides`() {
        let observed = Shop.row("10.1.0.12", "10.1.1.13", 5_432, requests: 0)
        let reply = Shop.row(
            "10.1.1.13",
            "10.1.0.12",
            40_000,
            orientation: .undecided,
            originatorPort: 5_432,
            requests: 0
        )
        for order in [[observed, reply], [reply, observed]] {
            let reports = order.enumerated().map { Shop.report($0.offset, [$0.element]) }
            let edges = Shop.graph(reports).edges
            #expect(edges.map(\.direction) == [.observed])
            #expect(edges.map(\.metrics.bytes) == [DirectionalCount(sent: 1_000, received: 1_000)])
        }
        #expect(Shop.graph([Shop.report(0, [reply])]).edges.map(\.direction) == [.inferred])
    }

    @Test func `asks for the locality of the client it found`() {
        // Each reporter saw another side send first; the client is local to one of them.
        let asked = Shop.row(
            "10.1.0.12",
            "10.1.1.13",
            5_432,
            orientation: .undecided,
            originatorPort: 40_000,
            requests: 0
        )
        let answered = Shop.row(
            "10.1.1.13",
            "10.1.0.12",
            40_000,
            orientation: .undecided,
            originatorPort: 5_432,
            requests: 0
        )
        let reports = [
            Shop.report(0, [asked], reporter: "client", local: [("10.1.0.12", .own)]),
            Shop.report(0, [answered], reporter: "server", local: [("10.1.1.13", .own)]),
        ]
        #expect(
            Shop.graph(reports).edges.map(\.metrics.bytes) == [DirectionalCount(sent: 100, received: 900)]
        )
    }
}
