// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The instants at which what the inventory says of an address changes.
///
/// Those of pods with addresses of their own, which most are, are found when they are asked for.
struct InventoryCuts: Sendable {
    private var cuts: [Endpoint: [Timestamp]] = [:]
    /// By cluster, those of all NodePorts, which concern every address of a node.
    private var nodePortCuts: [String: [Timestamp]] = [:]
    private var nodeAddresses: Set<Endpoint> = []

    init(of tables: InventoryTables) {
        for (endpoint, tenancy) in tables.clusterAddresses {
            cuts[endpoint, default: []] += tenancy.cuts
            for service in tenancy.holders {
                tables.addServiceCuts(of: service, to: &cuts[endpoint, default: []])
            }
        }
        for (endpoint, tenancy) in tables.nodeAddresses {
            cuts[endpoint, default: []] += tenancy.cuts
            for node in tenancy.holders {
                cuts[endpoint, default: []] += tables.nodes[node].labels.cuts
            }
            nodeAddresses.insert(endpoint)
        }
        for (socket, tenancy) in tables.externalPorts {
            cuts[socket.endpoint, default: []] += tenancy.cuts
            for service in tenancy.holders {
                tables.addServiceCuts(of: service, to: &cuts[socket.endpoint, default: []])
            }
        }
        for (endpoint, services) in tables.externalAddresses {
            for service in services {
                tables.addServiceCuts(of: service, to: &cuts[endpoint, default: []])
            }
        }
        for (nodePort, tenancy) in tables.nodePorts {
            nodePortCuts[nodePort.cluster, default: []] += tenancy.cuts
            for service in tenancy.holders {
                tables.addServiceCuts(of: service, to: &nodePortCuts[nodePort.cluster, default: []])
            }
        }
        for (socket, tenancy) in tables.hostPorts {
            cuts[socket.endpoint, default: []] += tenancy.cuts
            for pod in tenancy.holders {
                tables.addSelectionCuts(of: pod, to: &cuts[socket.endpoint, default: []])
            }
        }
        for (endpoint, pods) in tables.hostNetworkPods {
            for pod in pods {
                let fact = tables.pods[pod].fact
                cuts[endpoint, default: []] += [fact.createdAt, fact.endedAt].compactMap(\.self)
                tables.addSelectionCuts(of: pod, to: &cuts[endpoint, default: []])
            }
        }
        for (socket, services) in tables.backends {
            tables.addCuts(of: services, to: &cuts[socket.endpoint, default: []])
        }
        cuts = cuts.mapValues(Self.sorted)
        nodePortCuts = nodePortCuts.mapValues(Self.sorted)
    }

    /// Sorted, each once.
    func cuts(of endpoint: Endpoint, in tables: InventoryTables) -> [Timestamp] {
        let own = cuts[endpoint] ?? []
        let shared = nodeAddresses.contains(endpoint) ? nodePortCuts[endpoint.scope] ?? [] : []
        guard let tenancy = tables.podAddresses[endpoint] else {
            return shared.isEmpty ? own : Self.sorted(own + shared)
        }
        var instants = own + shared + tenancy.cuts
        for pod in tenancy.holders { tables.addSelectionCuts(of: pod, to: &instants) }
        return Self.sorted(instants)
    }

    /// Whether an address is, at times, something else than that of a pod alone.
    func isMoreThanPod(_ endpoint: Endpoint) -> Bool {
        cuts[endpoint] != nil || nodeAddresses.contains(endpoint)
    }

    static func sorted(_ instants: [Timestamp]) -> [Timestamp] {
        var result: [Timestamp] = []
        for instant in instants.sorted()
        where result.last != instant && instant.nanoseconds > .min && instant.nanoseconds < .max {
            result.append(instant)
        }
        return result
    }
}

extension InventoryTables {
    /// When a pod's labels and the Services that select it change.
    fileprivate func addSelectionCuts(of position: Int, to instants: inout [Timestamp]) {
        let pod = pod(position)
        instants += pod.labels.cuts
        addCuts(of: pod.selections, to: &instants)
    }

    /// The same, sorted.
    func selectionCuts(of pod: Int) -> [Timestamp] {
        var instants: [Timestamp] = []
        addSelectionCuts(of: pod, to: &instants)
        return InventoryCuts.sorted(instants)
    }

    fileprivate func addCuts(of selections: [Selection], to instants: inout [Timestamp]) {
        for selection in selections {
            instants.append(selection.from)
            instants.append(selection.to)
            addServiceCuts(of: selection.service, to: &instants)
        }
    }

    /// When a Service came, went, and was changed.
    fileprivate func addServiceCuts(of service: Int, to instants: inout [Timestamp]) {
        let fact = services[service].fact
        if let start = fact.createdAt { instants.append(start) }
        if let end = fact.endedAt { instants.append(end) }
        instants += services[service].terms.cuts
    }
}

extension [Timestamp] {
    /// The position of the first that satisfies a condition, which all after it satisfy too.
    func firstPosition(_ condition: (Timestamp) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
