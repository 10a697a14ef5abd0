// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Storage
import TestKit
import Testing

@Suite struct `Stored inventory` {
    private let folder: TemporaryFolder
    private let store: WindowStore

    init() throws {
        folder = try TemporaryFolder()
        store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
    }

    @Test func `comes back as it was, of every kind`() throws {
        let observations = SampleInventory.observations
        try store.append(inventory: observations)
        #expect(try store.inventory() == observations)
    }

    @Test func `is not changed by a second import`() throws {
        try store.append(inventory: SampleInventory.observations)
        let before = try StoreInspection(folder.file("map.db"))
        try store.append(inventory: SampleInventory.observations.reversed())
        #expect(try StoreInspection(folder.file("map.db")) == before)
        #expect(try store.inventory() == SampleInventory.observations)
    }

    @Test func `keeps what differs in cluster, time or content`() throws {
        let one = SampleInventory.observations[0]
        var elsewhere = one
        elsewhere.cluster = "other"
        var later = one
        later.observedAt = Timestamp(seconds: 5)
        var changed = one
        if case .pod(var pod) = one.fact {
            pod.endedAt = Timestamp(seconds: 9)
            changed.fact = .pod(pod)
        }
        try store.append(inventory: [later, one, elsewhere, changed])
        #expect(try store.inventory() == [one, elsewhere, changed, later])
    }

    @Test func `is oldest first`() throws {
        let fact = SampleInventory.observations[0].fact
        for seconds: Int64 in [30, 10, 20] {
            try store.append(inventory: [
                InventoryObservation(cluster: "default", observedAt: Timestamp(seconds: seconds), fact: fact)
            ])
        }
        #expect(try store.inventory().map(\.observedAt) == [10, 20, 30].map { Timestamp(seconds: $0) })
    }
}

/// One fact of every kind, every field used.
enum SampleInventory {
    static var observations: [InventoryObservation] {
        var pod = PodFact(namespace: "shop", name: "web-0", uid: "u-1")
        pod.labels = ["app": "web", "odd \"key\"": "NUL \0 and 🗺️"]
        pod.addresses = [IPAddress(v4: 0x0A2A_0009), IPAddress(high: 0xFD00 << 48, low: 9)]
        pod.isHostNetwork = true
        pod.nodeName = "node-1"
        pod.owner = OwnerReference(kind: "ReplicaSet", name: "web-5d")
        pod.ports = [PortFact(name: "http", port: 8_080, transport: .tcp, hostPort: 80)]
        pod.createdAt = Timestamp(seconds: 1_700_000_000)
        var workload = WorkloadFact(namespace: "shop", kind: "ReplicaSet", name: "web-5d", uid: "u-2")
        workload.owner = OwnerReference(kind: "Deployment", name: "web")
        var service = ServiceFact(namespace: "shop", name: "web", uid: "u-3")
        service.type = "NodePort"
        service.clusterAddresses = [IPAddress(v4: 0x0A2B_0001)]
        service.ports = [
            PortFact(name: "http", port: 80, transport: .tcp, targetPort: "http", nodePort: 30_080)
        ]
        service.selector = ["app": "web"]
        var endpoints = EndpointsFact(namespace: "shop", name: "web-x1", uid: "u-4", serviceName: "web")
        endpoints.addresses = [IPAddress(v4: 0x0A2A_0009)]
        endpoints.ports = [PortFact(port: 8_080, transport: .tcp)]
        var node = NodeFact(name: "node-1", uid: "u-5")
        node.addresses = [IPAddress(v4: 0xC0A8_0001)]
        node.podRanges = ["10.42.0.0/24"]
        node.endedAt = Timestamp(seconds: 1_800_000_000, nanoseconds: 123_456_789)
        return [
            InventoryObservation(cluster: "default", fact: .pod(pod)),
            InventoryObservation(cluster: "default", fact: .workload(workload)),
            InventoryObservation(cluster: "default", fact: .service(service)),
            InventoryObservation(cluster: "default", fact: .endpoints(endpoints)),
            InventoryObservation(
                cluster: "default",
                observedAt: Timestamp(seconds: 1_750_000_000, nanoseconds: 1),
                fact: .node(node)
            ),
        ]
    }
}
