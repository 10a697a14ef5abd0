// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What the reports of an import said in all.
struct ImportTotals {
    /// Edges told apart; a capture of a scan has millions.
    static let maximumEdges = 65_536

    /// Reports that the store did not have yet.
    private(set) var newReports = 0
    private(set) var knownReports = 0
    /// Reports of times that were pruned.
    private(set) var refusedReports = 0
    /// From the first frame to behind the last; `nil` where there was none.
    private(set) var observed: Window?
    private(set) var coverage = Coverage()
    private(set) var requests: [ApplicationProtocol: UInt64] = [:]
    /// Bytes by edge, both ways.
    private(set) var edges: [EdgeKey: UInt64] = [:]
    /// There were more edges than are told apart.
    private(set) var hasMoreEdges = false

    /// Requests of all protocols.
    var allRequests: UInt64 { requests.values.reduce(0) { $0.addingSaturated($1) } }

    mutating func addRefused() { refusedReports += 1 }

    mutating func add(_ report: WindowReport, isNew: Bool) {
        if isNew { newReports += 1 } else { knownReports += 1 }
        coverage.merge(report.coverage)
        observe(report.observed)
        for row in report.edges {
            add(row.metrics.bytes.sent.addingSaturated(row.metrics.bytes.received), of: row.key)
            for (name, metrics) in row.metrics.protocols { add(metrics.requests, of: name) }
        }
    }

    mutating func merge(_ other: ImportTotals) {
        newReports += other.newReports
        knownReports += other.knownReports
        refusedReports += other.refusedReports
        coverage.merge(other.coverage)
        if let observed = other.observed { observe(observed) }
        hasMoreEdges = hasMoreEdges || other.hasMoreEdges
        for (key, bytes) in other.edges { add(bytes, of: key) }
        for (name, count) in other.requests { add(count, of: name) }
    }

    private mutating func observe(_ window: Window) {
        // A late report observed nothing more.
        guard window.start < window.end else { return }
        observed = Window(
            start: min(window.start, observed?.start ?? window.start),
            end: max(window.end, observed?.end ?? window.end)
        )
    }

    private mutating func add(_ bytes: UInt64, of key: EdgeKey) {
        guard edges.count < Self.maximumEdges || edges[key] != nil else {
            hasMoreEdges = true
            return
        }
        edges[key] = (edges[key] ?? 0).addingSaturated(bytes)
    }

    private mutating func add(_ count: UInt64, of name: ApplicationProtocol) {
        requests[name] = (requests[name] ?? 0).addingSaturated(count)
    }
}
