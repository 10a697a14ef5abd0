// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// Two ranges side by side as JSON, described in `docs/formats/http-api.md`.
package enum DiffJSON {
    /// The version of the shape; it grows when a key changes its meaning.
    package static let version = 1

    /// The document.
    package static func encode(_ diff: GraphDiff) -> String {
        let unwatched = [("base", diff.base), ("current", diff.current)].filter { !$0.1.isWatched }.map(\.0)
        let counts = diff.counts
        return JSONWriter.write(
            .object([
                ("version", .index(version)),
                ("level", .string(diff.level.rawValue)),
                ("base", .line(side(diff.base))),
                ("current", .line(side(diff.current))),
                ("unwatched", .line(.array(unwatched.map { .string($0) }))),
                ("policy", .line(policy(diff.policy))),
                (
                    "counts",
                    .line(
                        .object(Change.allCases.map { ($0.rawValue, .index(counts[$0] ?? 0)) })
                    )
                ),
                ("nodes", .array(diff.nodes.map { .line(.object(node($0, diff))) })),
                ("edges", .array(diff.edges.compactMap { edge($0, diff).map { .line(.object($0)) } })),
            ])
        )
    }

    private static func side(_ side: GraphDiff.Side) -> JSONValue {
        .object([
            ("from", .string(side.window.start.description)),
            ("to", .string(side.window.end.description)),
            ("observedSeconds", .number(DecimalText.figure(side.observedSeconds) ?? "0")),
        ])
    }

    private static func policy(_ policy: DiffPolicy) -> JSONValue {
        let figures = [
            ("standardErrors", policy.standardErrors),
            ("errorRateDifference", policy.errorRateDifference),
            ("latencyRatio", policy.latencyRatio),
            ("rateRatio", policy.rateRatio),
            ("minimumExpected", policy.minimumExpected),
        ]
        return .object(
            figures.compactMap { key, value in JSONValue.figure(value).map { (key, $0) } } + [
                ("latencyDifference", .seconds(nanoseconds: policy.latencyDifference)),
                ("minimumLatencies", .count(policy.minimumLatencies)),
            ]
        )
    }

    private static func judgement(_ judgement: Judgement) -> [(key: String, value: JSONValue)] {
        [("change", .string(judgement.change.rawValue))]
            + (judgement.isUncertain ? [("uncertain", .bool(true))] : [])
    }

    private static func node(
        _ entry: GraphDiff.NodeEntry,
        _ diff: GraphDiff
    ) -> [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = [
            ("id", .string(entry.node.id)), ("kind", .string(entry.node.kind.rawValue)),
            ("name", .string(entry.node.name)),
        ]
        if let namespace = entry.node.namespace { members.append(("namespace", .string(namespace))) }
        return members + judgement(entry.judgement) + sides(entry.base, entry.current, diff)
    }

    private static func edge(
        _ entry: GraphDiff.EdgeEntry,
        _ diff: GraphDiff
    ) -> [(key: String, value: JSONValue)]? {
        guard let edge = entry.current ?? entry.base else { return nil }
        return EdgeJSON.identity(edge) + judgement(entry.judgement) + sides(entry.base, entry.current, diff)
    }

    private static func sides<Part: Measured>(
        _ base: Part?,
        _ current: Part?,
        _ diff: GraphDiff
    ) -> [(key: String, value: JSONValue)] {
        [("base", base), ("current", current)].compactMap { key, part in
            part.map { (key, .object(FiguresJSON.summary($0, policy: diff.health))) }
        }
    }
}
