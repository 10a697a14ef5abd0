// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// A cluster node, as much of it as the map needs.
struct NodeObject: Decodable {
    struct Spec: Decodable {
        let podCIDR: String?
        let podCIDRs: [String]?
    }

    struct Status: Decodable {
        struct Address: Decodable {
            let type: String
            let address: String
        }

        let addresses: [Address]?
    }

    private static let addressTypes: Set<String> = ["InternalIP", "ExternalIP"]

    let metadata: ObjectMetadata
    let spec: Spec?
    let status: Status?

    func fact() throws -> NodeFact {
        var fact = NodeFact(name: try metadata.checkedName, uid: metadata.uid ?? "")
        fact.labels = metadata.labels ?? [:]
        for entry in status?.addresses ?? [] where Self.addressTypes.contains(entry.type) {
            guard let address = IPAddress(entry.address) else { throw MalformedObject() }
            if !fact.addresses.contains(address) { fact.addresses.append(address) }
        }
        for range in (spec?.podCIDRs ?? []) + [spec?.podCIDR].compactMap(\.self)
        where !range.isEmpty && !fact.podRanges.contains(range) {
            fact.podRanges.append(range)
        }
        fact.createdAt = metadata.creationTimestamp
        fact.endedAt = metadata.deletionTimestamp
        fact.revision = metadata.revision
        return fact
    }
}
