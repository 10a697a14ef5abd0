// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension InventoryTables {
    /// Arranges observations that may come in any order and more than once, and pods that none of them tells of.
    init(_ observations: [InventoryObservation], pods source: (any PodSource)?) {
        var pods = FactMerger<PodFact>()
        var controllers = FactMerger<WorkloadFact>()
        var services = FactMerger<ServiceFact>()
        var nodes = FactMerger<NodeFact>()
        var endpoints = FactMerger<EndpointsFact>()
        for observation in observations {
            let (cluster, time) = (observation.cluster, observation.observedAt)
            switch observation.fact {
            case .pod(let fact): pods.add(fact, cluster: cluster, observedAt: time)
            case .workload(let fact): controllers.add(fact, cluster: cluster, observedAt: time)
            case .service(let fact): services.add(fact, cluster: cluster, observedAt: time)
            case .node(let fact): nodes.add(fact, cluster: cluster, observedAt: time)
            case .endpoints(let fact): endpoints.add(fact, cluster: cluster, observedAt: time)
            }
        }
        let backings = endpoints.merged().flatMap(Backing.all)
        addNodes(nodes.merged())
        addServices(services.merged(), backings: backings)
        addPods(pods.merged(), controllers: controllers.merged(), source)
        selectorless = addBackends(backings)
        selectPods()
    }

    // MARK: - Nodes

    private mutating func addNodes(_ facts: [MergedFact<NodeFact>]) {
        var claims = ClaimTable<Endpoint>()
        for (position, merged) in facts.enumerated() {
            let fact = merged.fact
            nodes.append(Node(cluster: merged.cluster, fact: fact, labels: merged.history(\.labels)))
            let claim = Tenancy.Claim(
                holder: position,
                createdAt: fact.createdAt,
                endedAt: fact.endedAt,
                tieBreak: fact.mergeKey
            )
            for address in Set(fact.addresses + fact.podRanges.compactMap { PodRange($0)?.bridge }) {
                claims.add(claim, on: Endpoint(scope: merged.cluster, address: address))
            }
        }
        nodeAddresses = claims.tenancies
    }

    // MARK: - Services

    private mutating func addServices(_ facts: [MergedFact<ServiceFact>], backings: [Backing]) {
        services = facts.map { merged in
            let terms = merged.history { fact in
                ServiceTerms(
                    labels: fact.labels,
                    selector: fact.selector,
                    ports: fact.ports,
                    externalAddresses: fact.externalAddresses
                )
            }
            return Service(cluster: merged.cluster, fact: merged.fact, terms: terms)
        }
        // A Service that only its endpoints were dumped of is still a Service.
        let described = Set(
            services.map {
                ServiceName(cluster: $0.cluster, namespace: $0.fact.namespace, name: $0.fact.name)
            }
        )
        let undescribed = Set(backings.map(\.service)).subtracting(described)
            .sorted { ($0.cluster, $0.namespace, $0.name) < ($1.cluster, $1.namespace, $1.name) }
        for service in undescribed {
            let fact = ServiceFact(namespace: service.namespace, name: service.name, uid: "")
            services.append(Service(cluster: service.cluster, fact: fact, terms: History([])))
        }
        var byClusterAddress = ClaimTable<Endpoint>()
        var byExternalPort = ClaimTable<Socket>()
        var byNodePort = ClaimTable<NodePort>()
        for (position, service) in services.enumerated() {
            let (cluster, fact) = (service.cluster, service.fact)
            let life = Tenancy.Claim(
                holder: position,
                createdAt: fact.createdAt,
                endedAt: fact.endedAt,
                tieBreak: fact.mergeKey
            )
            for address in fact.clusterAddresses {
                byClusterAddress.add(life, on: Endpoint(scope: cluster, address: address))
            }
            for address in Set(fact.externalAddresses) {
                externalAddresses[Endpoint(scope: cluster, address: address), default: []].append(position)
            }
            for span in service.terms.spans {
                guard let claim = life.limited(from: span.from, to: span.to) else { continue }
                for address in Set(span.value.externalAddresses) {
                    let endpoint = Endpoint(scope: cluster, address: address)
                    for port in span.value.ports {
                        let socket = Socket(endpoint: endpoint, port: port.port, transport: port.transport)
                        byExternalPort.add(claim, on: socket)
                    }
                }
                for port in span.value.ports {
                    guard let number = port.nodePort, number > 0 else { continue }
                    let key = NodePort(cluster: cluster, port: number, transport: port.transport)
                    byNodePort.add(claim, on: key)
                }
            }
        }
        clusterAddresses = byClusterAddress.tenancies
        externalPorts = byExternalPort.tenancies
        nodePorts = byNodePort.tenancies
    }

    // MARK: - Pods

    private mutating func addPods(
        _ facts: [MergedFact<PodFact>],
        controllers: [MergedFact<WorkloadFact>],
        _ source: (any PodSource)?
    ) {
        let keyed = controllers.map { merged in
            let fact = merged.fact
            let key = WorkloadRules.Key(
                cluster: merged.cluster,
                namespace: fact.namespace,
                kind: fact.kind,
                name: fact.name
            )
            return (key, fact)
        }
        rules = WorkloadRules(controllers: Dictionary(keyed) { first, _ in first })
        var addressesOfNode: [NodeName: Set<IPAddress>] = [:]
        for node in nodes {
            addressesOfNode[NodeName(cluster: node.cluster, name: node.fact.name), default: []]
                .formUnion(node.fact.addresses)
        }
        var byAddress = ClaimTable<Endpoint>()
        var byHostPort = ClaimTable<Socket>()
        for (position, merged) in facts.enumerated() {
            let (cluster, fact) = (merged.cluster, merged.fact)
            pods.append(pod(fact, cluster: cluster, labels: merged.history(\.labels)))
            let life = Tenancy.Claim(
                holder: position,
                createdAt: fact.scheduledAt ?? fact.createdAt,
                endedAt: fact.endedAt,
                tieBreak: fact.mergeKey
            )
            if fact.isHostNetwork || fact.ports.contains(where: { $0.hostPort != nil }) {
                let node = fact.nodeName.flatMap { addressesOfNode[NodeName(cluster: cluster, name: $0)] }
                addHostPorts(of: position, life, nodeAddresses: node ?? [], to: &byHostPort)
            }
            guard !fact.isHostNetwork else { continue }
            for address in fact.addresses {
                byAddress.add(life, on: Endpoint(scope: cluster, address: address))
            }
        }
        if let source {
            outlined = source
            for (position, outline) in source.outlines.enumerated() {
                let life = Tenancy.Claim(
                    holder: pods.count + position,
                    createdAt: outline.scheduledAt ?? outline.createdAt,
                    endedAt: outline.endedAt,
                    tieBreak: outline.uid
                )
                for address in outline.addresses {
                    byAddress.add(life, on: Endpoint(scope: outline.cluster, address: address))
                }
            }
        }
        podAddresses = byAddress.tenancies
        hostPorts = byHostPort.tenancies
    }

    /// A pod, but for the Services that select it.
    func pod(_ fact: PodFact, cluster: String, labels: History<Labels>) -> Pod {
        let workload = rules.workload(of: fact, in: cluster)
        let inherited = rules.labels(of: workload, in: cluster, fact.namespace)
        return Pod(
            cluster: cluster,
            fact: fact,
            workload: workload,
            labels: labels,
            allLabels: inherited.isEmpty ? labels : labels.map { $0.merging(inherited) { own, _ in own } }
        )
    }

    /// Notes what a pod listens on at the addresses of its node.
    private mutating func addHostPorts(
        of position: Int,
        _ life: Tenancy.Claim,
        nodeAddresses: Set<IPAddress>,
        to claims: inout ClaimTable<Socket>
    ) {
        let (cluster, fact) = (pods[position].cluster, pods[position].fact)
        let shared = fact.isHostNetwork ? nodeAddresses.union(fact.addresses) : nodeAddresses
        for address in shared {
            let endpoint = Endpoint(scope: cluster, address: address)
            if fact.isHostNetwork { hostNetworkPods[endpoint, default: []].append(position) }
            for port in fact.ports {
                guard let number = fact.isHostNetwork ? port.hostPort ?? port.port : port.hostPort
                else { continue }
                claims.add(life, on: Socket(endpoint: endpoint, port: number, transport: port.transport))
            }
        }
    }

    private struct NodeName: Hashable {
        let cluster: String
        let name: String
    }
}
