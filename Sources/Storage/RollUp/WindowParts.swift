// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph

/// What a coarse window is made of: the reports of its base windows, or the summaries of the next
/// finer windows in it.
struct WindowParts {
    /// One report, or one summary.
    struct Part {
        let header: PartHeader
        let detail: SummaryDetail
    }

    /// One block of a part, not read yet.
    struct Block {
        /// The position of its part.
        let part: Int
        let place: PartBlock

        /// `nil` where each row decides by itself.
        var counted: Counted? { place.isBase ? nil : place.counted }
    }

    private(set) var parts: [Part] = []
    private(set) var blocks: [Block] = []
    /// Who spoke for which clients, by base window; empty for summaries.
    private(set) var choices: [Timestamp: ReporterChoice] = [:]
    /// What `ReporterChoice` calls a reporter.
    static func name(ofReporter id: UInt64) -> String { String(id) }

    /// Looks up the parts; blocks are not read.
    init(
        of window: Window,
        _ resolution: Resolution,
        _ database: Database,
        _ dictionary: ReaderDictionary
    ) throws {
        guard let finer = resolution.finer else { return }
        let run = TilePlan.Run(resolution: finer, window: window)
        for header in try PartHeader.headers(of: run, database) {
            let detail =
                finer == .tenSeconds
                ? try report(header, dictionary)
                : try SummaryDetail(header.detail, strings: dictionary.strings)
            parts.append(Part(header: header, detail: detail))
        }
        var part = 0
        for place in try PartBlock.blocks(of: run, database) {
            while part < parts.count, !place.belongs(to: parts[part].header) { part += 1 }
            guard part < parts.count else { throw WrongColumn(column: 0) }
            blocks.append(Block(part: part, place: place))
        }
    }

    /// What a summary would say of a report, whose local addresses are noted.
    private mutating func report(_ header: PartHeader, _ dictionary: ReaderDictionary) throws -> SummaryDetail
    {
        let stored = try ReportDetail(header.detail, strings: dictionary.strings)
        let local = try stored.localAddresses.map {
            LocalAddress(endpoint: try dictionary.endpoint($0.endpoint), locality: $0.locality)
        }
        choices[header.window.start, default: ReporterChoice()]
            .note(local, reporter: Self.name(ofReporter: header.reporter))
        var detail = SummaryDetail()
        detail.coverage = stored.coverage
        detail.observed = header.observed
        return detail
    }
}
