// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Storage

/// Writes windows of 10 s and reads them back, and says how fast and how large.
enum AppendCommand {
    static func run(_ arguments: Arguments) throws {
        let cluster = try arguments.cluster()
        let unit = Int64(try arguments.number("unit", 1))
        let windows = try arguments.number("windows", 30)
        let seed = UInt64(try arguments.number("seed", 1))
        let standsFor = max(1, try arguments.number("stands-for", 1))
        let store = try WindowStore(path: arguments.path, access: .readWrite)
        try store.append(inventory: cluster.inventory(days: try arguments.number("days", 1)))
        let before = size(arguments.path)
        // The first window gives most ids, which belongs to no window.
        var (rows, seconds, requests): (Int, Double, [UInt64]) = (0, 0, [])
        var activity: [(edge: Int, metrics: EdgeMetrics)] = []
        for window in 0..<windows {
            // Windows that stand for many are alike but for deploys: drawing them takes longer than all else.
            if window == 0 || standsFor == 1 {
                activity = cluster.activity(
                    window: Int64(window),
                    standsFor: standsFor,
                    unit: unit,
                    seed: seed
                )
            }
            let from = cluster.start + Int64(window) * Int64(standsFor) * Window.baseNanoseconds
            let reports = cluster.reports(of: activity, at: from)
            let start = ProcessorTime.now
            for report in reports { _ = try store.append(report) }
            if window > 0 || windows == 1 {
                seconds += ProcessorTime.now - start
                rows += reports.reduce(0) { $0 + $1.edges.count }
            }
            requests += reports.flatMap(\.edges).map { $0.metrics.protocols[.http]?.requests ?? 0 }
        }
        let count = max(1, requests.count)
        requests.sort()
        print("edge windows: \(requests.count)")
        for share in [0.5, 0.9, 0.99] where !requests.isEmpty {
            print("requests, quantile \(share): \(requests[Int(share * Double(count - 1))])")
        }
        print("appended per CPU second, from the second window on: \(Int(Double(rows) / seconds))")
        if standsFor == 1 { try readBack(store) }
        try store.close()
        let bytes = Double(size(arguments.path) - before) / Double(count)
        print("file, all included but the inventory: \(tenths(bytes)) bytes per edge window")
    }

    /// All reports as values, as roll-ups and exports of reports read them.
    private static func readBack(_ store: WindowStore) throws {
        guard let range = try store.range() else { return }
        let start = ProcessorTime.now
        var rows = 0
        try store.forEachReport(in: range) { rows += $0.edges.count }
        print("read per CPU second: \(Int(Double(rows) / (ProcessorTime.now - start)))")
    }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private static func size(_ path: String) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }
}
