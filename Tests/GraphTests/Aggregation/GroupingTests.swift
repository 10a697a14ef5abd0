// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `Grouping by a label` {
    static let partOf = "app.kubernetes.io/part-of"

    /// The shop, its web and api pods part of the store, later api of the office; and the Service db
    /// has a label, though its pod has none.
    static var inventory: [InventoryObservation] {
        Shop.inventory.flatMap { observation -> [InventoryObservation] in
            switch observation.fact {
            case .pod(var pod) where pod.name.hasPrefix("web") || pod.name.hasPrefix("api"):
                pod.labels[partOf] = "store"
                var moved = pod
                moved.labels[partOf] = "office"
                let later = InventoryObservation(
                    cluster: Shop.cluster,
                    observedAt: Shop.at(20),
                    fact: .pod(moved)
                )
                let told = InventoryObservation(cluster: Shop.cluster, fact: .pod(pod))
                return pod.name.hasPrefix("api") ? [told, later] : [told]
            case .service(var service) where service.name == "db":
                service.labels[partOf] = "data"
                return [InventoryObservation(cluster: Shop.cluster, fact: .service(service))]
            default: return [observation]
            }
        }
    }

    static func edges(
        _ level: GraphLevel,
        _ group: GraphGroup?,
        collapsed: [String] = [],
        windows: ClosedRange<Int>
    ) -> [String] {
        var builder = GraphBuilder(
            window: Window(
                start: Shop.window(windows.lowerBound).start,
                end: Shop.window(windows.upperBound).end
            ),
            query: GraphQuery(
                level: level,
                group: group,
                collapsed: Set(collapsed.compactMap { CollapsedBox($0) })
            ),
            inventory: inventory,
            names: []
        )
        for number in windows {
            builder.add(
                Shop.report(
                    number,
                    [
                        Shop.row("10.1.0.11", "10.1.0.12", 8_000, dialled: [("10.96.0.12", 8_000, 1)]),
                        Shop.row("10.1.1.11", "10.1.1.13", 5_432), Shop.row("203.0.113.9", "10.1.0.11", 80),
                    ]
                )
            )
        }
        return builder.build().edges.map(\.id)
    }

    @Test(arguments: [GraphLevel.pod, .workload, .service])
    func `makes one node of all with a value, and leaves the others`(level: GraphLevel) {
        let group = "group/\(Self.partOf)/store"
        let database = level == .pod ? "pod/shop/db-587d4bdd99-ddddd" : "workload/shop/Deployment/db"
        let edges = Self.edges(level, .label(key: Self.partOf), windows: 0...1)
        #expect(
            edges == [
                "\(group)->\(group):8000/tcp",
                "\(group)->\(level == .service ? "service/shop/db" : database):5432/tcp",
                "ip/203.0.113.9->\(group):80/tcp",
            ]
        )
    }

    @Test func `takes a Service's label where the pod has none and the Service was dialled`() {
        var builder = GraphBuilder(
            window: Shop.window(0),
            query: GraphQuery(level: .service, group: .label(key: Self.partOf)),
            inventory: Self.inventory,
            names: []
        )
        builder.add(
            Shop.report(0, [Shop.row("10.1.0.14", "10.1.1.13", 5_432, dialled: [("10.96.0.13", 5_432, 1)])])
        )
        #expect(builder.build().edges.map(\.server) == ["group/\(Self.partOf)/data"])
    }

    @Test func `takes the value of each window`() {
        let edges = Self.edges(.workload, .label(key: Self.partOf), windows: 1...3)
        #expect(edges.contains("group/\(Self.partOf)/store->group/\(Self.partOf)/store:8000/tcp"))
        #expect(edges.contains("group/\(Self.partOf)/store->group/\(Self.partOf)/office:8000/tcp"))
        let later = Self.edges(.workload, .label(key: Self.partOf), windows: 2...3)
        #expect(!later.contains("group/\(Self.partOf)/store->group/\(Self.partOf)/store:8000/tcp"))
    }

    @Test func `by namespace holds at any level`() {
        #expect(
            Self.edges(.pod, .namespace, windows: 0...0) == [
                "ip/203.0.113.9->namespace/shop:80/tcp", "namespace/shop->namespace/shop:5432/tcp",
                "namespace/shop->namespace/shop:8000/tcp",
            ]
        )
    }

    @Test(arguments: GraphLevel.allCases)
    func `a collapsed namespace is one node at any level, in any group`(level: GraphLevel) {
        let edges = [
            "ip/203.0.113.9->namespace/shop:80/tcp", "namespace/shop->namespace/shop:5432/tcp",
            "namespace/shop->namespace/shop:8000/tcp",
        ]
        #expect(Self.edges(level, nil, collapsed: ["shop"], windows: 0...0) == edges)
        #expect(Self.edges(level, .label(key: Self.partOf), collapsed: ["shop"], windows: 0...0) == edges)
        #expect(
            Self.edges(level, nil, collapsed: ["other"], windows: 0...0)
                == Self.edges(level, nil, windows: 0...0)
        )
    }

    @Test(arguments: GraphLevel.allCases)
    func `a collapsed label is one node at any level, the others stay`(level: GraphLevel) {
        let open = Self.edges(level, nil, windows: 0...1)
        let store = "\(Self.partOf)=store"
        // Nothing else has another value in these windows.
        let shut = Self.edges(level, nil, collapsed: [store], windows: 0...1)
        #expect(shut == Self.edges(level, .label(key: Self.partOf), windows: 0...1))
        #expect(shut != open)
        // A namespace comes first.
        #expect(
            Self.edges(level, nil, collapsed: [store, "shop"], windows: 0...1)
                == Self.edges(level, nil, collapsed: ["shop"], windows: 0...1)
        )
        #expect(Self.edges(level, nil, collapsed: ["\(Self.partOf)=other"], windows: 0...1) == open)
    }

    @Test func `what can be collapsed is a namespace or a label with a value`() {
        for text in ["shop", "a-1", "tier=front", "app.kubernetes.io/part-of=x_1.Y"] {
            #expect(CollapsedBox(text) != nil, "\(text)")
        }
        for text in ["", "Shop", "=", "tier=", "=front", "tier=a b", "a=b=c", "ti<er=x", "label:tier=x"] {
            #expect(CollapsedBox(text) == nil, "\(text)")
        }
    }

    @Test func `by a label that nobody has changes nothing`() {
        #expect(Self.edges(.pod, .label(key: "x"), windows: 0...0) == Self.edges(.pod, nil, windows: 0...0))
    }

    static func boxes(
        _ level: GraphLevel,
        windows: ClosedRange<Int>,
        group: GraphGroup? = nil
    ) -> [String: String] {
        var builder = GraphBuilder(
            window: Window(
                start: Shop.window(windows.lowerBound).start,
                end: Shop.window(windows.upperBound).end
            ),
            query: GraphQuery(level: level, group: group, boxLabel: partOf),
            inventory: inventory,
            names: []
        )
        for number in windows {
            builder.add(
                Shop.report(
                    number,
                    [
                        Shop.row("10.1.0.11", "10.1.0.12", 8_000),
                        Shop.row("10.1.1.11", "10.1.1.13", 5_432, dialled: [("10.96.0.13", 5_432, 1)]),
                        Shop.row("203.0.113.9", "10.1.0.11", 80),
                    ]
                )
            )
        }
        let nodes = builder.build().nodes.compactMap { node in node.box.map { (node.id, $0) } }
        return Dictionary(nodes) { first, _ in first }
    }

    @Test func `tells nodes the value of a label, for boxes, and changes no edge`() {
        let web = "workload/shop/Deployment/web"
        let api = "workload/shop/Deployment/api"
        #expect(Self.boxes(.workload, windows: 0...1) == [web: "store", api: "store"])
        // What had two values in the range belongs into neither box.
        #expect(Self.boxes(.workload, windows: 1...3) == [web: "store"])
        #expect(Self.boxes(.service, windows: 0...0)["service/shop/db"] == "data")
    }

    @Test func `tells nodes of groups, namespaces and machines no label of what runs there`() {
        #expect(Self.boxes(.namespace, windows: 0...0).isEmpty)
        #expect(Self.boxes(.node, windows: 0...0).isEmpty)
        #expect(Self.boxes(.pod, windows: 0...0, group: .label(key: Self.partOf)).isEmpty)
    }

    @Test(arguments: ["a/b", "a->b", "", "a b", "\u{7}", String(repeating: "x", count: 64)])
    func `never puts a value into an id that Kubernetes would refuse`(value: String) {
        let pod = Shop.pod("a", ["10.1.0.50"], labels: ["team": value])
        var builder = GraphBuilder(
            window: Shop.window(0),
            query: GraphQuery(level: .pod, group: .label(key: "team")),
            inventory: Shop.seen([.pod(pod)]),
            names: []
        )
        builder.add(Shop.report(0, [Shop.row("10.1.0.50", "10.1.0.51", 80)]))
        #expect(builder.build().edges.map(\.client) == ["pod/shop/a"])
    }

    @Test(arguments: [
        ("label:app", GraphGroup.label(key: "app")), ("namespace", .namespace),
        ("label:app.kubernetes.io/part-of", .label(key: "app.kubernetes.io/part-of")), ("label:", nil),
        ("app", nil), ("label:a b", nil), ("label:a>b", nil), ("", nil), ("Label:app", nil),
    ])
    func `is written as label:KEY or namespace`(text: String, group: GraphGroup?) {
        #expect(GraphGroup(text) == group)
        #expect(GraphGroup("label:" + String(repeating: "a", count: 318)) == nil)
    }
}
