// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `A capture that is followed` {
    private func append(_ data: Data, to file: URL) throws {
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        try handle.write(contentsOf: data)
        try handle.close()
    }

    /// Waits until the store holds more frames than that.
    private func frames(above count: Int, in scratch: TemporaryFolder) async throws -> Int {
        while true {
            let run = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
            // Before the first window there may be no store.
            if run.status == 0 {
                let frames = try GraphDocument(run.output).coverage.frames
                if frames > count { return frames }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `is stored window by window until Ctrl-C`(signal: Int32) async throws {
        let scratch = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(filePath: Checkout.example + "/demo.pcap"))
        let file = scratch.url.appending(path: "growing.pcap")
        // Cut inside its file header, then inside records.
        let cuts = [7, whole.count / 3 + 1, whole.count * 2 / 3 + 5, whole.count]
        try whole.prefix(cuts[0]).write(to: file)
        let run = try BackgroundRun(
            ["import", "--follow", "growing.pcap", "--inventory", Checkout.example + "/objects.json"]
                + ["--store", "map.db"],
            in: scratch
        )
        _ = try #require(try await run.line(containing: "following growing.pcap"), "\(run.errorText)")
        var seen = 0
        for (start, end) in zip(cuts, cuts.dropFirst()) {
            try append(whole[start..<end], to: file)
            seen = try await frames(above: seen, in: scratch)
        }
        #expect(run.stop(signal) == 0, "\(run.errorText)")
        #expect(run.errorText.contains("growing.pcap: 2026-11-22T09:09:13Z"))
        let export = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        #expect(export.output == (try ExampleCluster.export(["--json"]).output))
        // Read again as a whole, it is known.
        let again = try Binary.run(["import", "growing.pcap", "--store", "map.db"], in: scratch.url)
        #expect(again.errors.contains("all known already"), "\(again.errors)")
    }

    @Test func `ends with a line where it becomes shorter`() async throws {
        let scratch = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(filePath: Checkout.example + "/demo.pcap"))
        let file = scratch.url.appending(path: "growing.pcap")
        try whole.prefix(whole.count / 2).write(to: file)
        let run = try BackgroundRun(
            ["import", "--follow", "growing.pcap", "--store", "map.db"],
            in: scratch
        )
        _ = try await frames(above: 0, in: scratch)
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 1_000)
        try handle.close()
        #expect(run.wait() == 3)
        #expect(run.errorText.contains("growing.pcap: became shorter"), "\(run.errorText)")
    }

    @Test(arguments: [["-"], ["a.pcap", "b.pcap"], [], ["/"]])
    func `is one file`(files: [String]) throws {
        let run = try Binary.run(["import", "--follow"] + files)
        #expect(run.status == 2)
        #expect(run.errors.contains("--follow") || files.isEmpty)
    }
}
