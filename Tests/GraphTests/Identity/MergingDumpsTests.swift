// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit
import Testing

@Suite struct `Several dumps of one cluster` {
    static func observation(_ fact: PodFact, at seconds: Double? = nil) -> InventoryObservation {
        InventoryObservation(cluster: Shop.cluster, observedAt: seconds.map(Shop.at), fact: .pod(fact))
    }

    static func identity(_ inventory: [InventoryObservation], _ seconds: Double) -> Identity {
        IdentityResolver(inventory: inventory, names: []).identity(
            of: Shop.endpoint("10.1.0.50"),
            port: 0,
            transport: .tcp,
            as: .client,
            in: Window(start: Shop.at(seconds), end: Shop.at(seconds) + 1)
        )
    }

    /// A pod as a watch tells of it: pending, scheduled, running, terminating.
    static var life: [InventoryObservation] {
        var pending = Shop.pod("a", [], labels: ["v": "1"], from: Shop.at(10))
        pending.nodeName = nil
        var running = Shop.pod("a", ["10.1.0.50"], labels: ["v": "1"], from: Shop.at(10))
        running.nodeName = "n1"
        var relabelled = running
        relabelled.labels = ["v": "2"]
        var terminating = relabelled
        terminating.endedAt = Shop.at(60)
        return [
            observation(pending, at: 10.1), observation(running, at: 12), observation(relabelled, at: 20),
            observation(terminating, at: 30), observation(relabelled),
        ]
    }

    @Test(arguments: UInt64(1)...20)
    func `mean the same in any order and however often`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let order = (Self.life + Self.life).shuffled(using: &generator)
        for seconds in [9.0, 10, 11, 30, 59, 60, 500, 660] {
            #expect(Self.identity(order, seconds) == Self.identity(Self.life, seconds))
        }
    }

    @Test func `add up to one life`() {
        #expect(Self.identity(Self.life, 9.9).namespace == nil)
        #expect(Self.identity(Self.life, 10).namespace == "shop")
        #expect(!Self.identity(Self.life, 59).isInferred)
        #expect(Self.identity(Self.life, 61).isInferred)
        #expect(Self.identity(Self.life, 660).namespace == nil)
        guard case .pod(let pod) = Self.identity(Self.life, 30).subject else {
            Issue.record("not a pod")
            return
        }
        #expect(pod.nodeName == "n1")
    }

    @Test(arguments: UInt64(1)...20)
    func `decide alike where they contradict each other without a time`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let facts = ["x", "y", "z"].map { value in
            var fact = Shop.pod("a", ["10.1.0.50"])
            fact.labels = ["pod-template-hash": value]
            fact.owner = OwnerReference(kind: "ReplicaSet", name: "w\(value)-\(value)")
            fact.nodeName = value
            return Self.observation(fact)
        }
        let order = facts.shuffled(using: &generator)
        #expect(Self.identity(order, 0) == Self.identity(facts, 0))
    }
}
