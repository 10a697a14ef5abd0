// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// What an edge, a node or a view did over time as JSON, described in `docs/formats/http-api.md`.
package enum SeriesJSON {
    /// The version of the shape; it grows when a key changes its meaning.
    package static let version = 1

    /// The document.
    ///
    /// - Parameters:
    ///   - series: What was done; of a node, what it served and then what it called.
    ///   - subject: Who did it.
    /// - Returns: Steps that nobody watched have no rate; those without requests no latency.
    package static func encode(_ series: [Series], of subject: SeriesSubject) -> String {
        guard let first = series.first else { return JSONWriter.write(.object([])) }
        var members: [(key: String, value: JSONValue)] = [("version", .index(version))]
        switch subject {
        case .edge(let id): members.append(("edge", .string(id)))
        case .node(let id): members.append(("node", .string(id)))
        case .view: break
        }
        members += [
            ("from", .string(first.window.start.description)),
            ("to", .string(first.window.end.description)),
            ("step", .seconds(nanoseconds: UInt64(clamping: first.stepNanoseconds))),
            ("points", points(first)),
        ]
        for calls in series.dropFirst() { members.append(("calls", points(calls))) }
        return JSONWriter.write(.object(members))
    }

    private static func points(_ series: Series) -> JSONValue {
        .array(
            series.points.map { point in
                let from: (key: String, value: JSONValue) = ("from", .string(point.window.start.description))
                return .line(.object([from] + FiguresJSON.step(point.figures)))
            }
        )
    }
}
