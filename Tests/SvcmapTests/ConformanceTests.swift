// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// Counts of public captures beside tshark's.
///
/// A difference passes only if `Tests/Fixtures/conformance.tsv` lists it with exactly our value;
/// `docs/conformance.md` then shows by frame numbers who is right.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct `Conformance with tshark` {
    struct Fact: Hashable {
        let file: String
        let name: String
    }

    private static let counted: Set<String> = [
        "capinfos_packets", "http1_requests", "http1_responses", "dns_queries", "dns_responses",
    ]

    private static func isCounted(_ name: String) -> Bool {
        counted.contains(name) || name.hasPrefix("http1_responses_") || name.hasPrefix("dns_responses_rcode_")
    }

    /// What we say about one fact.
    private static func value(_ name: String, in graph: GraphDocument) -> Int {
        func sum(_ protocolName: String, _ figure: (GraphDocument.ProtocolFigures) -> Int) -> Int {
            graph.edges.flatMap(\.protocols).filter { $0.protocol == protocolName }.reduce(0) {
                $0 + figure($1)
            }
        }
        switch name {
        case "capinfos_packets":
            return graph.coverage.frames
        case "http1_requests":
            return sum("http") { $0.started }
        case "http1_responses":
            return sum("http") { $0.statuses.values.reduce(0, +) }
        case "dns_queries":
            return sum("dns") { $0.started + ($0.retries ?? 0) }
        case "dns_responses":
            return sum("dns") { $0.statuses.values.reduce(0, +) }
        case _ where name.hasPrefix("http1_responses_"):
            return sum("http") { $0.statuses[String(name.dropFirst("http1_responses_".count)), default: 0] }
        default:
            // RFC 1035 section 4.1.1 and RFC 2136 section 2.2, in the order of their numbers.
            let names = [
                "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET",
                "NXRRSET",
                "NOTAUTH", "NOTZONE",
            ]
            guard let code = Int(name.dropFirst("dns_responses_rcode_".count)), code < names.count else {
                return -1
            }
            return sum("dns") { $0.statuses[names[code], default: 0] }
        }
    }

    @Test func `counts packets, HTTP/1 and DNS messages as tshark does`() throws {
        guard let corpus = Corpus.folder else { return }
        let explained = Dictionary(
            try Corpus.table(Checkout.fixtures + "/conformance.tsv").compactMap { row in
                row.count >= 3 ? (Fact(file: row[0], name: row[1]), row[2]) : nil
            }
        ) { first, _ in first }
        let facts = Dictionary(grouping: try Corpus.table(corpus + "/ORACLE.tsv")) { $0[0] }
        var compared = 0
        var differences: [String] = []
        var unused = Set(explained.keys)
        for (file, rows) in facts.sorted(by: { $0.key < $1.key }) {
            let rows = rows.filter { Self.isCounted($0[1]) }
            guard !rows.isEmpty else { continue }
            let scratch = try TemporaryFolder()
            let imported = try Binary.run(
                ["import", "\(corpus)/\(file)", "--store", "map.db"],
                in: scratch.url
            )
            #expect([0, 3].contains(imported.status), "\(file): \(imported.status) \(imported.errors)")
            let export = try Binary.run(
                ["export", "--json", "--level", "pod", "--store", "map.db"],
                in: scratch.url
            )
            let graph = try GraphDocument(export.output)
            for row in rows {
                let fact = Fact(file: file, name: row[1])
                let ours = String(Self.value(row[1], in: graph))
                compared += 1
                unused.remove(fact)
                if ours != (explained[fact] ?? row[2]) {
                    differences.append("\(file)\t\(row[1])\t\(ours)\ttshark: \(row[2])")
                } else if explained[fact] == row[2] {
                    differences.append("\(file)\t\(row[1]) agrees and needs no explanation")
                }
            }
        }
        print(
            "conformance: \(compared) facts, \(explained.count) explained differences"
        )
        #expect(differences.isEmpty, "\n\(differences.joined(separator: "\n"))")
        #expect(unused.isEmpty, "explanations of nothing: \(unused)")
        #expect(compared > 0)
    }
}
