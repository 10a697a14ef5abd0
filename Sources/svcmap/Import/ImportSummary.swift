// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What an import saw and what it could not see, on less than one screen.
struct ImportSummary {
    private static let maximumEdges = 3
    /// Kinds of loss told one by one, and undecodable kinds; the store has them all.
    private static let maximumLosses = 6
    private static let maximumCauses = 3

    let totals: ImportTotals
    /// What a person calls it: a file, or how many.
    let name: String
    /// Captures it was made of; each may have seen the same call.
    var captures = 1

    init(totals: ImportTotals, name: String, captures: Int = 1) {
        self.totals = totals
        self.name = name
        self.captures = captures
    }

    init(sink: ReportSink, name: String) {
        self.init(totals: sink.totals, name: name)
    }

    /// One capture of several, in one line.
    var line: String {
        let coverage = totals.coverage
        return "svcmap: \(name): "
            + [
                Figures.count(coverage.frames, "frame"), Figures.count(coverage.metered, "packet"),
                edgeCount, Figures.count(totals.allRequests, "request"), windows,
            ].joined(separator: ", ")
    }

    /// All of it.
    var lines: [String] {
        guard let observed = totals.observed, totals.coverage.frames > 0 else {
            return ["svcmap: \(name): no frames"] + losses
        }
        let length = Figures.duration(nanoseconds: observed.end - observed.start)
        return [
            "svcmap: \(name): \(Figures.instant(observed.start)) to \(Figures.instant(observed.end)) (\(length)), \(windows)"
        ] + frames + [traffic] + busiest + losses
    }

    // MARK: - What was seen

    private var windows: String {
        let known = totals.knownReports
        let all = Figures.count(totals.newReports + known, "window")
        if known == 0 { return all }
        if totals.newReports == 0 { return all + ", all known already" }
        // An import that was interrupted, or a capture that has grown.
        return all + ", \(Figures.count(known)) known already and left as they were"
    }

    private var edgeCount: String {
        (totals.hasMoreEdges ? "more than " : "") + Figures.count(totals.edges.count, "edge")
    }

    private var frames: [String] {
        let coverage = totals.coverage
        var lines = [
            "  \(Figures.count(coverage.frames, "frame")), \(Figures.count(coverage.metered)) of them counted as packets"
        ]
        var apart: [String] = []
        if coverage.duplicate > 0 {
            apart.append("\(Figures.count(coverage.duplicate)) the same packet on another interface")
        }
        if coverage.translated > 0 {
            apart.append("\(Figures.count(coverage.translated)) under a translated address")
        }
        if coverage.notMetered > 0 {
            apart.append("\(Figures.count(coverage.notMetered)) no calls (ARP and the like)")
        }
        if coverage.filtered > 0 {
            apart.append("\(Figures.count(coverage.filtered)) left out by a filter")
        }
        if !apart.isEmpty { lines.append("  the others: " + apart.joined(separator: ", ")) }
        return lines
    }

    private var traffic: String {
        let requests = totals.requests.filter { $0.value > 0 }.sorted {
            ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue)
        }
        .map { "\(Figures.count($0.value)) \($0.key.rawValue)" }
        guard !requests.isEmpty else { return "  \(edgeCount), no requests of a protocol that is followed" }
        let note = captures > 1 ? " (once for each capture that saw it)" : ""
        return "  \(edgeCount), requests: \(requests.joined(separator: ", "))\(note)"
    }

    private var busiest: [String] {
        // The keys decide between equals, so that equal captures give equal summaries.
        totals.edges.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.maximumEdges).map {
            let (key, bytes) = $0
            let port = key.port == 0 ? "" : " port \(key.port)"
            return "    \(Figures.bytes(bytes)): \(key.client.address) to \(key.server.address)\(port)"
        }
    }

    // MARK: - What was not

    private var losses: [String] {
        var told: [String] = []
        let coverage = totals.coverage
        let causes = coverage.undecodable.filter { $0.value > 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (cause, count) in causes.prefix(Self.maximumCauses) {
            told.append("\(Figures.count(count)) frames could not be decoded: \(cause)")
        }
        let losses = coverage.losses.filter { $0.value > 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        told += losses.prefix(Self.maximumLosses).map { "\(Figures.count($0.value)) \($0.key.words)" }
        let untold =
            max(0, causes.count - Self.maximumCauses) + max(0, losses.count - Self.maximumLosses)
        if untold > 0 { told.append("and \(untold) more kinds of loss, which the page lists") }
        guard !told.isEmpty else { return ["  nothing known to be missing"] }
        return ["  not seen:"] + told.map { "    " + $0 }
    }
}
