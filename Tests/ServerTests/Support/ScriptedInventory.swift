// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// A pod of a Deployment whose address another pod had before.
enum ScriptedInventory {
    private static let endpoint = Endpoint(scope: "default", address: IPAddress(v4: 0x0AF4_0004))

    static var observations: [InventoryObservation] {
        let lives: [(String, Int64, Int64?)] = [("app-1", 1_000, 2_000), ("app-2", 3_000, nil)]
        let pods = lives.map { name, created, ended in
            var pod = PodFact(namespace: "demo", name: name, uid: name)
            pod.addresses = [endpoint.address]
            pod.labels = ["app": "app", "pod": name]
            pod.nodeName = "n1"
            pod.owner = OwnerReference(kind: "StatefulSet", name: "app")
            pod.createdAt = Timestamp(seconds: created)
            pod.endedAt = ended.map { Timestamp(seconds: $0) }
            return InventoryFact.pod(pod)
        }
        var service = ServiceFact(namespace: "demo", name: "app", uid: "s")
        service.selector = ["app": "app"]
        return (pods + [.service(service)]).map { InventoryObservation(cluster: "default", fact: $0) }
    }

    static var detail: NodeDetail {
        let resolver = IdentityResolver(inventory: observations, names: [])
        let members = [1_500, 3_500].map { (seconds: Int64) in
            let start = Timestamp(seconds: seconds)
            return NodeMember(
                endpoint: endpoint,
                identity: resolver.identity(
                    of: endpoint,
                    port: 80,
                    transport: .tcp,
                    as: .server,
                    in: Window(start: start, end: start + Window.baseNanoseconds)
                )
            )
        }
        return NodeDetail(Set(members), resolver: resolver)
    }
}
