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
        /// Of a report: what decides when its rows count, as a position in `choices`.
        var choice = 0
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
    /// A reporter, as `ReporterChoice` calls it, and who spoke for which clients in a base window; empty for
    /// summaries.
    ///
    /// Mostly the same addresses are local to the same reporters from one window to the next, so there are
    /// few.
    private(set) var choices: [(reporter: String, choice: ReporterChoice)] = []

    /// Looks up the parts; blocks are not read.
    init(
        of window: Window,
        _ resolution: Resolution,
        _ database: Database,
        _ dictionary: ReaderDictionary
    ) throws {
        guard let finer = resolution.finer else { return }
        let run = TilePlan.Run(resolution: finer, window: window)
        var localities: [Timestamp: [ReporterLocalities]] = [:]
        for header in try PartHeader.headers(of: run, database) {
            let detail =
                finer == .tenSeconds
                ? try report(header, dictionary, &localities)
                : try SummaryDetail(header.detail, strings: dictionary.strings)
            parts.append(Part(header: header, detail: detail))
        }
        if finer == .tenSeconds { try choose(localities, dictionary) }
        var part = 0
        for place in try PartBlock.blocks(of: run, database) {
            while part < parts.count, !place.belongs(to: parts[part].header) { part += 1 }
            guard part < parts.count else { throw WrongColumn(column: 0) }
            blocks.append(Block(part: part, place: place))
        }
    }

    /// The addresses that were local to a reporter, and how.
    private struct ReporterLocalities: Hashable {
        let reporter: UInt64
        var endpoints: [UInt64] = []
        var localities: [Locality] = []
    }

    /// What a summary would say of a report, whose local addresses are noted.
    private func report(
        _ header: PartHeader,
        _ dictionary: ReaderDictionary,
        _ localities: inout [Timestamp: [ReporterLocalities]]
    ) throws -> SummaryDetail {
        let stored = try ReportDetail(header.detail, strings: dictionary.strings)
        var local = ReporterLocalities(reporter: header.reporter)
        for address in stored.localAddresses {
            local.endpoints.append(address.endpoint)
            local.localities.append(address.locality)
        }
        localities[header.window.start, default: []].append(local)
        var detail = SummaryDetail()
        detail.coverage = stored.coverage
        detail.observed = header.observed
        return detail
    }

    /// Gives every report its choice.
    private mutating func choose(
        _ localities: [Timestamp: [ReporterLocalities]],
        _ dictionary: ReaderDictionary
    ) throws {
        var known: [[ReporterLocalities]: ReporterChoice] = [:]
        var positions: [[ReporterLocalities]: [UInt64: Int]] = [:]
        for index in parts.indices {
            let header = parts[index].header
            let all = localities[header.window.start] ?? []
            if let position = positions[all]?[header.reporter] {
                parts[index].choice = position
                continue
            }
            let choice = try known[all] ?? Self.choice(all, dictionary)
            known[all] = choice
            positions[all, default: [:]][header.reporter] = choices.count
            parts[index].choice = choices.count
            choices.append((String(header.reporter), choice))
        }
    }

    private static func choice(
        _ all: [ReporterLocalities],
        _ dictionary: ReaderDictionary
    ) throws -> ReporterChoice {
        var choice = ReporterChoice()
        for local in all {
            let addresses = try zip(local.endpoints, local.localities).map {
                LocalAddress(endpoint: try dictionary.endpoint($0), locality: $1)
            }
            choice.note(addresses, reporter: String(local.reporter))
        }
        return choice
    }
}
