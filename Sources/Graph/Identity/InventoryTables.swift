// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The inventory arranged for questions about addresses: built once, then only read.
struct InventoryTables: Sendable {
    /// An address and port of one transport.
    struct Socket: Hashable, Sendable {
        let endpoint: Endpoint
        let port: UInt16
        let transport: TransportProtocol
    }

    /// A port that every node of a cluster listens on for a Service.
    struct NodePort: Hashable, Sendable {
        let cluster: String
        let port: UInt16
        let transport: TransportProtocol
    }

    /// A pod, and what its other facts and those of others make of it.
    struct Pod: Sendable {
        let cluster: String
        let fact: PodFact
        let workload: WorkloadIdentity
        let labels: History<Labels>
        /// With those of the workload where it has none of that key.
        let allLabels: History<Labels>
        /// The Services that select it, sorted by position.
        var selections: [Selection] = []
    }

    /// A Service, by position, and when it selected a pod or listed an address: `[from, to)`.
    struct Selection: Hashable, Sendable {
        let service: Int
        let from: Timestamp
        let to: Timestamp

        func touches(_ window: Window) -> Bool { from < window.end && to > window.start }
    }

    /// What may change of a Service while it lives.
    struct ServiceTerms: Hashable, Sendable {
        let labels: Labels
        let selector: Labels
        let ports: [PortFact]
        let externalAddresses: [IPAddress]
    }

    /// A Service of one cluster.
    struct Service: Sendable {
        let cluster: String
        let fact: ServiceFact
        let terms: History<ServiceTerms>

        var identity: ServiceIdentity { ServiceIdentity(namespace: fact.namespace, name: fact.name) }
    }

    /// A cluster node.
    struct Node: Sendable {
        let cluster: String
        let fact: NodeFact
        let labels: History<Labels>
    }

    /// Pods of which all was read, before those of `outlined`.
    var pods: [Pod] = []
    var outlined: (any PodSource)?
    var rules = WorkloadRules(controllers: [:])
    var selectors: [Namespace: SelectorTable] = [:]
    /// By address, the Services without a selector whose endpoints list it.
    var selectorless: [Endpoint: [Listing]] = [:]
    var services: [Service] = []
    var nodes: [Node] = []

    /// Pods with an address of their own.
    var podAddresses: [Endpoint: Tenancy] = [:]
    /// Pods that listen on an address of their node, by declared port.
    var hostPorts: [Socket: Tenancy] = [:]
    /// Pods that share an address of their node.
    var hostNetworkPods: [Endpoint: [Int]] = [:]
    var nodeAddresses: [Endpoint: Tenancy] = [:]
    /// Services by cluster address.
    var clusterAddresses: [Endpoint: Tenancy] = [:]
    /// Services by load-balancer or external address and a port they declare.
    var externalPorts: [Socket: Tenancy] = [:]
    var externalAddresses: [Endpoint: [Int]] = [:]
    var nodePorts: [NodePort: Tenancy] = [:]
    /// Services by the addresses and ports that endpoints objects put behind them.
    var backends: [Socket: [Selection]] = [:]

    /// Whether something of the given life existed in a window.
    static func isAlive(from start: Timestamp?, to end: Timestamp?, in window: Window) -> Bool {
        (start.map { $0 < window.end } ?? true) && (end.map { $0 > window.start } ?? true)
    }
}

extension InventoryTables {
    /// A pod by the position that claims have it under.
    func pod(_ position: Int) -> Pod {
        guard position >= pods.count, let outlined else { return pods[position] }
        let outline = position - pods.count
        return outlined.pod(at: outline) { fact in
            let labels = History(constant: fact.labels)
            var pod = pod(fact, cluster: outlined.outlines[outline].cluster, labels: labels)
            pod.selections = selections(of: pod)
            return ArrangedPod(pod: pod)
        }.pod
    }
}

/// Claims on each key, gathered before their tenancies are made.
struct ClaimTable<Key: Hashable> {
    private var claims: [Key: [Tenancy.Claim]] = [:]

    mutating func add(_ claim: Tenancy.Claim, on key: Key) {
        claims[key, default: []].append(claim)
    }

    var tenancies: [Key: Tenancy] { claims.mapValues(Tenancy.init) }
}
