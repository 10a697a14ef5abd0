// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension InventoryTables {
    /// Arranges observations that may come in any order and more than once.
    init(_ observations: [InventoryObservation]) {
        var pods = FactMerger<PodFact>()
        var controllers = FactMerger<WorkloadFact>()
        var services = FactMerger<ServiceFact>()
        var nodes = FactMerger<NodeFact>()
        var backings: Set<Backing> = []
        for observation in observations {
            let (cluster, time) = (observation.cluster, observation.observedAt)
            switch observation.fact {
            case .pod(let fact): pods.add(fact, cluster: cluster, observedAt: time)
            case .workload(let fact): controllers.add(fact, cluster: cluster, observedAt: time)
            case .service(let fact): services.add(fact, cluster: cluster, observedAt: time)
            case .node(let fact): nodes.add(fact, cluster: cluster, observedAt: time)
            case .endpoints(let fact): backings.insert(Backing(cluster: cluster, fact: fact))
            }
        }
        addNodes(nodes.merged())
        addServices(services.merged(), backings: backings)
        addPods(pods.merged(), controllers: controllers.merged())
        let backendAddresses = addBackends(backings)
        selectPods(backendAddresses: backendAddresses)
    }

    /// An endpoints object or slice of one cluster.
    private struct Backing: Hashable {
        let cluster: String
        let fact: EndpointsFact

        var service: ServiceName {
            ServiceName(cluster: cluster, namespace: fact.namespace, name: fact.serviceName)
        }
    }

    private struct ServiceName: Hashable {
        let cluster: String
        let namespace: String
        let name: String
    }

    // MARK: - Nodes

    private mutating func addNodes(_ facts: [MergedFact<NodeFact>]) {
        var claims = ClaimTable<Endpoint>()
        for (position, merged) in facts.enumerated() {
            let fact = merged.fact
            nodes.append(Node(cluster: merged.cluster, fact: fact))
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

    private mutating func addServices(_ facts: [MergedFact<ServiceFact>], backings: Set<Backing>) {
        services = facts.map { Service(cluster: $0.cluster, fact: $0.fact) }
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
            services.append(Service(cluster: service.cluster, fact: fact))
        }
        var byClusterAddress = ClaimTable<Endpoint>()
        var byExternalPort = ClaimTable<Socket>()
        var byNodePort = ClaimTable<NodePort>()
        for (position, service) in services.enumerated() {
            let fact = service.fact
            let claim = Tenancy.Claim(
                holder: position,
                createdAt: fact.createdAt,
                endedAt: fact.endedAt,
                tieBreak: fact.mergeKey
            )
            for address in fact.clusterAddresses {
                byClusterAddress.add(claim, on: Endpoint(scope: service.cluster, address: address))
            }
            for address in Set(fact.externalAddresses) {
                let endpoint = Endpoint(scope: service.cluster, address: address)
                externalAddresses[endpoint, default: []].append(position)
                for port in fact.ports {
                    let socket = Socket(endpoint: endpoint, port: port.port, transport: port.transport)
                    byExternalPort.add(claim, on: socket)
                }
            }
            for port in fact.ports {
                guard let number = port.nodePort, number > 0 else { continue }
                let key = NodePort(cluster: service.cluster, port: number, transport: port.transport)
                byNodePort.add(claim, on: key)
            }
        }
        clusterAddresses = byClusterAddress.tenancies
        externalPorts = byExternalPort.tenancies
        nodePorts = byNodePort.tenancies
    }

    // MARK: - Pods

    private mutating func addPods(
        _ facts: [MergedFact<PodFact>],
        controllers: [MergedFact<WorkloadFact>]
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
        let rules = WorkloadRules(controllers: Dictionary(keyed) { first, _ in first })
        var addressesOfNode: [NodeName: Set<IPAddress>] = [:]
        for node in nodes {
            addressesOfNode[NodeName(cluster: node.cluster, name: node.fact.name), default: []]
                .formUnion(node.fact.addresses)
        }
        var byAddress = ClaimTable<Endpoint>()
        var byHostPort = ClaimTable<Socket>()
        for (position, merged) in facts.enumerated() {
            let (cluster, fact) = (merged.cluster, merged.fact)
            let workload = rules.workload(of: fact, in: cluster)
            pods.append(Pod(cluster: cluster, fact: fact, workload: workload))
            let claim = Tenancy.Claim(
                holder: position,
                createdAt: fact.createdAt,
                endedAt: fact.endedAt,
                tieBreak: fact.mergeKey
            )
            let nodeAddresses =
                fact.nodeName.flatMap { addressesOfNode[NodeName(cluster: cluster, name: $0)] } ?? []
            let own = Set(fact.addresses)
            let shared = fact.isHostNetwork ? own.union(nodeAddresses) : nodeAddresses
            for address in shared {
                let endpoint = Endpoint(scope: cluster, address: address)
                if fact.isHostNetwork { hostNetworkPods[endpoint, default: []].append(position) }
                for port in fact.ports {
                    guard let number = fact.isHostNetwork ? port.hostPort ?? port.port : port.hostPort
                    else { continue }
                    let socket = Socket(endpoint: endpoint, port: number, transport: port.transport)
                    byHostPort.add(claim, on: socket)
                }
            }
            guard !fact.isHostNetwork else { continue }
            for address in own { byAddress.add(claim, on: Endpoint(scope: cluster, address: address)) }
        }
        podAddresses = byAddress.tenancies
        hostPorts = byHostPort.tenancies
    }

    private struct NodeName: Hashable {
        let cluster: String
        let name: String
    }

    // MARK: - Endpoints

    /// Notes which Services stand on which addresses and ports.
    ///
    /// - Parameter backings: Every endpoints object and slice.
    /// - Returns: By address, the selectorless Services whose endpoints list it, with their ports.
    private mutating func addBackends(_ backings: Set<Backing>) -> [Endpoint: [Int: Set<PortFact>]] {
        var positions: [ServiceName: [Int]] = [:]
        for (position, service) in services.enumerated() {
            let fact = service.fact
            let name = ServiceName(cluster: service.cluster, namespace: fact.namespace, name: fact.name)
            positions[name, default: []].append(position)
        }
        var behind: [Socket: Set<Int>] = [:]
        var selectorless: [Endpoint: [Int: Set<PortFact>]] = [:]
        for backing in backings {
            let standing = positions[backing.service] ?? []
            for address in backing.fact.addresses {
                let endpoint = Endpoint(scope: backing.cluster, address: address)
                for port in backing.fact.ports {
                    let socket = Socket(endpoint: endpoint, port: port.port, transport: port.transport)
                    behind[socket, default: []].formUnion(standing)
                }
                for position in standing where services[position].fact.selector.isEmpty {
                    selectorless[endpoint, default: [:]][position, default: []].formUnion(backing.fact.ports)
                }
            }
        }
        backends = behind.mapValues { $0.sorted() }
        return selectorless
    }

    /// One label of one namespace, by which the Services that may select a pod are found.
    private struct SelectorLabel: Hashable {
        let cluster: String
        let namespace: String
        let key: String
        let value: String
    }

    /// Finds the Services of each pod: by selector; for Services without one, by their endpoints.
    private mutating func selectPods(backendAddresses: [Endpoint: [Int: Set<PortFact>]]) {
        var candidates: [SelectorLabel: [Int]] = [:]
        for (position, service) in services.enumerated() {
            guard let least = service.fact.selector.min(by: { $0.key < $1.key }) else { continue }
            let label = SelectorLabel(
                cluster: service.cluster,
                namespace: service.fact.namespace,
                key: least.key,
                value: least.value
            )
            candidates[label, default: []].append(position)
        }
        for position in pods.indices {
            let pod = pods[position]
            var selecting: Set<Int> = []
            for (key, value) in pod.fact.labels {
                let label = SelectorLabel(
                    cluster: pod.cluster,
                    namespace: pod.fact.namespace,
                    key: key,
                    value: value
                )
                for candidate in candidates[label] ?? []
                where services[candidate].fact.selector.allSatisfy({ pod.fact.labels[$0.key] == $0.value }) {
                    selecting.insert(candidate)
                }
            }
            for address in pod.fact.addresses {
                let backing = backendAddresses[Endpoint(scope: pod.cluster, address: address)] ?? [:]
                for (service, ports) in backing
                where services[service].fact.namespace == pod.fact.namespace
                    && (!pod.fact.isHostNetwork || Self.shareAPort(ports, pod.fact.ports))
                {
                    selecting.insert(service)
                }
            }
            pods[position].services = selecting.sorted()
        }
    }

    private static func shareAPort(_ left: Set<PortFact>, _ right: [PortFact]) -> Bool {
        right.contains { declared in
            left.contains { ($0.port, $0.transport) == (declared.port, declared.transport) }
        }
    }
}
