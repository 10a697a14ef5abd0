// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// A replay as JSON, described in `docs/formats/http-api.md`.
package enum FramesJSON {
    /// The version of the shape; it grows when a key changes its meaning.
    package static let version = 1

    /// The document: one frame to a line, as most of it is numbers.
    package static func encode(_ frames: Frames) -> String {
        JSONWriter.write(
            .object([
                ("version", .index(version)),
                ("from", .string(frames.window.start.description)),
                ("to", .string(frames.window.end.description)),
                ("step", .seconds(nanoseconds: UInt64(clamping: frames.stepNanoseconds))),
                ("edges", .array(frames.edges.map { .string($0) })),
                ("frames", .array(frames.frames.map { .line(frame($0)) })),
            ])
        )
    }

    private static func frame(_ frame: Frames.Frame) -> JSONValue {
        .object([
            ("from", .string(frame.window.start.description)),
            ("observedSeconds", .number(DecimalText.figure(frame.observedSeconds) ?? "0")),
            ("cells", .array(frame.cells.map { .raw(text($0)) })),
        ])
    }

    /// There may be hundreds of thousands of them: each is one string.
    private static func text(_ cell: Frames.Cell) -> String {
        let times = [cell.p50, cell.p95, cell.p99]
            .map { $0.map { DecimalText.seconds(nanoseconds: $0) } ?? "null" }.joined(separator: ", ")
        return "[\(cell.edge), \(cell.requests), \(cell.failed), \(times), \"\(cell.health.rawValue)\", "
            + "\(cell.attempted), \(cell.failedConnects), \(cell.bytes.sent), \(cell.bytes.received), "
            + "\(DecimalText.figure(cell.observedSeconds) ?? "0")]"
    }
}
