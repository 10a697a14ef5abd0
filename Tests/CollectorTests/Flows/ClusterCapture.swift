// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation

/// The project's own recordings of a real cluster.
enum ClusterCapture {
    /// The recording in the checkout, or beside it; `nil`, with a line that says so, if absent.
    static func path(_ name: String) -> String? {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let places = [
            checkout.appendingPathComponent("Examples/cluster/\(name)"),
            checkout.appendingPathComponent("../shared/cluster/\(name)"),
        ]
        for place in places where FileManager.default.fileExists(atPath: place.path) {
            return place.standardizedFileURL.path
        }
        print("skipped: the recording \(name) is neither in Examples/cluster nor in ../shared/cluster")
        return nil
    }

    /// The reports of a recording.
    static func reports(_ path: String, reporter: String = "test") throws -> [WindowReport] {
        var reports: [WindowReport] = []
        let engine = MeteringEngine(
            configuration: MeteringEngine.Configuration(),
            reporter: Reporter(id: reporter, name: reporter)
        ) { reports.append($0) }
        var source = try SavefilePacketSource(path: path)
        while try source.read({ engine.account($0) }) != .ended {}
        engine.finish()
        return reports
    }
}

extension [WindowReport] {
    /// All rows of all windows added up by edge, gauges as of the last window with the edge.
    var edges: [EdgeKey: EdgeRow] {
        var sums: [EdgeKey: EdgeRow] = [:]
        for row in flatMap(\.edges) {
            guard var sum = sums[row.key] else {
                sums[row.key] = row
                continue
            }
            sum.metrics.clearGauges()
            sum.metrics.merge(row.metrics)
            sum.dialled.merge(row.dialled, uniquingKeysWith: +)
            sums[row.key] = sum
        }
        return sums
    }

    var coverage: Coverage {
        var sum = Coverage()
        for report in self { sum.merge(report.coverage) }
        return sum
    }
}
