// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// What an import tells the person who started it.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `An import tells` {
    private static let capture = Checkout.example + "/demo.pcap"
    private static let erase = "\r\u{1B}[K"

    /// Runs a command line on a terminal, which `script` makes; `nil` where there is none.
    private func onTerminal(_ command: String, in scratch: TemporaryFolder) throws -> String? {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else {
            print("skipped: progress on a terminal: needs script of util-linux")
            return nil
        }
        let run = try Binary.run("/usr/bin/script", ["-qec", command, "/dev/null"], in: scratch.url)
        #expect(run.status == 0, "\(run.text)")
        return run.text
    }

    /// The sentences of the page, by cause.
    private func pageWords() throws -> [String: String] {
        let text = try String(contentsOfFile: Checkout.root + "/public/js/strings.js", encoding: .utf8)
        let block = try #require(text.range(of: "losses: {"))
        return text[block.upperBound...].prefix { $0 != "}" || $0 == "{" }.split(separator: "\n")
            .reduce(into: [:]) { words, line in
                let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
                guard parts.count == 3 else { return }
                words[parts[0].trimmingCharacters(in: [" ", ":"])] = String(parts[1])
            }
    }

    @Test func `what it saw, on less than a screen and without control characters`() throws {
        let scratch = try TemporaryFolder()
        let run = try Binary.run(["import", Self.capture, "--store", "map.db"], in: scratch.url)
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        #expect(!run.errors.contains("\r") && !run.errors.contains("\u{1B}"))
        #expect(run.errors.split(separator: "\n").count < 20)
        let document = try Binary.run(
            ["export", "--json", "--level", "pod", "--store", "map.db"],
            in: scratch.url
        )
        let graph = try GraphDocument(document.output)
        #expect(run.errors.contains("2026-11-22T09:09:13Z to 2026-11-22T09:10:11Z (58."))
        #expect(run.errors.contains("\(grouped(graph.coverage.frames)) frames"))
        #expect(run.errors.contains("\(grouped(graph.coverage.metered)) of them counted as packets"))
        for name in ["http", "dns"] {
            let requests = graph.edges.flatMap(\.protocols).filter { $0.protocol == name }.map(\.requests)
            #expect(run.errors.contains("\(grouped(requests.reduce(0, +))) \(name)"), "\(run.errors)")
        }
    }

    @Test func `what it did not see, in the words of the page`() throws {
        let scratch = try TemporaryFolder()
        // Cut frames, and a beginning that was not captured.
        let whole = try Data(contentsOf: URL(filePath: Self.capture))
        var damaged = whole
        damaged.replaceSubrange(1_000_000..., with: Data(repeating: 0xFF, count: 60_000))
        try damaged.write(to: scratch.url.appending(path: "damaged.pcap"))
        let run = try Binary.run(["import", "damaged.pcap", "--store", "map.db"], in: scratch.url)
        #expect(run.status == 3)
        let document = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        let json = try #require(try JSONSerialization.jsonObject(with: document.output) as? [String: Any])
        let coverage = try #require(json["coverage"] as? [String: Any])
        let losses = try #require(coverage["losses"] as? [String: Int])
        let words = try pageWords()
        #expect(losses["damagedRecords"] == 1 && words.count > 10)
        for (cause, count) in losses where count > 0 {
            guard let sentence = words[cause] else { continue }
            #expect(run.errors.contains("\(grouped(count)) \(sentence)"), "\(run.errors)")
        }
    }

    @Test func `that it changed nothing the second time`() throws {
        let scratch = try TemporaryFolder()
        for expected in ["7 windows", "all known already"] {
            let run = try Binary.run(["import", Self.capture, "--store", "map.db"], in: scratch.url)
            #expect(run.errors.contains(expected), "\(run.errors)")
        }
    }

    @Test func `its progress on a terminal, and erases it`() throws {
        let scratch = try TemporaryFolder()
        guard
            let text = try onTerminal(
                "\(BuiltProducts.svcmap) import \(Self.capture) --store map.db",
                in: scratch
            )
        else { return }
        let parts = text.components(separatedBy: Self.erase)
        #expect(parts.count >= 3, "\(text)")
        for line in parts.dropFirst().dropLast() where !line.isEmpty {
            #expect(line.contains("demo.pcap [") && line.contains("B/s") && line.contains(" left"), "\(line)")
            #expect(line.count < 80, "\(line)")
        }
        #expect(parts.last?.contains("demo.pcap: 2026-11-22") == true, "\(text)")
    }

    @Test func `bytes and rate of a pipe, which has no known end`() throws {
        let scratch = try TemporaryFolder()
        let command = "cat \(Self.capture) | \(BuiltProducts.svcmap) import - --store map.db"
        guard let text = try onTerminal(command, in: scratch) else { return }
        let parts = text.components(separatedBy: Self.erase)
        let first = try #require(parts.dropFirst().first)
        #expect(first.hasPrefix("standard input ") && first.contains("B/s"), "\(text)")
        #expect(!first.contains("left") && !first.contains("["))
    }

    private func grouped(_ count: Int) -> String {
        var digits = String(count)
        for offset in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: offset))
        }
        return digits
    }
}
