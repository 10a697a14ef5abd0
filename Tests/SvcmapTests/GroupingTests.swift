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

    @Test func `fold peers as they are told`() throws {
        let run = try ExampleCluster.export(["--json", "--fold", "none"])
        #expect(try GraphDocument(run.output).nodes.contains { $0.id == "ip/172.31.250.1" })
        #expect(try ExampleCluster.export(["--json"]).output == run.output)
    }
}
