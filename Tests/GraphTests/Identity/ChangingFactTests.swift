// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `What changes while it lives` {
    static func told(
        _ fact: InventoryFact,
        at seconds: Double? = nil,
        revision: UInt64? = nil
    )
        -> InventoryObservation
    {
        InventoryObservation(
            cluster: Shop.cluster,
            observedAt: seconds.map { Shop.at($0) },
            fact: fact.revised(revision)
        )
    }

    static func identity(
        _ inventory: [InventoryObservation],
        _ window: Int,
        ip: String = "10.1.0.50",
        port: UInt16 = 0,
        as role: EndpointRole = .client
    ) -> Identity {
        IdentityResolver(inventory: inventory.reversed(), names: []).identity(
            of: Shop.endpoint(ip),
            port: port,
            transport: .tcp,
            as: role,
            in: Shop.window(window)
        )
    }

    static func services(_ identity: Identity) -> [String] {
        if case .pod(let pod) = identity.subject { pod.services.map(\.name) } else { [] }
    }

    static func labelled(_ labels: Labels) -> InventoryFact {
        .pod(Shop.pod("a", ["10.1.0.50"], labels: labels))
    }

    static let blue = InventoryFact.service(Shop.service("blue", [], selector: ["color": "blue"]))
    static let green = InventoryFact.service(Shop.service("green", [], selector: ["color": "green"]))

    @Test func `a label has the value it had at the window's end, and selects accordingly`() {
        let inventory = [
            Self.told(Self.blue), Self.told(Self.green), Self.told(Self.labelled(["color": "blue"]), at: 5),
            Self.told(Self.labelled(["color": "green"]), at: 25),
            Self.told(Self.labelled(["color": "green", "x": "1"]), at: 45),
            Self.told(Self.labelled([:]), at: 65),
        ]
        #expect(Self.identity(inventory, 0).labels == ["color": "blue"])
        #expect(Self.identity(inventory, 1).labels == ["color": "blue"])
        #expect(Self.identity(inventory, 2).labels == ["color": "green"])
        #expect(Self.identity(inventory, 4).labels == ["color": "green", "x": "1"])
        #expect(Self.identity(inventory, 6).labels == [:])
        #expect(Self.services(Self.identity(inventory, 1)) == ["blue"])
        #expect(Self.services(Self.identity(inventory, 2)) == ["blue", "green"])
        #expect(Self.services(Self.identity(inventory, 3)) == ["green"])
        #expect(Self.services(Self.identity(inventory, 7)).isEmpty)
    }

    @Test func `a Service that selects other pods from some moment on has the old ones before`() {
        let front = { (color: String) in
            InventoryFact.service(Shop.service("front", ["10.96.0.50"], selector: ["color": color]))
        }
        let inventory = [
            Self.told(Self.labelled(["color": "blue"])), Self.told(front("blue")),
            Self.told(front("green"), at: 30),
        ]
        #expect(Self.services(Self.identity(inventory, 2)) == ["front"])
        #expect(Self.services(Self.identity(inventory, 3)).isEmpty)
    }

    @Test func `a dump after the events holds after them, one before them before`() {
        let inventory = [
            Self.told(Self.labelled(["v": "2"]), at: 20, revision: 20),
            Self.told(Self.labelled(["v": "3"]), at: 40, revision: 30),
            Self.told(Self.labelled(["v": "1"]), revision: 10),
            Self.told(Self.labelled(["v": "4"]), revision: 40),
            Self.told(Self.labelled(["v": "2"]), revision: 20),
        ]
        #expect(
            (0...6).map { Self.identity(inventory, $0).labels["v"] } == ["1", "1", "2", "2", "4", "4", "4"]
        )
    }

    @Test func `of several dumps the last by revision says what the labels are`() {
        let inventory = [
            Self.told(Self.labelled(["v": "9"]), revision: 9),
            Self.told(Self.labelled(["v": "10"]), revision: 10),
        ]
        #expect(Self.identity(inventory, 0).labels == ["v": "10"])
    }

    @Test func `an address stands behind a Service while its endpoints list it`() {
        let mainframe = InventoryFact.service(Shop.service("mainframe", ["10.96.0.88"]))
        let listing = { InventoryFact.endpoints(Shop.endpoints("mainframe", $0, port: 3_306)) }
        let inventory = [
            Self.told(mainframe), Self.told(listing(["172.20.0.5"]), at: 0, revision: 1),
            Self.told(listing(["172.20.0.6"]), at: 20, revision: 2),
            Self.told(listing([]), at: 40, revision: 3),
        ]
        func isMainframe(_ ip: String, _ window: Int) -> Bool {
            let identity = Self.identity(inventory, window, ip: ip, port: 3_306, as: .server)
            return identity.subject == .service(ServiceIdentity(namespace: "shop", name: "mainframe"))
        }
        #expect((0...5).map { isMainframe("172.20.0.5", $0) } == [true, true, false, false, false, false])
        #expect((0...5).map { isMainframe("172.20.0.6", $0) } == [false, false, true, true, false, false])
    }

    @Test func `a NodePort given to another Service leads to it from then on`() {
        let service = { (name: String, nodePort: UInt16?) in
            let port = PortFact(port: 80, transport: .tcp, nodePort: nodePort)
            return InventoryFact.service(Shop.service(name, [], ports: [port]))
        }
        let inventory = [
            Self.told(.node(Shop.node("n1", "192.168.0.1", range: "10.1.0.0/24"))),
            Self.told(service("one", 30_001), at: 0), Self.told(service("two", nil), at: 0),
            Self.told(service("one", 30_002), at: 20), Self.told(service("two", 30_001), at: 20),
        ]
        let names = (0...3).map { window in
            Self.identity(inventory, window, ip: "192.168.0.1", port: 30_001, as: .dialled).subject
        }
        let one = Identity.Subject.service(ServiceIdentity(namespace: "shop", name: "one"))
        let two = Identity.Subject.service(ServiceIdentity(namespace: "shop", name: "two"))
        #expect(names == [one, one, two, two])
    }

    @Test func `a pod has the labels of its workload where it has none of that key`() {
        var deployment = WorkloadFact(namespace: "shop", kind: "Deployment", name: "web", uid: "d")
        deployment.labels = ["app": "other", "app.kubernetes.io/part-of": "store"]
        let inventory = Shop.inventory + [Self.told(.workload(deployment))]
        let labels = Self.identity(inventory, 0, ip: "10.1.0.11").labels
        #expect(labels["app"] == "web")
        #expect(labels["app.kubernetes.io/part-of"] == "store")
    }

    @Test func `a name in two namespaces is two pods`() {
        let pods = ["shop", "test"].enumerated().map { index, namespace in
            var fact = Shop.pod("web", ["10.1.0.5\(index)"], namespace: namespace)
            fact.uid = ""
            return Self.told(.pod(fact))
        }
        #expect(Self.identity(pods, 0, ip: "10.1.0.50").namespace == "shop")
        #expect(Self.identity(pods, 0, ip: "10.1.0.51").namespace == "test")
    }
}
