// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// A Service, as much of it as the map needs.
struct ServiceObject: Decodable {
    struct Spec: Decodable {
        let type: String?
        let clusterIP: String?
        let clusterIPs: [String]?
        let externalIPs: [IPAddress]?
        let externalName: String?
        let ports: [ObjectPort]?
        let selector: Labels?
    }

    struct Status: Decodable {
        struct Ingress: Decodable {
            /// Absent where the load balancer has a name instead.
            let ip: IPAddress?
        }

        struct LoadBalancer: Decodable {
            let ingress: [Ingress]?
        }

        let loadBalancer: LoadBalancer?
    }

    /// What a headless Service has for an address.
    private static let headless = "None"

    let metadata: ObjectMetadata
    let spec: Spec?
    let status: Status?

    func fact() throws -> ServiceFact {
        var fact = ServiceFact(
            namespace: try metadata.checkedNamespace,
            name: try metadata.checkedName,
            uid: metadata.uid ?? ""
        )
        fact.labels = metadata.labels ?? [:]
        fact.type = spec?.type ?? "ClusterIP"
        for text in (spec?.clusterIPs ?? []) + [spec?.clusterIP].compactMap(\.self)
        where !text.isEmpty && text != Self.headless {
            guard let address = IPAddress(text) else { throw MalformedObject() }
            if !fact.clusterAddresses.contains(address) { fact.clusterAddresses.append(address) }
        }
        let ingress = (status?.loadBalancer?.ingress ?? []).compactMap(\.ip)
        for address in (spec?.externalIPs ?? []) + ingress where !fact.externalAddresses.contains(address) {
            fact.externalAddresses.append(address)
        }
        fact.externalName = spec?.externalName
        fact.ports = (spec?.ports).facts
        fact.selector = spec?.selector ?? [:]
        fact.createdAt = metadata.creationTimestamp
        fact.endedAt = metadata.deletionTimestamp
        fact.revision = metadata.revision
        return fact
    }
}
