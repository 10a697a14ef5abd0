// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

extension SimulatedCluster {
    /// What edges did in one base window.
    ///
    /// - Parameters:
    ///   - window: Its number, for the dice.
    ///   - windows: How many windows of 10 s it stands for: it has what an edge does in all of them.
    ///   - unit: Nanoseconds of which all durations are whole multiples.
    ///   - seed: For the dice.
    /// - Returns: The edges that did something, by position.
    func activity(
        window: Int64,
        standsFor windows: Int,
        unit: Int64,
        seed: UInt64
    ) -> [(edge: Int, metrics: EdgeMetrics)] {
        edges.indices.compactMap { index in
            var dice = Dice(seed, 4, UInt64(index), UInt64(bitPattern: window))
            let traffic = edges[index].traffic
            let active =
                windows == 1
                ? (dice.fraction() < traffic.activity ? 1 : 0)
                : min(windows, Int(dice.poisson(traffic.activity * Double(windows))))
            guard active > 0 else { return nil }
            return (index, traffic.metrics(windows: active, unit: unit, dice: &dice))
        }
    }

    /// What the reporters of all nodes say of a base window: each of the edges whose client it hosts.
    func reports(of activity: [(edge: Int, metrics: EdgeMetrics)], at from: Timestamp) -> [WindowReport] {
        let whole = Window(start: from, end: from + Window.baseNanoseconds)
        var rows = [[EdgeRow]](repeating: [], count: nodes)
        for (index, metrics) in activity {
            let edge = edges[index]
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
