// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Several captures` {
    private static let second: Int64 = 1_000_000_000

    /// A query between two addresses, so many seconds after the others' beginning.
    private func write(_ name: String, atSecond start: Int64, in scratch: TemporaryFolder) throws {
        let frame = PacketBuilder("10.0.0.\(start % 200 + 1)", "10.0.1.1").udp(
            40_000,
            9_999,
            payload: [1, 2]
        )
        let capture = CaptureWriter.pcap([.init(at: start * Self.second, frame)])
        try Data(capture).write(to: scratch.url.appending(path: name))
    }

    private func folder() throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: scratch.url.appending(path: "captures/inner"),
            withIntermediateDirectories: true
        )
        return scratch
    }

    private func order(_ run: Run, _ names: String...) -> [String] {
        run.errors.split(separator: "\n").compactMap { line in
            names.first { line.contains("\($0): ") && line.contains("1 frame,") }
        }
    }

    @Test func `are read in the order of their first frames`() throws {
        let scratch = try TemporaryFolder()
        try write("a.pcap", atSecond: 40, in: scratch)
        try write("b.pcap", atSecond: 0, in: scratch)
        try write("c.pcap", atSecond: 20, in: scratch)
        let run = try Binary.run(
            ["import", "a.pcap", "b.pcap", "c.pcap", "--store", "map.db"],
            in: scratch.url
        )
        #expect(run.status == 0)
        #expect(order(run, "a.pcap", "b.pcap", "c.pcap") == ["b.pcap", "c.pcap", "a.pcap"], "\(run.errors)")
        #expect(run.errors.contains("3 captures: 2023-11-14T22:13:20Z to 2023-11-14T22:14:00Z (40.0 s)"))
        let graph = try GraphDocument(
            try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url).output
        )
        #expect(graph.coverage.frames == 3)
        #expect(graph.edges.count == 3)
    }

    @Test func `may be named by their folder, where other files are skipped with a line`() throws {
        let scratch = try folder()
        try write("captures/x.pcap0", atSecond: 20, in: scratch)
        try write("captures/y.pcap1", atSecond: 0, in: scratch)
        try write("captures/.hidden.pcap", atSecond: 60, in: scratch)
        try write("captures/inner/z.pcap", atSecond: 60, in: scratch)
        try Data("{}\n".utf8).write(to: scratch.url.appending(path: "captures/objects.json"))
        try Data().write(to: scratch.url.appending(path: "captures/nothing.pcap"))
        let run = try Binary.run(["import", "captures/", "--store", "map.db"], in: scratch.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            order(run, "captures/x.pcap0", "captures/y.pcap1") == ["captures/y.pcap1", "captures/x.pcap0"]
        )
        #expect(run.errors.contains("skipped captures/objects.json: is not a capture, it looks like JSON"))
        #expect(run.errors.contains("skipped captures/nothing.pcap: is empty"))
        #expect(run.errors.contains("captures/: skipped 2 hidden files, folders and pipes"))
        #expect(run.errors.contains("2 captures: "))
    }

    @Test func `that are missing do not keep the others out`() throws {
        let scratch = try TemporaryFolder()
        try write("a.pcap", atSecond: 0, in: scratch)
        let run = try Binary.run(["import", "missing.pcap", "a.pcap", "--store", "map.db"], in: scratch.url)
        #expect(run.status == 3)
        #expect(run.errors.contains("missing.pcap: no such file"))
        #expect(order(run, "a.pcap") == ["a.pcap"])
    }

    @Test func `that a folder does not hold are missed`() throws {
        let scratch = try folder()
        let run = try Binary.run(["import", "captures", "--store", "map.db"], in: scratch.url)
        #expect(run.status == 3)
        #expect(run.errors.contains("captures: holds no capture"))
    }

    @Test func `with the same content are one, as files, compressed or through a pipe`() throws {
        let scratch = try TemporaryFolder()
        let capture = Checkout.example + "/demo.pcap"
        let content = try Data(contentsOf: URL(filePath: capture))
        try Data(GzipWriter.member([UInt8](content))).write(to: scratch.url.appending(path: "demo.pcap.gz"))
        let first = try Binary.run(["import", "-", "--store", "map.db"], input: content, in: scratch.url)
        #expect(first.status == 0 && !first.errors.contains("known already"), "\(first.errors)")
        for file in [capture, "demo.pcap.gz"] {
            let again = try Binary.run(["import", file, "--store", "map.db"], in: scratch.url)
            #expect(again.status == 0 && again.errors.contains("all known already"), "\(again.errors)")
        }
    }

    @Test func `of which one is the beginning of another add what is new`() throws {
        let scratch = try TemporaryFolder()
        let capture = Checkout.example + "/demo.pcap"
        let content = try Data(contentsOf: URL(filePath: capture))
        try content.prefix(content.count / 2).write(to: scratch.url.appending(path: "growing.pcap"))
        _ = try Binary.run(["import", "growing.pcap", "--store", "map.db"], in: scratch.url)
        let run = try Binary.run(["import", capture, "--store", "map.db"], in: scratch.url)
        #expect(run.status == 0)
        #expect(run.errors.contains("known already and left as they were"), "\(run.errors)")
        let whole = try GraphDocument(try ExampleCluster.export(["--json"]).output).coverage.frames
        let graph = try GraphDocument(
            try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url).output
        )
        // No frame twice; missing are at most those behind the cut in its window.
        #expect(graph.coverage.frames <= whole)
        #expect(graph.coverage.frames > whole / 2)
    }
}
