// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Storage

/// What summaries must say, added up from the reports of base windows alone, in the plainest way.
enum NaiveSummaries {
    private struct Owner: Hashable {
        let start: Timestamp
        let reporter: Reporter
        let cluster: String
    }

    private struct Slot: Hashable {
        let counted: Counted
        let key: EdgeKey
    }

    /// The summaries of every window of a resolution that has reports, in the store's order.
    static func of(_ reports: [WindowReport], _ resolution: Resolution) -> [StoredSummary] {
        var summaries: [Owner: [WindowReport]] = [:]
        for report in reports {
            let start = floor(report.window.start, resolution)
            let owner = Owner(start: start, reporter: report.reporter, cluster: report.cluster)
            summaries[owner, default: []].append(report)
        }
        return summaries.map { owner, own in
            let end = owner.start + resolution.nanoseconds
            let inWindow = reports.filter { owner.start <= $0.window.start && $0.window.start < end }
            return summary(owner, own, Window(start: owner.start, end: end), among: inWindow)
        }
        .sorted {
            ($0.window.start, $0.reporter.id, $0.cluster) < ($1.window.start, $1.reporter.id, $1.cluster)
        }
    }

    private static func summary(
        _ owner: Owner,
        _ own: [WindowReport],
        _ window: Window,
        among all: [WindowReport]
    ) -> StoredSummary {
        let last = all.filter { $0.reporter == owner.reporter }.map(\.window.start).max() ?? window.start
        var summary = StoredSummary(
            cluster: owner.cluster,
            reporter: owner.reporter,
            window: window,
            lastStart: last
        )
        var rows: [Slot: StoredSummary.Row] = [:]
        var active: [Slot: Set<UInt32>] = [:]
        var seconds: Set<Int64> = []
        for report in own {
            summary.coverage.merge(report.coverage)
            // Whole seconds, as the random reports observe them.
            var second = report.observed.start.nanoseconds / 1_000_000_000
            while second < report.observed.end.nanoseconds / 1_000_000_000 {
                seconds.insert(second)
                second += 1
            }
            let index = UInt32((report.window.start - window.start) / Window.baseNanoseconds)
            for edge in report.edges {
                let sameTime = all.filter { $0.window == report.window }
                let slot = Slot(counted: counted(edge.key, report, among: sameTime), key: edge.key)
                var metrics = edge.metrics
                if report.window.start != last { metrics.clearGauges() }
                var row =
                    rows[slot]
                    ?? StoredSummary.Row(
                        counted: slot.counted,
                        edge: EdgeRow(key: edge.key),
                        firstWindow: index,
                        lastWindow: index
                    )
                row.edge.metrics.merge(metrics)
                row.edge.samples = TransactionSamples(row.edge.samples.sorted + edge.samples.sorted)
                for (address, connections) in edge.dialled {
                    row.edge.dialled[address] = (row.edge.dialled[address] ?? 0).addingSaturated(connections)
                }
                row.firstWindow = min(row.firstWindow, index)
                row.lastWindow = max(row.lastWindow, index)
                rows[slot] = row
                active[slot, default: []].insert(index)
            }
        }
        for (slot, windows) in active {
            let sorted = windows.sorted()
            for (one, next) in zip(sorted, sorted.dropFirst()) where next / 8_640 >= one / 8_640 + 2 {
                rows[slot]?.rests.append(BlockRow.Rest(after: one, until: next))
            }
        }
        summary.observed = spans(seconds)
        summary.rows = rows.values.sorted {
            ($0.counted.rawValue, $0.edge.key) < ($1.counted.rawValue, $1.edge.key)
        }
        return summary
    }

    /// Nobody was nearer to the client, for each side that may be the client.
    private static func counted(
        _ key: EdgeKey,
        _ report: WindowReport,
        among reports: [WindowReport]
    ) -> Counted {
        func nearness(_ reporter: Reporter, _ endpoint: Endpoint) -> UInt8 {
            let own = reports.filter { $0.reporter == reporter }.flatMap(\.localAddresses)
            return own.filter { $0.endpoint == endpoint }.map(\.locality.rawValue).max() ?? 0
        }
        func speaksFor(_ endpoint: Endpoint) -> Bool {
            let mine = nearness(report.reporter, endpoint)
            return reports.allSatisfy { nearness($0.reporter, endpoint) <= mine }
        }
        let straight = speaksFor(key.client)
        let turned = key.orientation == .undecided ? speaksFor(key.server) : straight
        return straight ? (turned ? .always : .ifStraight) : turned ? .ifTurned : .never
    }

    private static func spans(_ seconds: Set<Int64>) -> [Window] {
        var spans: [Window] = []
        for second in seconds.sorted() {
            let start = Timestamp(seconds: second)
            let end = Timestamp(seconds: second + 1)
            if let last = spans.last, last.end == start {
                spans[spans.count - 1] = Window(start: last.start, end: end)
            } else {
                spans.append(Window(start: start, end: end))
            }
        }
        return spans
    }

    private static func floor(_ instant: Timestamp, _ resolution: Resolution) -> Timestamp {
        let length = resolution.nanoseconds
        var number = instant.nanoseconds / length
        if number * length > instant.nanoseconds { number -= 1 }
        return Timestamp(nanoseconds: number * length)
    }
}
