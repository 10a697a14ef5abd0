// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import TestKit

/// Reports of a few reporters over some hours whose edges come again and again.
enum RandomHistory {
    /// - Parameters:
    ///   - count: How many reports.
    ///   - dice: Makes them.
    /// - Returns: In an arbitrary order; some windows have several reports of one reporter.
    static func reports(_ count: Int, _ dice: inout RandomReports) -> [WindowReport] {
        let keys = (0..<12).map { _ in dice.edgeKey() }
        let ends = keys.flatMap { [$0.client, $0.server] }
        // Around the first instant of 1970, in clusters of windows that are minutes to hours apart.
        let centers = (0..<4).map { _ in Int64(dice.number(40_000)) - 15_000 }
        var next: [String: UInt64] = [:]
        return (0..<count).map { _ in
            let reporter = dice.number(3)
            let window = centers[dice.number(4)] + Int64(dice.number(20))
            let sequence = next["\(reporter) \(window)"] ?? 0
            next["\(reporter) \(window)"] = sequence + 1
            var report = dice.report(reporter: reporter, window: window, sequence: sequence, edges: 0)
            if sequence == 0, dice.chance(1, of: 2) {
                let from = Int64(dice.number(5)) * 1_000_000_000
                let end = report.window.end + -Int64(dice.number(4)) * 1_000_000_000
                report.observed = Window(start: report.window.start + from, end: end)
            }
            var used = Set<Int>()
            for _ in 0..<dice.number(8) { used.insert(dice.number(keys.count)) }
            report.edges = used.map { index in
                EdgeRow(
                    key: keys[index],
                    metrics: dice.metrics(),
                    dialled: [
                        EdgeRow.Dialled(endpoint: keys[index].server, port: keys[index].port): dice.counter(),
                        EdgeRow.Dialled(endpoint: ends[dice.number(ends.count)], port: 80): dice.counter(),
                    ],
                    samples: dice.samples()
                )
            }
            .sorted { $0.key < $1.key }
            report.localAddresses = (0..<dice.number(12)).map { _ in
                LocalAddress(
                    endpoint: ends[dice.number(ends.count)],
                    locality: dice.chance(1, of: 2) ? .own : .adjacent
                )
            }
            return report
        }
    }
}
