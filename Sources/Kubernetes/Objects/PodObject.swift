// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// A Pod, as much of it as the map needs.
struct PodObject: Decodable {
    struct Container: Decodable {
        let ports: [ObjectPort]?
    }

    struct Spec: Decodable {
        let nodeName: String?
        let hostNetwork: Bool?
        let containers: [Container]?
        let initContainers: [Container]?
    }

    struct ContainerStatus: Decodable {
        struct State: Decodable {
            struct Terminated: Decodable {
                let finishedAt: Timestamp?
            }

            let terminated: Terminated?
        }

        let state: State?
    }

    struct Status: Decodable {
        struct Address: Decodable {
            let ip: IPAddress?
        }

        struct Condition: Decodable {
            let type: String?
            let status: String?
            let lastTransitionTime: Timestamp?
        }

        let phase: String?
        let conditions: [Condition]?
        let podIP: IPAddress?
        let podIPs: [Address]?
        let containerStatuses: [ContainerStatus]?
    }

    let metadata: ObjectMetadata
    let spec: Spec?
    let status: Status?

    func fact() throws -> PodFact {
        var fact = PodFact(
            namespace: try metadata.checkedNamespace,
            name: try metadata.checkedName,
            uid: metadata.uid ?? ""
        )
        fact.labels = metadata.labels ?? [:]
        let addresses = (status?.podIPs ?? []).compactMap(\.ip) + [status?.podIP].compactMap(\.self)
        for address in addresses where !fact.addresses.contains(address) { fact.addresses.append(address) }
        fact.isHostNetwork = spec?.hostNetwork ?? false
        // Until it is scheduled, a pod has an empty node name.
        fact.nodeName = try spec?.nodeName.flatMap { $0.isEmpty ? nil : try ObjectMetadata.checked($0) }
        fact.owner = try metadata.controller
        for container in (spec?.containers ?? []) + (spec?.initContainers ?? []) {
            for port in container.ports.facts where !fact.ports.contains(port) { fact.ports.append(port) }
        }
        fact.createdAt = metadata.creationTimestamp
        fact.scheduledAt =
            status?.conditions?.first { $0.type == "PodScheduled" && $0.status == "True" }?.lastTransitionTime
        fact.endedAt = metadata.deletionTimestamp ?? finishedAt
        fact.revision = metadata.revision
        return fact
    }

    /// When the last container of a pod that runs no more was finished.
    private var finishedAt: Timestamp? {
        guard status?.phase == "Succeeded" || status?.phase == "Failed" else { return nil }
        return status?.containerStatuses?.compactMap { $0.state?.terminated?.finishedAt }.max()
    }
}
