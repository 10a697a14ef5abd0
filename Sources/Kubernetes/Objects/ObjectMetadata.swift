// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// An object, or a part of one, that is not what it should be.
struct MalformedObject: Error {}

/// `metadata` of any object.
struct ObjectMetadata: Decodable {
    /// An entry of `ownerReferences`.
    struct Owner: Decodable {
        let kind: String
        let name: String
        let controller: Bool?
    }

    /// Longer names than this are none (RFC 1123 subdomain, as Kubernetes checks them).
    static let maximumNameLength = 253

    let name: String
    let namespace: String?
    let uid: String?
    let labels: Labels?
    let creationTimestamp: Timestamp?
    let deletionTimestamp: Timestamp?
    let ownerReferences: [Owner]?
    let resourceVersion: String?

    /// How often anything had changed in the cluster when this object last did: opaque by contract
    /// and a number in fact, which Kubernetes 1.35 and later promise.
    var revision: UInt64? { resourceVersion.flatMap { UInt64($0) } }

    /// The owner that manages the object.
    var controller: OwnerReference? {
        get throws {
            guard let owner = ownerReferences?.first(where: { $0.controller == true }) else { return nil }
            return OwnerReference(kind: try Self.checked(owner.kind), name: try Self.checked(owner.name))
        }
    }

    /// The name, checked; names become parts of ids, which `/` separates.
    var checkedName: String {
        get throws { try Self.checked(name) }
    }

    /// The namespace, checked; objects of namespaced kinds must have one.
    var checkedNamespace: String {
        get throws {
            guard let namespace else { throw MalformedObject() }
            return try Self.checked(namespace)
        }
    }

    static func checked(_ name: String) throws -> String {
        guard (1...maximumNameLength).contains(name.utf8.count),
            name.utf8.allSatisfy({
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ">")
            })
        else { throw MalformedObject() }
        return name
    }
}

/// An object of which only the metadata matters.
struct MetadataObject: Decodable {
    let metadata: ObjectMetadata

    func workload(kind: String) throws -> WorkloadFact {
        var fact = WorkloadFact(
            namespace: try metadata.checkedNamespace,
            kind: kind,
            name: try metadata.checkedName,
            uid: metadata.uid ?? ""
        )
        fact.labels = metadata.labels ?? [:]
        fact.owner = try metadata.controller
        fact.createdAt = metadata.creationTimestamp
        fact.endedAt = metadata.deletionTimestamp
        fact.revision = metadata.revision
        return fact
    }

    /// The controller that a PartialObjectMetadata is of, told from its owner: the reply names
    /// no kind, and only what stands between pods and their workload has an owner that matters.
    func ownedWorkload() throws -> WorkloadFact? {
        switch try metadata.controller?.kind {
        case "Deployment": try workload(kind: "ReplicaSet")
        case "CronJob": try workload(kind: "Job")
        default: nil
        }
    }
}
