// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `Owning an address` {
    /// Whom the resolver names for 10.1.0.50 in a window, and whether it had to infer.
    static func owner(_ facts: [PodFact], in window: Window) -> (name: String?, isInferred: Bool) {
        let resolver = IdentityResolver(inventory: Shop.seen(facts.map(InventoryFact.pod)), names: [])
        let identity = resolver.identity(
            of: Shop.endpoint("10.1.0.50"),
            port: 0,
            transport: .tcp,
            as: .client,
            in: window
        )
        guard case .pod(let pod) = identity.subject else { return (nil, identity.isInferred) }
        return (pod.name, identity.isInferred)
    }

    static func instant(_ seconds: Double) -> Window {
        Window(start: Shop.at(seconds), end: Shop.at(seconds) + 1)
    }

    static func pod(_ name: String, from start: Double, to end: Double? = nil) -> PodFact {
        Shop.pod(name, ["10.1.0.50"], from: Shop.at(start), to: end.map(Shop.at))
    }

    @Test func `begins with the creation, rounded down to the second`() {
        let pods = [Self.pod("a", from: 5.9)]
        #expect(Self.owner(pods, in: Self.instant(5)).name == "a")
        #expect(Self.owner(pods, in: Self.instant(4.999)).name == nil)
        #expect(Self.owner(pods, in: Shop.window(0)).name == "a")
        #expect(Self.owner(pods, in: Shop.window(-1)).name == nil)
    }

    @Test func `is never of a pod that still waited for a node`() {
        var waiting = Self.pod("b", from: 10)
        waiting.scheduledAt = Shop.at(50)
        let pods = [Self.pod("a", from: 0, to: 40), waiting]
        #expect(Self.owner(pods, in: Self.instant(30)) == ("a", false))
        #expect(Self.owner(pods, in: Self.instant(45)) == ("a", true))
        #expect(Self.owner(pods, in: Self.instant(50)) == ("b", false))
    }

    @Test func `has no end where none is known`() {
        #expect(Self.owner([Self.pod("a", from: 0)], in: Shop.window(1_000_000)) == ("a", false))
    }

    @Test func `goes on for ten minutes after the end, and says so`() {
        let pods = [Self.pod("a", from: 0, to: 20)]
        #expect(Self.owner(pods, in: Self.instant(19)) == ("a", false))
        #expect(Self.owner(pods, in: Self.instant(20)) == ("a", true))
        #expect(Self.owner(pods, in: Self.instant(619.9)) == ("a", true))
        #expect(Self.owner(pods, in: Self.instant(620)).name == nil)
    }

    @Test func `ends when another pod takes it`() {
        let pods = [Self.pod("a", from: 0, to: 20), Self.pod("b", from: 50)]
        #expect(Self.owner(pods, in: Self.instant(49)) == ("a", true))
        #expect(Self.owner(pods, in: Self.instant(50)) == ("b", false))
        // Without an end of the first one as well.
        let open = [Self.pod("a", from: 0), Self.pod("b", from: 50)]
        #expect(Self.owner(open, in: Self.instant(49)) == ("a", false))
        #expect(Self.owner(open, in: Self.instant(50)) == ("b", false))
    }

    @Test func `in a window of several goes to the one that lived longest in it`() {
        let pods = [Self.pod("a", from: 0, to: 12), Self.pod("b", from: 16)]
        #expect(Self.owner(pods, in: Shop.window(1)) == ("b", true))
        let late = [Self.pod("a", from: 0, to: 18), Self.pod("b", from: 18)]
        #expect(Self.owner(late, in: Shop.window(1)) == ("a", true))
        // One that only died there against one that lived there, however short.
        let brief = [Self.pod("a", from: 0, to: 10), Self.pod("b", from: 19)]
        #expect(Self.owner(brief, in: Shop.window(1)) == ("b", true))
    }

    @Test func `passes along many pods without mixing them up`() {
        let pods = (0..<200).map { Self.pod("p\($0)", from: Double($0) * 30, to: Double($0) * 30 + 20) }
        for index in 0..<200 {
            let name = "p\(index)"
            #expect(Self.owner(pods.shuffled(), in: Self.instant(Double(index) * 30 + 1)) == (name, false))
            #expect(Self.owner(pods, in: Self.instant(Double(index) * 30 + 25)) == (name, true))
        }
    }

    @Test func `is not claimed by a pod of another cluster`() {
        let inventory = Shop.seen([.pod(Self.pod("a", from: 0))], cluster: "other")
        let resolver = IdentityResolver(inventory: inventory, names: [])
        let identity = resolver.identity(
            of: Shop.endpoint("10.1.0.50"),
            port: 0,
            transport: .tcp,
            as: .client,
            in: Shop.window(1)
        )
        #expect(identity.subject == .address(Shop.address("10.1.0.50")))
        #expect(identity.identifiedBy == .nothing)
    }
}

@Suite struct `Addresses of nodes and Services` {
    static func subject(
        _ ip: String,
        _ port: UInt16,
        _ role: EndpointRole,
        transport: TransportProtocol = .tcp,
        adding facts: [InventoryFact] = []
    ) -> Identity.Subject {
        IdentityResolver(inventory: Shop.seen(Shop.facts + facts), names: []).identity(
            of: Shop.endpoint(ip),
            port: port,
            transport: transport,
            as: role,
            in: Shop.window(0)
        ).subject
    }

    static func service(_ name: String, _ namespace: String = "shop") -> Identity.Subject {
        .service(ServiceIdentity(namespace: namespace, name: name))
    }

    static func podName(_ subject: Identity.Subject) -> String? {
        if case .pod(let pod) = subject { pod.name } else { nil }
    }

    @Test(arguments: EndpointRole.allCases)
    func `a cluster address is its Service at any port`(role: EndpointRole) {
        #expect(Self.subject("10.96.0.11", 80, role) == Self.service("web"))
        #expect(Self.subject("10.96.0.11", 1_234, role) == Self.service("web"))
    }

    @Test func `a node has its addresses and its bridge`() {
        #expect(Self.subject("192.168.0.1", 0, .client) == .node(name: "n1"))
        #expect(Self.subject("10.1.0.1", 0, .client) == .node(name: "n1"))
        #expect(Self.subject("10.1.1.1", 10_250, .server) == .node(name: "n2"))
        #expect(Self.subject("10.1.2.1", 0, .client) == .address(Shop.address("10.1.2.1")))
    }

    @Test(arguments: [
        ("10.1.0.0/24", "10.1.0.1"), ("10.1.0.77/24", "10.1.0.1"), ("fd00:1::/64", "fd00:1::1"),
        ("fd00:1:2:3:8000::/66", "fd00:1:2:3:8000::1"), ("10.0.0.0/8", "10.0.0.1"),
    ])
    func `the bridge is the first address of the range`(range: String, bridge: String) {
        let fact = Shop.node("n9", "192.168.0.9", range: range)
        #expect(Self.subject(bridge, 0, .client, adding: [.node(fact)]) == .node(name: "n9"))
    }

    @Test(arguments: [
        "", "/", "10.9.0.0", "10.9.0.0/", "10.9.0.0/x", "10.9.0.0/33", "10.9.0.0/-1", "10.9.0.0/24/1",
        "fd00::/129",
    ])
    func `a range that is none has no bridge and does no harm`(range: String) {
        let fact = Shop.node("n9", "192.168.0.9", range: range)
        #expect(Self.subject("192.168.0.9", 0, .client, adding: [.node(fact)]) == .node(name: "n9"))
        #expect(
            Self.subject("10.9.0.1", 0, .client, adding: [.node(fact)]) == .address(Shop.address("10.9.0.1"))
        )
    }

    @Test func `a NodePort is its Service on every address of a node, for who dials it`() {
        for ip in ["192.168.0.1", "192.168.0.2", "10.1.0.1"] {
            #expect(Self.subject(ip, 30_080, .dialled) == Self.service("web"))
            #expect(Self.subject(ip, 30_080, .server) == Self.service("web"))
        }
        #expect(Self.subject("192.168.0.1", 30_080, .client) == .node(name: "n1"))
        #expect(Self.subject("192.168.0.1", 30_080, .dialled, transport: .udp) == .node(name: "n1"))
        #expect(Self.subject("10.1.0.11", 30_080, .dialled) != Self.service("web"))
    }

    @Test func `the API server is told by the endpoints of its Service`() {
        #expect(Self.subject("192.168.0.1", 6_443, .server) == Self.service("kubernetes", "default"))
        #expect(Self.subject("192.168.0.1", 6_443, .client) == .node(name: "n1"))
        #expect(Self.subject("192.168.0.2", 6_443, .server) == .node(name: "n2"))
    }

    @Test func `a host-network pod is a server by its port and a client as the node`() {
        let agent = Shop.pod(
            "agent",
            ["192.168.0.1"],
            owner: OwnerReference(kind: "DaemonSet", name: "agent"),
            ports: [PortFact(port: 9_100, transport: .tcp)],
            hostNetwork: true
        )
        #expect(Self.podName(Self.subject("192.168.0.1", 9_100, .server, adding: [.pod(agent)])) == "agent")
        #expect(Self.subject("192.168.0.1", 9_101, .server, adding: [.pod(agent)]) == .node(name: "n1"))
        #expect(Self.subject("192.168.0.1", 9_100, .client, adding: [.pod(agent)]) == .node(name: "n1"))
        #expect(Self.subject("192.168.0.2", 9_100, .server, adding: [.pod(agent)]) == .node(name: "n2"))
    }

    @Test func `a host-network pod without declared ports is told by its Service's endpoints`() {
        let proxy = Shop.pod(
            "proxy",
            ["192.168.0.2"],
            labels: ["app": "proxy"],
            node: "n2",
            hostNetwork: true
        )
        let service = Shop.service("proxy", ["10.96.0.99"], selector: ["app": "proxy"])
        let facts: [InventoryFact] = [
            .pod(proxy), .service(service), .endpoints(Shop.endpoints("proxy", ["192.168.0.2"], port: 8_443)),
        ]
        #expect(Self.podName(Self.subject("192.168.0.2", 8_443, .server, adding: facts)) == "proxy")
    }

    @Test func `a host port leads to its pod`() {
        let port = PortFact(port: 80, transport: .tcp, hostPort: 8_081)
        let ingress = Shop.pod("ingress", ["10.1.0.60"], ports: [port])
        #expect(
            Self.podName(Self.subject("192.168.0.1", 8_081, .server, adding: [.pod(ingress)])) == "ingress"
        )
        #expect(Self.podName(Self.subject("10.1.0.60", 80, .server, adding: [.pod(ingress)])) == "ingress")
        #expect(Self.subject("192.168.0.1", 80, .server, adding: [.pod(ingress)]) == .node(name: "n1"))
    }

    @Test func `a load-balancer address is its Service, shared ones by port`() {
        let one = Shop.service(
            "one",
            [],
            ports: [PortFact(port: 80, transport: .tcp)],
            external: ["203.0.113.1"]
        )
        let two = Shop.service(
            "two",
            [],
            ports: [PortFact(port: 81, transport: .tcp)],
            external: ["203.0.113.1"]
        )
        #expect(Self.subject("203.0.113.1", 9, .dialled, adding: [.service(one)]) == Self.service("one"))
        let both: [InventoryFact] = [.service(one), .service(two)]
        #expect(Self.subject("203.0.113.1", 80, .dialled, adding: both) == Self.service("one"))
        #expect(Self.subject("203.0.113.1", 81, .server, adding: both) == Self.service("two"))
        #expect(
            Self.subject("203.0.113.1", 82, .server, adding: both) == .address(Shop.address("203.0.113.1"))
        )
    }

    @Test func `a load balancer on a node's own address is told by its port`() {
        let one = Shop.service(
            "one",
            [],
            ports: [PortFact(port: 80, transport: .tcp)],
            external: ["192.168.0.2"]
        )
        #expect(Self.subject("192.168.0.2", 80, .dialled, adding: [.service(one)]) == Self.service("one"))
        #expect(Self.subject("192.168.0.2", 22, .server, adding: [.service(one)]) == .node(name: "n2"))
    }

    @Test func `a backend outside the cluster is the Service it stands behind`() {
        let facts: [InventoryFact] = [
            .service(Shop.service("mainframe", ["10.96.0.88"])),
            .endpoints(Shop.endpoints("mainframe", ["172.20.0.5"], port: 3_306)),
        ]
        #expect(Self.subject("172.20.0.5", 3_306, .server, adding: facts) == Self.service("mainframe"))
        #expect(
            Self.subject("172.20.0.5", 22, .server, adding: facts) == .address(Shop.address("172.20.0.5"))
        )
    }

    @Test func `a Service that was deleted and recreated keeps its times`() {
        let old = Shop.service("old", ["10.96.0.77"], from: Shop.at(-100), to: Shop.at(-50))
        let new = Shop.service("new", ["10.96.0.77"], from: Shop.at(100))
        #expect(
            Self.subject("10.96.0.77", 80, .dialled, adding: [.service(old), .service(new)])
                == Self.service("old")
        )
    }

    @Test(arguments: ["224.0.0.251", "255.255.255.255", "ff02::1", "8.8.8.8", "172.20.0.9"])
    func `what nobody knows is its address`(ip: String) {
        #expect(Self.subject(ip, 53, .server) == .address(Shop.address(ip)))
    }
}
