// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import ArgumentParser
import FlowModel
import Foundation
import Graph
import Storage

struct StoreDumpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Print what windows hold, an edge to a line of JSON.",
        discussion: """
            Every number that is stored, with the addresses of the traffic and without names:

              svcmap store dump --windows 1h --from 2026-11-22T09:00:00Z --to 2026-11-22T10:00:00Z
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Length of the windows: 10s, 1m, 10m, 1h, 6h, 1d or 30d (default: 10s).",
            valueName: "length"
        )
    )
    var windows: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only windows that start at this time or later.", valueName: "time")
    )
    var from: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only windows that end at this time or before.", valueName: "time")
    )
    var to: String?

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let path = try await common.store().path
        guard let resolution = Resolution(text: windows ?? Resolution.tenSeconds.text) else {
            let names = Resolution.allCases.map(\.text).joined(separator: ", ")
            throw UsageError("--windows takes one of \(names), not '\(windows ?? "")'")
        }
        let range = Window(
            start: try from.map { try instant($0, "from") } ?? Timestamp(nanoseconds: .min),
            end: try to.map { try instant($0, "to") } ?? Timestamp(nanoseconds: .max)
        )
        let store = try WindowStore(path: path, access: .readOnly)
        // A reader such as head may have gone: not our failure.
        signal(SIGPIPE, SIG_DFL)
        guard resolution == .tenSeconds else {
            try store.forEachSummary(resolution, in: range) { summary in
                for row in summary.rows { try write(DumpedRow(row, of: summary)) }
            }
            return
        }
        try store.forEachReport(in: range) { report in
            for row in report.edges { try write(DumpedRow(row, of: report)) }
        }
    }

    private func write(_ row: DumpedRow) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        FileHandle.standardOutput.write(try encoder.encode(row) + Data("\n".utf8))
    }

    private func instant(_ text: String, _ option: String) throws -> Timestamp {
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        guard let instant = TimeExpression.instant(text, now: now) else {
            throw UsageError(
                "--\(option) takes a time such as 2026-11-22T09:09:10Z or now-15m, not '\(text)'"
            )
        }
        return instant
    }
}
