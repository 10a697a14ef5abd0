// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The instants at which what the inventory says of an address changes.
struct InventoryCuts: Sendable {
    private var cuts: [Endpoint: [Timestamp]] = [:]
    /// By cluster, those of all NodePorts, which concern every address of a node.
    private var nodePortCuts: [String: [Timestamp]] = [:]
    private var nodeAddresses: Set<Endpoint> = []

    init(of tables: InventoryTables) {
        for (endpoint, tenancy) in tables.podAddresses {
            cuts[endpoint, default: []] += tenancy.cuts
            for pod in tenancy.holders { cuts[endpoint, default: []] += tables.selectionCuts(of: pod) }
        }
        for (endpoint, tenancy) in tables.clusterAddresses { cuts[endpoint, default: []] += tenancy.cuts }
        for (endpoint, tenancy) in tables.nodeAddresses {
            cuts[endpoint, default: []] += tenancy.cuts
            nodeAddresses.insert(endpoint)
        }
        for (socket, tenancy) in tables.externalPorts {
            cuts[socket.endpoint, default: []] += tenancy.cuts
        }
        for (endpoint, services) in tables.externalAddresses {
            for service in services { cuts[endpoint, default: []] += tables.lifeCuts(of: service) }
        }
        for (nodePort, tenancy) in tables.nodePorts {
            nodePortCuts[nodePort.cluster, default: []] += tenancy.cuts
        }
        for (socket, tenancy) in tables.hostPorts {
            cuts[socket.endpoint, default: []] += tenancy.cuts
            for pod in tenancy.holders {
                cuts[socket.endpoint, default: []] += tables.selectionCuts(of: pod)
            }
        }
        for (endpoint, pods) in tables.hostNetworkPods {
            for pod in pods {
                let fact = tables.pods[pod].fact
                cuts[endpoint, default: []] += [fact.createdAt, fact.endedAt].compactMap(\.self)
                cuts[endpoint, default: []] += tables.selectionCuts(of: pod)
            }
        }
        for (socket, services) in tables.backends {
            for service in services { cuts[socket.endpoint, default: []] += tables.lifeCuts(of: service) }
        }
        for (endpoint, instants) in cuts { cuts[endpoint] = Self.sorted(instants) }
        nodePortCuts = nodePortCuts.mapValues(Self.sorted)
    }

    /// Sorted, each once.
    func cuts(of endpoint: Endpoint) -> [Timestamp] {
        let own = cuts[endpoint] ?? []
        guard nodeAddresses.contains(endpoint), let shared = nodePortCuts[endpoint.scope] else { return own }
        return Self.sorted(own + shared)
    }

    private static func sorted(_ instants: [Timestamp]) -> [Timestamp] {
        guard instants.count > 1 else { return instants }
        var result: [Timestamp] = []
        for instant in instants.sorted() where result.last != instant { result.append(instant) }
        return result
    }
}

extension InventoryTables {
    /// When the Services that select a pod change.
    fileprivate func selectionCuts(of pod: Int) -> [Timestamp] {
        pods[pod].services.flatMap { lifeCuts(of: $0) }
    }

    /// When a Service came and went.
    fileprivate func lifeCuts(of service: Int) -> [Timestamp] {
        let fact = services[service].fact
        return [fact.createdAt, fact.endedAt].compactMap(\.self)
    }
}
