// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What an import saw and what it could not see, in a few lines.
struct ImportSummary {
    let sink: ReportSink
    let name: String

    var lines: [String] {
        let coverage = sink.coverage
        var lines = [
            "svcmap: \(name): \(coverage.frames) frames, \(coverage.metered) packets, \(sink.edges.count) edges, "
                + "\(sink.requests) requests, \(sink.newReports) windows"
                + (sink.knownReports > 0 ? " (\(sink.knownReports) known already)" : "")
        ]
        var apart: [String] = []
        if coverage.duplicate + coverage.translated > 0 {
            apart.append(
                "\(coverage.duplicate + coverage.translated) further sightings of packets counted once"
            )
        }
        if coverage.notMetered > 0 {
            apart.append("\(coverage.notMetered) frames without flows (ARP and the like)")
        }
        for (cause, count) in coverage.undecodable.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            apart.append("\(count) undecodable (\(cause))")
        }
        if !apart.isEmpty { lines.append("  of these: " + apart.joined(separator: ", ")) }
        let losses = coverage.losses.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        if !losses.isEmpty {
            lines.append(
                "  not seen: " + losses.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
            )
        }
        return lines
    }
}
