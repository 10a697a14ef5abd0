// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import FlowModel
import Foundation
import Graph

/// Which part of the store to make a graph of.
struct RangeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Start of the range: RFC 3339, or relative such as now-15m (default: all of the store).",
            valueName: "time"
        )
    )
    var from: String?

    @Option(name: .long, help: ArgumentHelp("End of the range, exclusive.", valueName: "time"))
    var to: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The last part of what is stored, such as 90s, 15m, 6h or 2d.",
            valueName: "duration"
        )
    )
    var window: String?

    @Option(name: .long, help: Setting.level.help)
    var level: String?

    @Option(name: .long, help: Setting.namespace.help)
    var namespace: [String] = []

    @Option(name: .long, help: Setting.group.help)
    var group: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "One node for all of this namespace, or for what has the label KEY=VALUE, the others as they are; "
                + "may be repeated.",
            valueName: "box"
        )
    )
    var collapse: [String] = []

    @Option(name: .long, help: Setting.fold.help)
    var fold: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only edges that match, such as 'edge.errorRate > 0.01 && server.namespace == \"shop\"'; "
                + "docs/formats/expressions.md has the language.",
            valueName: "expression"
        )
    )
    var filter: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "No edges that match, such as 'edge.protocol == \"dns\"'.",
            valueName: "expression"
        )
    )
    var hide: String?

    @Option(name: .long, help: ArgumentHelp("Only edges near the node with this id.", valueName: "node"))
    var focus: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --focus: how many steps along edges, in either direction (default: 1).",
            valueName: "steps"
        )
    )
    var depth: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only so many edges with most requests, and every one that is failing.",
            valueName: "count"
        )
    )
    var top: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What JSON tells beside figures: \(GraphDetail.choices) (default: all).",
            valueName: "details"
        )
    )
    var include: String?

    /// Options given, as settings.
    var settings: [Setting: String] {
        var settings: [Setting: String] = [:]
        settings[.level] = level
        settings[.group] = group
        settings[.fold] = fold
        settings[.namespace] = namespace.isEmpty ? nil : namespace.joined(separator: ",")
        return settings
    }

    /// The query they make; relative times are relative to the wall clock.
    func query(settings: Settings) throws -> GraphQuery {
        GraphQuery(
            range: try timeRange(),
            level: try settings.choice(.level, default: GraphLevel.workload),
            namespaces: Set(settings.list(.namespace)),
            group: try settings.group(),
            collapsed: try collapsed(),
            folding: try settings.choice(.fold, default: PseudoNodePolicy.automatic),
            filter: try expression(filter, option: "filter"),
            hide: try expression(hide, option: "hide"),
            focus: try focusedNode(),
            top: try top.map { try number($0, option: "top", in: GraphQuery.tops) },
            include: try details()
        )
    }

    private func collapsed() throws -> Set<CollapsedBox> {
        try Set(
            collapse.flatMap { $0.split(separator: ",") }.map { text in
                guard let box = CollapsedBox(text) else {
                    throw UsageError("--collapse takes a namespace or KEY=VALUE, not \"\(text)\"")
                }
                return box
            }
        )
    }

    private func details() throws -> Set<GraphDetail> {
        guard let include else { return .all }
        guard let details = GraphDetail.set(include) else {
            throw UsageError("--include must be \(GraphDetail.choices), not \"\(include)\"")
        }
        return details
    }

    private func expression(_ text: String?, option: String) throws -> EdgeFilter? {
        guard let text else { return nil }
        do {
            return try EdgeFilter(text)
        } catch {
            throw UsageError(expression: text, option: option, error)
        }
    }

    private func focusedNode() throws -> GraphQuery.Focus? {
        guard let focus else {
            guard depth == nil else { throw UsageError("--depth goes with --focus") }
            return nil
        }
        let depth = try depth.map { try number($0, option: "depth", in: GraphQuery.Focus.depths) }
        return GraphQuery.Focus(node: focus, depth: depth ?? 1)
    }

    private func number(_ value: Int, option: String, in range: ClosedRange<Int>) throws -> Int {
        guard range.contains(value) else {
            throw UsageError(
                "--\(option) takes a whole number from \(range.lowerBound) to \(range.upperBound), not \(value)"
            )
        }
        return value
    }

    private func timeRange() throws -> GraphQuery.Range {
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        guard let window else {
            let start = try from.map { try instant($0, option: "from", now: now) }
            let end = try to.map { try instant($0, option: "to", now: now) }
            if let start, let end, start >= end {
                throw UsageError("--to: the range is empty, it ends at or before its start")
            }
            return .between(from: start, to: end)
        }
        guard from == nil, to == nil else {
            throw UsageError("--window: give either a window or --from and --to")
        }
        guard let length = DurationText.nanoseconds(window) else {
            throw UsageError("--window takes a duration such as 90s, 15m, 6h or 2d, not '\(window)'")
        }
        return .last(nanoseconds: length)
    }

    private func instant(_ text: String, option: String, now: Timestamp) throws -> Timestamp {
        guard let instant = TimeExpression.instant(text, now: now) else {
            throw UsageError(
                "--\(option) takes a time such as 2026-11-22T09:09:10Z or now-15m, not '\(text)'"
            )
        }
        return instant
    }
}
