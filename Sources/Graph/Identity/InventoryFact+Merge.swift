// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension PodFact: MergeableFact {
    var mergeKey: String { objectKey(uid, namespace, name, createdAt) }

    var canonicalText: String {
        let identity = [namespace, name, uid, nodeName ?? "", owner?.kind ?? "", owner?.name ?? ""]
        return factText(
            identity + [
                text(labels), text(addresses), "\(isHostNetwork)", text(ports),
                scheduledAt?.description ?? "",
            ],
            createdAt,
            endedAt
        )
    }

    mutating func absorb(later: PodFact) {
        if !later.labels.isEmpty { labels = later.labels }
        if !later.ports.isEmpty { ports = later.ports }
        addresses = union(addresses, later.addresses)
        isHostNetwork = isHostNetwork || later.isHostNetwork
        nodeName = later.nodeName ?? nodeName
        owner = later.owner ?? owner
        createdAt = earliest(createdAt, later.createdAt)
        scheduledAt = earliest(scheduledAt, later.scheduledAt)
        endedAt = earliest(endedAt, later.endedAt)
    }
}

extension WorkloadFact: MergeableFact {
    var mergeKey: String { [kind, namespace, name].joined(separator: "\u{0}") }

    var canonicalText: String {
        factText(
            [kind, namespace, name, uid, owner?.kind ?? "", owner?.name ?? "", text(labels)],
            createdAt,
            endedAt
        )
    }

    mutating func absorb(later: WorkloadFact) {
        uid = later.uid
        if !later.labels.isEmpty { labels = later.labels }
        owner = later.owner ?? owner
        createdAt = earliest(createdAt, later.createdAt)
        endedAt = later.endedAt
    }
}

extension ServiceFact: MergeableFact {
    var mergeKey: String { objectKey(uid, namespace, name, createdAt) }

    var canonicalText: String {
        let lists = [text(clusterAddresses), text(externalAddresses), text(ports)]
        return factText(
            [namespace, name, uid, type, externalName ?? "", text(labels), text(selector)] + lists,
            createdAt,
            endedAt
        )
    }

    mutating func absorb(later: ServiceFact) {
        type = later.type
        labels = later.labels
        selector = later.selector
        externalName = later.externalName
        clusterAddresses = union(clusterAddresses, later.clusterAddresses)
        externalAddresses = union(externalAddresses, later.externalAddresses)
        ports += later.ports.filter { !ports.contains($0) }
        createdAt = earliest(createdAt, later.createdAt)
        endedAt = earliest(endedAt, later.endedAt)
    }
}

extension NodeFact: MergeableFact {
    var mergeKey: String { objectKey(uid, "", name, createdAt) }

    var canonicalText: String {
        let ranges = podRanges.joined(separator: ",")
        return factText([name, uid, text(labels), text(addresses), ranges], createdAt, endedAt)
    }

    mutating func absorb(later: NodeFact) {
        if !later.labels.isEmpty { labels = later.labels }
        addresses = union(addresses, later.addresses)
        podRanges += later.podRanges.filter { !podRanges.contains($0) }
        createdAt = earliest(createdAt, later.createdAt)
        endedAt = earliest(endedAt, later.endedAt)
    }
}

extension EndpointsFact: MergeableFact {
    /// That of the whole object: each subset of an Endpoints object is a fact of its own.
    var mergeKey: String {
        let whole = uid.firstIndex(of: "#").map { String(uid[..<$0]) } ?? uid
        return [namespace, name, whole].joined(separator: "\u{0}")
    }

    var canonicalText: String {
        factText([namespace, name, uid, serviceName, text(addresses), text(ports)], createdAt, endedAt)
    }

    mutating func absorb(later: EndpointsFact) {
        serviceName = later.serviceName
        createdAt = earliest(createdAt, later.createdAt)
        endedAt = earliest(endedAt, later.endedAt)
    }
}

/// The uid; without one (dumps written by hand) the name and creation.
private func objectKey(_ uid: String, _ namespace: String, _ name: String, _ createdAt: Timestamp?) -> String
{
    guard uid.isEmpty else { return uid }
    return [namespace, name, createdAt?.description ?? ""].joined(separator: "\u{0}")
}

private func earliest(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
}

private func union(_ left: [IPAddress], _ right: [IPAddress]) -> [IPAddress] {
    Set(left).union(right).sorted()
}

private func factText(_ parts: [String], _ createdAt: Timestamp?, _ endedAt: Timestamp?) -> String {
    (parts + [createdAt?.description ?? "", endedAt?.description ?? ""]).joined(separator: "\u{0}")
}

private func text(_ labels: Labels) -> String {
    labels.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")
}

private func text(_ addresses: [IPAddress]) -> String {
    addresses.map(\.description).joined(separator: ",")
}

private func text(_ ports: [PortFact]) -> String {
    ports.map { port in
        let numbers = "\(port.port)/\(port.transport.name)/\(port.nodePort ?? 0)/\(port.hostPort ?? 0)"
        return "\(port.name ?? "")=\(numbers)/\(port.targetPort ?? "")"
    }.joined(separator: ",")
}
