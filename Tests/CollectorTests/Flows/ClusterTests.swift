// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import Testing

@Suite struct `A real cluster` {
    @Test func `dump`() throws {
        let name = ProcessInfo.processInfo.environment["FLOWDUMP"] ?? "demo.pcap"
        guard let path = ClusterCapture.path(name) else { return }
        let reports = try ClusterCapture.reports(path)
        for report in reports {
            print(report.window.start, report.sequence, report.observed.start, report.observed.end, report.coverage, report.coverage.isBalanced)
            print("   local", report.localAddresses.map { "\($0.endpoint.address) \($0.locality)" }.joined(separator: ", "))
            print("   names", report.names.count)
        }
        print(reports.coverage)
        for (key, row) in reports.edges.sorted(by: { $0.key < $1.key }) {
            let m = row.metrics
            print("\(key.client.address) -> \(key.server.address):\(key.port) \(key.transport) \(key.orientation) op\(key.originatorPort) dialled \(row.dialled.map { "\($0.key.endpoint.address):\($0.key.port)=\($0.value)" }.sorted()) pk \(m.packets.sent)/\(m.packets.received) by \(m.bytes.sent)/\(m.bytes.received) rt \(m.retransmitted.sent)/\(m.retransmitted.received) ooo \(m.outOfOrder.sent)/\(m.outOfOrder.received) \(m.connections) rtt \(m.rtt.count) init \(m.initialRtt.count) conn \(m.connectTime.count)")
            for (p, x) in m.protocols { print("      \(p) started \(x.started) req \(x.requests) inflight \(x.inFlight) \(x.outcomes) \(x.statuses)") }
        }
    }
}
