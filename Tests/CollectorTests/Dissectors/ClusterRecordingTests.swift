// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Dissection of the cluster recording` {
    private static func bridge() throws -> CaptureFollowing? {
        guard let path = Checkout.recording("demo-cni0.pcap") else { return nil }
        return try CaptureFollowing(path: path, skipsLinkRepeats: true)
    }

    @Test func `216 DNS answers are 54 lookups of which two fail`() throws {
        guard let found = try Self.bridge() else { return }
        let answers = found.transactions(.dns)
        #expect(answers.count == 216)
        #expect(answers.filter { $0.status == "NXDOMAIN" }.count == 164)
        #expect(answers.filter { $0.outcome == .ok }.count == 214)
        #expect(answers.filter { $0.outcome == .clientError }.map(\.operation).sorted() == ["A", "AAAA"])
        // On the bridge 20 connections of the outside client show their responses only.
        #expect(found.losses[.unmatchedResponses] == 20)
        let names = Set(found.names.filter { $0.source == .dns }.map(\.name))
        #expect(
            names == [
                "app-headless.demo.svc.cluster.local", "nginx.demo.svc.cluster.local",
                "redis.demo.svc.cluster.local",
            ]
        )
    }

    @Test func `the client's calls to nginx are all paired`() throws {
        guard let found = try Self.bridge() else { return }
        let calls = found.findings.filter {
            $0.transaction.applicationProtocol == .http && $0.client == IPAddress(v4: 0x0AF4_0007)
                && $0.server == IPAddress(v4: 0x0AF4_0006)
        }
        #expect(calls.count == 388)
        #expect(calls.allSatisfy { $0.transaction.status != nil })
        #expect(found.losses[.reassemblyGaps] == nil)
        #expect(found.losses[.unmatchedRequests] == nil)
        #expect(found.losses[.abandonedStreams] == nil)
    }
}
