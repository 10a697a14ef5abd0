// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

extension SimulatedCluster {
    /// What the reporters of all nodes say of one base window: each of the edges whose client it hosts.
    func reports(window: Int64, unit: Int64, seed: UInt64) -> [WindowReport] {
        let from = start + window * Window.baseNanoseconds
        let whole = Window(start: from, end: from + Window.baseNanoseconds)
        var rows = [[EdgeRow]](repeating: [], count: nodes)
        for index in edges.indices {
            var dice = Dice(seed, 4, UInt64(index), UInt64(bitPattern: window))
            let edge = edges[index]
            guard dice.fraction() < edge.traffic.activity else { continue }
            let metrics = edge.traffic.metrics(windows: 1, unit: unit, dice: &dice)
            let dialled = EdgeRow.Dialled(endpoint: service(workload(edge.server)), port: 80)
            let connections = metrics.connections
            rows[node(edge.client)].append(
                EdgeRow(
                    key: key(edge, at: from),
                    metrics: metrics,
                    dialled: [dialled: connections.established]
                )
            )
        }
        return rows.indices.map { node in
            var report = WindowReport(
                cluster: Self.name,
                reporter: Reporter(id: "node-\(node)/any", name: "node-\(node)"),
                window: whole,
                sequence: 0,
                observed: whole
            )
            report.edges = rows[node].sorted { $0.key < $1.key }
            let slots = node * podsPerNode..<min(pods, (node + 1) * podsPerNode)
            report.localAddresses = slots.map {
                let generation = generation(workload($0), at: from)
                return LocalAddress(endpoint: endpoint($0, generation: generation), locality: .own)
            }
            report.coverage.frames = 100_000
            report.coverage.metered = 100_000
            return report
        }
    }

    /// All that Kubernetes would have said of the cluster in so many days.
    func inventory(days: Int) -> [InventoryObservation] {
        var facts: [InventoryFact] = []
        for node in 0..<nodes {
            var fact = NodeFact(name: "node-\(node)", uid: "node-\(node)")
            fact.addresses = [IPAddress(v4: 0x0A01_0000 + UInt32(node))]
            fact.createdAt = deploy(0, generation: 0)
            facts.append(.node(fact))
        }
        let end = start + Int64(days) * 86_400_000_000_000
        for workload in 0..<workloads {
            facts += self.facts(workload, until: end)
        }
        return facts.map { InventoryObservation(cluster: Self.name, fact: $0) }
    }

    private func facts(_ workload: Int, until end: Timestamp) -> [InventoryFact] {
        let namespace = "team-\(workload % max(1, workloads / 20))"
        let name = "app-\(workload)"
        var deployment = WorkloadFact(
            namespace: namespace,
            kind: "Deployment",
            name: name,
            uid: "d-\(workload)"
        )
        deployment.createdAt = deploy(workload, generation: 0)
        var service = ServiceFact(namespace: namespace, name: name, uid: "s-\(workload)")
        service.clusterAddresses = [self.service(workload).address]
        service.selector = ["app": name]
        service.ports = [PortFact(port: 80, transport: .tcp, targetPort: "8080")]
        service.createdAt = deploy(workload, generation: 0)
        var facts: [InventoryFact] = [.workload(deployment), .service(service)]
        for generation in 0...generation(workload, at: end) {
            let replicas = "\(name)-g\(generation)"
            var replicaSet = WorkloadFact(
                namespace: namespace,
                kind: "ReplicaSet",
                name: replicas,
                uid: "r-\(workload)-\(generation)"
            )
            replicaSet.owner = OwnerReference(kind: "Deployment", name: name)
            replicaSet.createdAt = deploy(workload, generation: generation)
            facts.append(.workload(replicaSet))
            for slot in stride(from: workload, to: pods, by: workloads) {
                let pod = "\(replicas)-p\(slot)"
                var fact = PodFact(namespace: namespace, name: pod, uid: pod)
                fact.labels = ["app": name]
                fact.addresses = [endpoint(slot, generation: generation).address]
                fact.nodeName = "node-\(node(slot))"
                fact.owner = OwnerReference(kind: "ReplicaSet", name: replicas)
                fact.ports = [PortFact(port: 8_080, transport: .tcp)]
                fact.createdAt = deploy(workload, generation: generation)
                let next = deploy(workload, generation: generation + 1)
                if next < end { fact.endedAt = next }
                facts.append(.pod(fact))
            }
        }
        return facts
    }
}
