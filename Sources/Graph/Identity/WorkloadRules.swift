// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Tells the workload of a pod from its owner, its labels and the controllers that are known.
struct WorkloadRules: Sendable {
    /// A controller by cluster, namespace, kind and name.
    struct Key: Hashable, Sendable {
        let cluster: String
        let namespace: String
        let kind: String
        let name: String
    }

    private static let templateHashLabel = "pod-template-hash"
    /// A CronJob appends the scheduled minute since 1970 to the names of its Jobs (the scheduled
    /// second before Kubernetes 1.21): eight to ten digits.
    private static let scheduleDigits = 8...10

    /// The controllers that were described, with the owners they named.
    private let controllers: [Key: WorkloadFact]

    init(controllers: [Key: WorkloadFact]) {
        self.controllers = controllers
    }

    func workload(of pod: PodFact, in cluster: String) -> WorkloadIdentity {
        guard let owner = pod.owner else { return WorkloadIdentity(kind: "Pod", name: pod.name) }
        switch owner.kind {
        case "ReplicaSet":
            return known(owner, of: pod, in: cluster) ?? deployment(ofReplicaSet: owner, of: pod)
        case "Job":
            return known(owner, of: pod, in: cluster) ?? cronJob(ofJob: owner)
        case "Node":
            // A static pod's mirror is called NAME-NODE.
            let suffix = "-" + (pod.nodeName ?? owner.name)
            return WorkloadIdentity(kind: "Pod", name: Self.name(pod.name, without: suffix) ?? pod.name)
        default:
            return WorkloadIdentity(kind: owner.kind, name: owner.name)
        }
    }

    /// Labels of a workload, where it was described, as last told.
    func labels(of workload: WorkloadIdentity, in cluster: String, _ namespace: String) -> Labels {
        let key = Key(cluster: cluster, namespace: namespace, kind: workload.kind, name: workload.name)
        return controllers[key]?.labels ?? [:]
    }

    /// What a described controller says of itself: its owner, or that it has none.
    private func known(_ owner: OwnerReference, of pod: PodFact, in cluster: String) -> WorkloadIdentity? {
        let key = Key(cluster: cluster, namespace: pod.namespace, kind: owner.kind, name: owner.name)
        guard let fact = controllers[key] else { return nil }
        guard let above = fact.owner else { return WorkloadIdentity(kind: owner.kind, name: owner.name) }
        return WorkloadIdentity(kind: above.kind, name: above.name)
    }

    /// The Deployment whose template hash ends the ReplicaSet's name, which the pod's label
    /// proves; a ReplicaSet of its own otherwise.
    private func deployment(ofReplicaSet owner: OwnerReference, of pod: PodFact) -> WorkloadIdentity {
        guard let hash = pod.labels[Self.templateHashLabel], !hash.isEmpty,
            let name = Self.name(owner.name, without: "-" + hash)
        else { return WorkloadIdentity(kind: owner.kind, name: owner.name) }
        return WorkloadIdentity(kind: "Deployment", name: name)
    }

    private func cronJob(ofJob owner: OwnerReference) -> WorkloadIdentity {
        let digits = owner.name.reversed().prefix { $0.isASCII && $0.isNumber }
        guard Self.scheduleDigits.contains(digits.count),
            let name = Self.name(owner.name, without: "-" + String(digits.reversed()))
        else { return WorkloadIdentity(kind: owner.kind, name: owner.name) }
        return WorkloadIdentity(kind: "CronJob", name: name, isInferred: true)
    }

    private static func name(_ name: String, without suffix: String) -> String? {
        guard name.hasSuffix(suffix), name.count > suffix.count else { return nil }
        return String(name.dropLast(suffix.count))
    }
}
