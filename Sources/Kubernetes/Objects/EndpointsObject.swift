// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// An Endpoints object, named like its Service.
struct EndpointsObject: Decodable {
    struct Address: Decodable {
        let ip: IPAddress
    }

    struct Subset: Decodable {
        let addresses: [Address]?
        let notReadyAddresses: [Address]?
        let ports: [ObjectPort]?
    }

    let metadata: ObjectMetadata
    let subsets: [Subset]?

    /// One fact per subset, since each pairs its own addresses with its own ports.
    ///
    /// Further subsets get a uid of their own so that none stands in for another. That nothing is
    /// behind a Service is a fact as well.
    func facts() throws -> [EndpointsFact] {
        let name = try metadata.checkedName
        let namespace = try metadata.checkedNamespace
        let listed = subsets ?? []
        let all = listed.isEmpty ? [Subset(addresses: nil, notReadyAddresses: nil, ports: nil)] : listed
        return all.enumerated().map { index, subset in
            let uid = metadata.uid ?? ""
            var fact = EndpointsFact(
                namespace: namespace,
                name: name,
                uid: index == 0 ? uid : "\(uid)#\(index)",
                serviceName: name
            )
            fact.addresses = ((subset.addresses ?? []) + (subset.notReadyAddresses ?? [])).map(\.ip)
            fact.ports = subset.ports.facts
            fact.createdAt = metadata.creationTimestamp
            fact.endedAt = metadata.deletionTimestamp
            fact.revision = metadata.revision
            return fact
        }
    }
}

/// An EndpointSlice, which names its Service by a label.
struct EndpointSliceObject: Decodable {
    struct Endpoint: Decodable {
        let addresses: [String]?
    }

    private static let serviceLabel = "kubernetes.io/service-name"
    /// The address type of slices that list host names.
    private static let names = "FQDN"

    let metadata: ObjectMetadata
    let addressType: String?
    let endpoints: [Endpoint]?
    let ports: [ObjectPort]?

    /// - Returns: `nil` for a slice of no Service, or of host names.
    /// - Throws: `MalformedObject` if a name or an address is none.
    func fact() throws -> EndpointsFact? {
        guard addressType != Self.names, let service = metadata.labels?[Self.serviceLabel], !service.isEmpty
        else { return nil }
        var fact = EndpointsFact(
            namespace: try metadata.checkedNamespace,
            name: try metadata.checkedName,
            uid: metadata.uid ?? "",
            serviceName: try ObjectMetadata.checked(service)
        )
        for text in (endpoints ?? []).flatMap({ $0.addresses ?? [] }) {
            guard let address = IPAddress(text) else { throw MalformedObject() }
            fact.addresses.append(address)
        }
        fact.ports = ports.facts
        fact.createdAt = metadata.creationTimestamp
        fact.endedAt = metadata.deletionTimestamp
        fact.revision = metadata.revision
        return fact
    }
}
