// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// A small cluster, and short ways to write facts and reports of it.
enum Shop {
    static let cluster = "default"
    /// Long before the traffic.
    static let created = at(-1_000)
    static let base = Window.baseNanoseconds

    /// An instant in seconds from the start of the first window.
    static func at(_ seconds: Double) -> Timestamp {
        Timestamp(nanoseconds: 1_795_338_550_000_000_000 + Int64(seconds * 1e9))
    }

    /// The base window with the given number, the first being 0.
    static func window(_ number: Int) -> Window {
        Window(start: at(Double(number) * 10), end: at(Double(number) * 10 + 10))
    }

    static func address(_ text: String) -> IPAddress {
        IPAddress(text) ?? IPAddress(high: 0, low: 0)
    }

    static func endpoint(_ text: String, scope: String = cluster) -> Endpoint {
        Endpoint(scope: scope, address: address(text))
    }

    // MARK: - Facts

    static func pod(
        _ name: String,
        _ addresses: [String],
        namespace: String = "shop",
        labels: Labels = [:],
        owner: OwnerReference? = nil,
        node: String = "n1",
        ports: [PortFact] = [],
        hostNetwork: Bool = false,
        from createdAt: Timestamp? = created,
        to endedAt: Timestamp? = nil
    ) -> PodFact {
        var fact = PodFact(namespace: namespace, name: name, uid: "uid-\(name)")
        fact.addresses = addresses.map(address)
        fact.labels = labels
        fact.owner = owner
        fact.nodeName = node
        fact.ports = ports
        fact.isHostNetwork = hostNetwork
        fact.createdAt = createdAt
        fact.endedAt = endedAt
        return fact
    }

    /// A pod of a Deployment, as a dump without ReplicaSets shows it.
    static func deployed(_ deployment: String, _ suffix: String, _ ip: String, node: String = "n1") -> PodFact
    {
        pod(
            "\(deployment)-587d4bdd99-\(suffix)",
            [ip],
            labels: ["app": deployment, "pod-template-hash": "587d4bdd99"],
            owner: OwnerReference(kind: "ReplicaSet", name: "\(deployment)-587d4bdd99"),
            node: node
        )
    }

    static func service(
        _ name: String,
        _ addresses: [String],
        namespace: String = "shop",
        ports: [PortFact] = [],
        selector: Labels = [:],
        external: [String] = [],
        from createdAt: Timestamp? = created,
        to endedAt: Timestamp? = nil
    ) -> ServiceFact {
        var fact = ServiceFact(namespace: namespace, name: name, uid: "uid-svc-\(name)")
        fact.clusterAddresses = addresses.map(address)
        fact.externalAddresses = external.map(address)
        fact.ports = ports
        fact.selector = selector
        fact.createdAt = createdAt
        fact.endedAt = endedAt
        return fact
    }

    static func node(_ name: String, _ ip: String, range: String) -> NodeFact {
        var fact = NodeFact(name: name, uid: "uid-\(name)")
        fact.addresses = [address(ip)]
        fact.podRanges = [range]
        fact.createdAt = created
        return fact
    }

    static func endpoints(
        _ service: String,
        _ ips: [String],
        port: UInt16,
        namespace: String = "shop"
    ) -> EndpointsFact {
        var fact = EndpointsFact(
            namespace: namespace,
            name: service,
            uid: "uid-ep-\(service)",
            serviceName: service
        )
        fact.addresses = ips.map(address)
        fact.ports = [PortFact(port: port, transport: .tcp)]
        return fact
    }

    static func seen(_ facts: [InventoryFact], cluster: String = cluster) -> [InventoryObservation] {
        facts.map { InventoryObservation(cluster: cluster, fact: $0) }
    }

    /// Two nodes; web (2 pods, one Service), api (two Services), db (headless), job (none).
    static var facts: [InventoryFact] {
        let http = PortFact(port: 80, transport: .tcp, targetPort: "8080", nodePort: 30_080)
        return [
            .node(node("n1", "192.168.0.1", range: "10.1.0.0/24")),
            .node(node("n2", "192.168.0.2", range: "10.1.1.0/24")),
            .pod(deployed("web", "aaaaa", "10.1.0.11")),
            .pod(deployed("web", "bbbbb", "10.1.1.11", node: "n2")),
            .pod(deployed("api", "ccccc", "10.1.0.12")),
            .pod(deployed("db", "ddddd", "10.1.1.13", node: "n2")),
            .pod(pod("cron", ["10.1.0.14"], namespace: "batch")),
            .service(service("web", ["10.96.0.11"], ports: [http], selector: ["app": "web"])),
            .service(
                service(
                    "api",
                    ["10.96.0.12"],
                    ports: [PortFact(port: 8_000, transport: .tcp)],
                    selector: ["app": "api"]
                )
            ),
            .service(service("api-headless", [], selector: ["app": "api"])),
            .service(service("db", ["10.96.0.13"], selector: ["app": "db"])),
            .service(
                service(
                    "kubernetes",
                    ["10.96.0.1"],
                    namespace: "default",
                    ports: [PortFact(port: 443, transport: .tcp, targetPort: "6443")]
                )
            ),
            .endpoints(endpoints("kubernetes", ["192.168.0.1"], port: 6_443, namespace: "default")),
        ]
    }

    static var inventory: [InventoryObservation] { seen(facts) }

    // MARK: - Reports

    static func row(
        _ client: String,
        _ server: String,
        _ port: UInt16,
        transport: TransportProtocol = .tcp,
        orientation: Orientation = .observed,
        originatorPort: UInt16 = 0,
        requests: UInt64 = 1,
        dialled: [(String, UInt16, UInt64)] = []
    ) -> EdgeRow {
        let key = EdgeKey(
            client: endpoint(client),
            server: endpoint(server),
            port: port,
            originatorPort: originatorPort,
            transport: transport,
            orientation: orientation
        )
        var metrics = EdgeMetrics()
        metrics.bytes = DirectionalCount(sent: 100, received: 900)
        metrics.connections.established = 1
        if requests > 0 {
            var http = ProtocolMetrics()
            http.started = requests
            http.outcomes.ok = requests
            http.latency.record(nanoseconds: 1_000_000)
            metrics.protocols[.http] = http
        }
        var row = EdgeRow(key: key, metrics: metrics)
        for (ip, port, connections) in dialled {
            row.dialled[EdgeRow.Dialled(endpoint: endpoint(ip), port: port)] = connections
        }
        return row
    }

    static func report(
        _ number: Int,
        _ rows: [EdgeRow],
        reporter: String = "a",
        sequence: UInt64 = 0,
        observed: Window? = nil,
        local: [(String, Locality)] = [],
        cluster: String = cluster
    ) -> WindowReport {
        var coverage = Coverage()
        coverage.frames = 10
        coverage.metered = 10
        return WindowReport(
            cluster: cluster,
            reporter: Reporter(id: reporter, name: reporter),
            window: window(number),
            sequence: sequence,
            observed: observed ?? window(number),
            edges: rows.sorted { $0.key < $1.key },
            localAddresses: local.map { LocalAddress(endpoint: endpoint($0.0), locality: $0.1) },
            coverage: coverage
        )
    }

    static func graph(
        _ reports: [WindowReport],
        level: GraphLevel = .workload,
        windows: Int = 6,
        namespaces: Set<String> = [],
        inventory: [InventoryObservation] = inventory,
        names: [NameObservation] = []
    ) -> ServiceGraph {
        builder(
            reports,
            level: level,
            windows: windows,
            namespaces: namespaces,
            inventory: inventory,
            names: names
        ).build()
    }

    static func builder(
        _ reports: [WindowReport],
        level: GraphLevel = .workload,
        windows: Int = 6,
        namespaces: Set<String> = [],
        inventory: [InventoryObservation] = inventory,
        names: [NameObservation] = []
    ) -> GraphBuilder {
        var builder = GraphBuilder(
            window: Window(start: window(0).start, end: window(windows - 1).end),
            query: GraphQuery(level: level, namespaces: namespaces),
            inventory: inventory,
            names: names
        )
        for report in reports { builder.add(report) }
        return builder
    }
}
