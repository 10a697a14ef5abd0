// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Groups of the example cluster` {
    @Test func `by a label are its tiers`() throws {
        let run = try ExampleCluster.export(["--json", "--group", "label:tier"])
        let graph = try GraphDocument(run.output)
        // Every pod of the demo has the label `tier`; CoreDNS and the node have not.
        let groups = graph.nodes.filter { $0.kind == "group" }.map(\.id)
        #expect(groups == ["client", "data", "front", "middle"].map { "group/tier/\($0)" })
        let call = try #require(graph.edge("group/tier/client", "group/tier/front", 80))
        #expect(call.requests == 388)
        #expect(graph.nodes.contains { $0.id == "workload/kube-system/Deployment/coredns" })
    }

    @Test func `collapse one namespace and leave the others`() throws {
        let whole = try GraphDocument(ExampleCluster.export(["--json"]).output)
        let graph = try GraphDocument(ExampleCluster.export(["--json", "--collapse", "kube-system"]).output)
        #expect(!graph.nodes.contains { $0.id.hasPrefix("workload/kube-system/") })
        let inDemo = whole.nodes.filter { $0.id.hasPrefix("workload/demo/") }.map(\.id)
        #expect(graph.nodes.map(\.id).filter { $0.hasPrefix("workload/demo/") } == inDemo)
        let system = graph.edges.filter { $0.server == "namespace/kube-system" }
        let before = whole.edges.filter { $0.server == "workload/kube-system/Deployment/coredns" }
        #expect(!before.isEmpty)
        #expect(system.map(\.requests).reduce(0, +) == before.map(\.requests).reduce(0, +))
    }

    @Test func `fold peers as they are told`() throws {
        let run = try ExampleCluster.export(["--json", "--fold", "none"])
        #expect(try GraphDocument(run.output).nodes.contains { $0.id == "ip/172.31.250.1" })
        #expect(try ExampleCluster.export(["--json"]).output == run.output)
    }
}
