// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// Conversations beside tshark's: packets, bytes and judgements each way, times to the nanosecond.
///
/// A difference passes only if `Tests/Fixtures/streams-explained.tsv` lists it with both values;
/// `docs/conformance.md` then shows by frame numbers who is right.
@Suite(.timeLimit(.minutes(5)))
struct `Conversations` {
    /// One figure of one conversation that differs.
    private struct Difference: Hashable, CustomStringConvertible {
        let file: String
        let conversation: String
        let figure: String
        let theirs: Int64
        let ours: Int64

        var description: String { "\(file)\t\(conversation)\t\(figure)\t\(theirs)\t\(ours)" }

        static func table(_ path: String) throws -> [Self] {
            try Corpus.table(path).compactMap { columns in
                guard columns.count == 6, !columns[5].isEmpty, let theirs = Int64(columns[3]),
                    let ours = Int64(columns[4])
                else {
                    Issue.record("no explanation: \(columns)")
                    return nil
                }
                return Self(
                    file: columns[0],
                    conversation: columns[1],
                    figure: columns[2],
                    theirs: theirs,
                    ours: ours
                )
            }
        }
    }

    private static func differences(_ file: String, _ groups: [StreamGroup]) -> [Difference] {
        groups.flatMap { group in
            let names = Set(group.theirs.values.keys).union(group.ours.values.keys)
            let found = names.sorted().compactMap { name -> Difference? in
                let (theirs, ours) = (group.theirs.values[name] ?? 0, group.ours.values[name] ?? 0)
                guard theirs != ours else { return nil }
                return Difference(
                    file: file,
                    conversation: group.name,
                    figure: name,
                    theirs: theirs,
                    ours: ours
                )
            }
            // Of what only one of the two has, all figures differ, and one says it.
            let isMissing = group.theirs.values.isEmpty || group.ours.values.isEmpty
            return isMissing ? found.filter { $0.figure == "streams" } : found
        }
    }

    /// Written by `Tests/Fixtures/segments.py`.
    private static let written = "segments.pcap"

    private static func explained() throws -> Set<Difference> {
        Set(try Difference.table(Checkout.fixtures + "/streams-explained.tsv"))
    }

    private static func expect(_ found: Set<Difference>, toBe explained: Set<Difference>) {
        let unexplained = found.subtracting(explained).map(\.description).sorted()
        #expect(unexplained.isEmpty, "\n\(unexplained.joined(separator: "\n"))")
        let gone = explained.subtracting(found).map(\.description).sorted()
        #expect(gone.isEmpty, "explanations of nothing:\n\(gone.joined(separator: "\n"))")
    }

    @Test func `of public captures are as tshark counts them`() throws {
        guard let corpus = Corpus.folder else { return }
        let files = try Corpus.table(corpus + "/ORACLE.tsv").filter { $0[1] == "capinfos_packets" }.map {
            $0[0]
        }
        let facts = Dictionary(grouping: try StreamFact.table(Checkout.fixtures + "/streams.tsv"), by: \.file)
        let explained = try Self.explained().filter { $0.file != Self.written }
        var found: Set<Difference> = []
        var (figures, conversations) = (0, 0)
        for file in files.sorted() {
            let counted = try CountedCapture(path: "\(corpus)/\(file)")
            let groups = StreamGroup.groups(facts[file] ?? [], counted)
            found.formUnion(Self.differences(file, groups))
            figures += groups.reduce(0) { $0 + $1.theirs.values.count }
            conversations += facts[file]?.count ?? 0
        }
        print(
            "conformance: \(figures) figures of \(conversations) conversations, \(explained.count) explained"
        )
        Self.expect(found, toBe: explained)
        #expect(conversations > 600)
    }

    /// Each is written for one thing that happens to TCP, around the end of the sequence space.
    @Test func `written for each thing that TCP does are as tshark judges them`() throws {
        let facts = try StreamFact.table(Checkout.fixtures + "/segments.tsv")
        let counted = try CountedCapture(path: Checkout.fixtures + "/" + Self.written)
        let groups = StreamGroup.groups(facts, counted)
        #expect(groups.count == 13)
        let explained = try Self.explained().filter { $0.file == Self.written }
        Self.expect(Set(Self.differences(Self.written, groups)), toBe: explained)
    }

    @Test func `and all else in public captures is accounted for, each frame once`() throws {
        guard let corpus = Corpus.folder else { return }
        var total: UInt64 = 0
        for columns in try Corpus.table(corpus + "/ORACLE.tsv") where columns[1] == "capinfos_packets" {
            let counted = try CountedCapture(path: "\(corpus)/\(columns[0])")
            let coverage = counted.reports.coverage
            #expect(counted.reports.isBalanced, "\(columns[0])")
            #expect(String(coverage.frames) == columns[2], "\(columns[0])")
            let classes =
                coverage.metered + coverage.duplicate + coverage.translated + coverage.notMetered
                + coverage.filtered + coverage.undecodable.values.reduce(0, +)
            #expect(coverage.frames == classes, "\(columns[0])")
            total += classes
        }
        #expect(total > 10_000)
    }
}
