// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `The workload of a pod` {
    static func workload(_ pod: PodFact, _ controllers: [WorkloadFact] = []) -> WorkloadIdentity? {
        let facts = [InventoryFact.pod(pod)] + controllers.map(InventoryFact.workload)
        let identity = IdentityResolver(inventory: Shop.seen(facts), names: []).identity(
            of: Shop.endpoint("10.1.0.50"),
            port: 0,
            transport: .tcp,
            as: .client,
            in: Shop.window(0)
        )
        if case .pod(let pod) = identity.subject { return pod.workload }
        return nil
    }

    static func pod(_ name: String, _ kind: String?, _ owner: String = "", hash: String? = nil) -> PodFact {
        Shop.pod(
            name,
            ["10.1.0.50"],
            labels: hash.map { ["pod-template-hash": $0] } ?? [:],
            owner: kind.map { OwnerReference(kind: $0, name: owner) }
        )
    }

    static func controller(_ kind: String, _ name: String, owner: OwnerReference? = nil) -> WorkloadFact {
        var fact = WorkloadFact(namespace: "shop", kind: kind, name: name, uid: "uid-\(kind)-\(name)")
        fact.owner = owner
        return fact
    }

    @Test(arguments: [
        ("web-587d4bdd99-x", "web-587d4bdd99", "587d4bdd99", "Deployment", "web"),
        ("a-b-c-1-x", "a-b-c-1", "1", "Deployment", "a-b-c"),
        ("web-x", "web", "587d4bdd99", "ReplicaSet", "web"),
        ("web587d4bdd99-x", "web587d4bdd99", "587d4bdd99", "ReplicaSet", "web587d4bdd99"),
        ("web-587d4bdd99-x", "web-587d4bdd99", "", "ReplicaSet", "web-587d4bdd99"),
        ("x", "-587d4bdd99", "587d4bdd99", "ReplicaSet", "-587d4bdd99"),
    ])
    func `behind a ReplicaSet is told by the template hash`(
        name: String,
        owner: String,
        hash: String,
        kind: String,
        workload: String
    ) {
        let found = Self.workload(Self.pod(name, "ReplicaSet", owner, hash: hash))
        #expect(found == WorkloadIdentity(kind: kind, name: workload))
    }

    @Test func `behind a described ReplicaSet is its owner, or itself`() {
        let pod = Self.pod("web-587d4bdd99-x", "ReplicaSet", "web-587d4bdd99", hash: "587d4bdd99")
        let owned = Self.controller(
            "ReplicaSet",
            "web-587d4bdd99",
            owner: OwnerReference(kind: "Rollout", name: "canary")
        )
        #expect(Self.workload(pod, [owned]) == WorkloadIdentity(kind: "Rollout", name: "canary"))
        let free = Self.controller("ReplicaSet", "web-587d4bdd99")
        #expect(Self.workload(pod, [free]) == WorkloadIdentity(kind: "ReplicaSet", name: "web-587d4bdd99"))
        // A later description that lost the owner does not unsay it.
        #expect(Self.workload(pod, [owned, free]) == WorkloadIdentity(kind: "Rollout", name: "canary"))
        #expect(Self.workload(pod, [free, owned]) == WorkloadIdentity(kind: "Rollout", name: "canary"))
    }

    @Test(arguments: [
        ("backup-29384756", "CronJob", "backup", true),
        ("backup-1700000000", "CronJob", "backup", true),
        ("migrate-2", "Job", "migrate-2", false),
        ("migrate", "Job", "migrate", false),
        ("29384756", "Job", "29384756", false),
        ("-29384756", "Job", "-29384756", false),
        ("backup-٢٩٣٨٤٧٥٦", "Job", "backup-٢٩٣٨٤٧٥٦", false),
    ])
    func `behind a Job is the CronJob its name tells`(
        owner: String,
        kind: String,
        name: String,
        isInferred: Bool
    ) {
        let found = Self.workload(Self.pod("x", "Job", owner))
        #expect(found == WorkloadIdentity(kind: kind, name: name, isInferred: isInferred))
    }

    @Test func `behind a described Job is no guess`() {
        let pod = Self.pod("x", "Job", "backup-29384756")
        let owned = Self.controller(
            "Job",
            "backup-29384756",
            owner: OwnerReference(kind: "CronJob", name: "backup")
        )
        #expect(Self.workload(pod, [owned]) == WorkloadIdentity(kind: "CronJob", name: "backup"))
        let free = Self.controller("Job", "backup-29384756")
        #expect(Self.workload(pod, [free]) == WorkloadIdentity(kind: "Job", name: "backup-29384756"))
    }

    @Test func `is the owner where that is the workload, or the pod itself`() {
        #expect(
            Self.workload(Self.pod("db-0", "StatefulSet", "db"))
                == WorkloadIdentity(kind: "StatefulSet", name: "db")
        )
        #expect(
            Self.workload(Self.pod("a-x", "DaemonSet", "a")) == WorkloadIdentity(kind: "DaemonSet", name: "a")
        )
        #expect(Self.workload(Self.pod("k-x", "Kafka", "k")) == WorkloadIdentity(kind: "Kafka", name: "k"))
        #expect(Self.workload(Self.pod("bare", nil)) == WorkloadIdentity(kind: "Pod", name: "bare"))
        #expect(
            Self.workload(Self.pod("etcd-n1", "Node", "n1")) == WorkloadIdentity(kind: "Pod", name: "etcd")
        )
        #expect(Self.workload(Self.pod("etcd", "Node", "n1")) == WorkloadIdentity(kind: "Pod", name: "etcd"))
    }
}

@Suite struct `The Services of a pod` {
    static func services(
        _ pod: PodFact,
        _ facts: [InventoryFact],
        window: Window = Shop.window(0)
    ) -> [String] {
        let resolver = IdentityResolver(inventory: Shop.seen([.pod(pod)] + facts), names: [])
        let identity = resolver.identity(
            of: Endpoint(scope: Shop.cluster, address: pod.addresses[0]),
            port: pod.ports.first?.port ?? 0,
            transport: .tcp,
            as: .server,
            in: window
        )
        guard case .pod(let found) = identity.subject else { return [] }
        return found.services.map(\.name)
    }

    static let pod = Shop.pod("p", ["10.1.0.50"], labels: ["app": "p", "tier": "front"])

    @Test func `are those whose whole selector it bears, in its namespace`() {
        let facts: [InventoryFact] = [
            .service(Shop.service("both", [], selector: ["app": "p", "tier": "front"])),
            .service(Shop.service("one", [], selector: ["tier": "front"])),
            .service(Shop.service("half", [], selector: ["app": "p", "tier": "back"])),
            .service(Shop.service("all", [])),
            .service(Shop.service("away", [], namespace: "other", selector: ["app": "p"])),
        ]
        #expect(Self.services(Self.pod, facts) == ["both", "one"])
    }

    @Test func `are those that existed then`() {
        let facts: [InventoryFact] = [
            .service(Shop.service("gone", [], selector: ["app": "p"], to: Shop.at(-1))),
            .service(Shop.service("later", [], selector: ["app": "p"], from: Shop.at(15))),
        ]
        #expect(Self.services(Self.pod, facts).isEmpty)
        #expect(Self.services(Self.pod, facts, window: Shop.window(1)) == ["later"])
    }

    @Test func `without a selector are told by their endpoints`() {
        let facts: [InventoryFact] = [
            .service(Shop.service("manual", ["10.96.0.5"])),
            .endpoints(Shop.endpoints("manual", ["10.1.0.50"], port: 80)),
            .endpoints(Shop.endpoints("undescribed", ["10.1.0.50"], port: 80)),
            .endpoints(Shop.endpoints("elsewhere", ["10.1.0.51"], port: 80)),
        ]
        #expect(Self.services(Self.pod, facts) == ["manual", "undescribed"])
    }
}
