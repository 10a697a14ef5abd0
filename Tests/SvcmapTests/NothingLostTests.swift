// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// What is in a store stays in it, whatever happens to the program that writes.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct `Nothing is lost` {
    private let capture = Checkout.example + "/demo.pcap"
    private let objects = Checkout.example + "/objects.json"

    @Test func `when an import is killed, the next one completes it`() throws {
        let scratch = try TemporaryFolder()
        // From before the store exists to after the last report.
        for delay in 0..<20 {
            let process = try BackgroundRun(
                ["import", capture, "--inventory", objects, "--store", "map.db"],
                in: scratch
            )
            Thread.sleep(forTimeInterval: Double(delay) * 0.004)
            _ = process.stop(SIGKILL)
            guard FileManager.default.fileExists(atPath: scratch.file("map.db")) else { continue }
            let export = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
            // A store whose first transaction was cut off says so; any other is readable.
            #expect(export.status == 0 || export.errors.contains("map.db"), "\(export.errors)")
        }
        let last = try Binary.run(
            ["import", capture, "--inventory", objects, "--store", "map.db"],
            in: scratch.url
        )
        #expect(last.status == 0, "\(last.status) \(last.errors)")
        let export = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        #expect(export.output == (try ExampleCluster.export(["--json"]).output))
    }

    /// Kills importers at random, each after it has got a little further, and looks at what is left.
    @Test(.timeLimit(.minutes(30)))
    func `when imports are killed again and again, no report is lost and none is half there`() throws {
        let variable = ProcessInfo.processInfo.environment["SVCMAP_TEST_KILLS"]
        let kills = variable.flatMap(Int.init) ?? 20
        let scratch = try TemporaryFolder()
        var generator = SeededGenerator(default: 1)
        // Several captures, so that it is killed while it writes as well as while it rolls up.
        let captures = (0..<4).map { "\($0).pcap" }
        for (number, name) in captures.enumerated() {
            let url = scratch.url.appending(path: name)
            try ShiftedCapture.write(capture, seconds: UInt32(number * 75), to: url)
        }
        let begun = Date()
        let whole = try Binary.run(["import"] + captures + ["--store", "whole.db"], in: scratch.url)
        let duration = Date().timeIntervalSince(begun)
        #expect(whole.status == 0, "\(whole.errors)")
        let expected = try dump("whole.db", in: scratch)
        let reported = try #require(expected["10s"])
        var rows = 0
        var (killed, rounds) = (0, 0)
        while killed < kills {
            rounds += 1
            try #require(rounds < kills * 20, "imports end too soon to be killed")
            let process = try BackgroundRun(["import"] + captures + ["--store", "map.db"], in: scratch)
            Thread.sleep(forTimeInterval: Double.random(in: 0..<duration, using: &generator))
            let isKilled = process.stop(SIGKILL) == -SIGKILL
            if isKilled { killed += 1 }
            guard FileManager.default.fileExists(atPath: scratch.file("map.db")) else { continue }
            let check = try Binary.run(["store", "verify", "--deep", "--store", "map.db"], in: scratch.url)
            if check.status != 0 {
                // Killed before the first transaction was over.
                #expect(rows == 0 && check.errors.contains("import"), "\(check.text) \(check.errors)")
                continue
            }
            let lines = try dump("map.db", "10s", in: scratch)
            #expect(lines.count >= rows, "reports were lost; SVCMAP_TEST_SEED=\(generator.seed)")
            #expect(Set(lines).isSubset(of: Set(reported)), "SVCMAP_TEST_SEED=\(generator.seed)")
            rows = lines.count
            // What is complete leaves nothing to be killed in: begin anew.
            guard !isKilled || killed % 5 == 0 else { continue }
            try finish("map.db", captures, expected, in: scratch, seed: generator.seed)
            for name in try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
            where name.hasPrefix("map.db") {
                try FileManager.default.removeItem(atPath: scratch.file(name))
            }
            rows = 0
        }
        print("killed \(killed) of \(rounds) imports")
        try finish("map.db", captures, expected, in: scratch, seed: generator.seed)
    }

    /// Imports once more, which must leave what an undisturbed import does.
    private func finish(
        _ store: String,
        _ captures: [String],
        _ expected: [String: [String]],
        in scratch: TemporaryFolder,
        seed: UInt64
    ) throws {
        let last = try Binary.run(["import"] + captures + ["--store", store], in: scratch.url)
        #expect(last.status == 0, "\(last.errors)")
        #expect(try dump(store, in: scratch) == expected, "SVCMAP_TEST_SEED=\(seed)")
        let check = try Binary.run(["store", "verify", "--deep", "--store", store], in: scratch.url)
        #expect(check.status == 0, "\(check.text)")
    }

    /// Every row of every length of windows, sorted.
    private func dump(_ store: String, in scratch: TemporaryFolder) throws -> [String: [String]] {
        var dumped: [String: [String]] = [:]
        for length in ["10s", "1m", "10m", "1h", "6h", "1d", "30d"] {
            dumped[length] = try dump(store, length, in: scratch)
        }
        return dumped
    }

    private func dump(_ store: String, _ length: String, in scratch: TemporaryFolder) throws -> [String] {
        let run = try Binary.run(["store", "dump", "--windows", length, "--store", store], in: scratch.url)
        #expect(run.status == 0, "\(run.errors)")
        return run.text.split(separator: "\n").map(String.init).sorted()
    }

    /// The disk fills while the store is created, and while reports are written.
    @Test(arguments: ["96k", "300k"])
    func `when the disk is full, reading goes on and the rest can follow`(size: String) throws {
        guard geteuid() == 0 else {
            print("skipped: full disk: needs root to mount a small file system")
            return
        }
        let scratch = try TemporaryFolder()
        // One shell in its own mount namespace: the file system is gone with it.
        let script = """
            set -u
            mkdir small && mount -t tmpfs -o size=\(size) tmpfs small || exit 77
            "$0" import "$1" --inventory "$2" --store small/map.db; echo "first $?"
            "$0" store verify --deep --store small/map.db; echo "whole $?"
            "$0" export --json --store small/map.db > before.json; echo "reading $?"
            mount -o remount,size=16m small
            "$0" import "$1" --inventory "$2" --store small/map.db; echo "second $?"
            "$0" export --json --store small/map.db > after.json; echo "done $?"
            """
        let run = try Binary.run(
            "/usr/bin/unshare",
            ["-m", "/bin/sh", "-c", script, BuiltProducts.svcmap, capture, objects],
            in: scratch.url
        )
        guard run.status != 77 else {
            print("skipped: full disk: no file system can be mounted here")
            return
        }
        #expect(run.text.contains("first 3"), "\(run.text) \(run.errors)")
        #expect(run.errors.contains("no room to write"))
        // Where the store itself had no room there is nothing to read.
        let code = size == "96k" ? 3 : 0
        #expect(run.text.contains("whole \(code)"), "\(run.text) \(run.errors)")
        #expect(run.text.contains("reading \(code)"), "\(run.text) \(run.errors)")
        #expect(run.text.contains("second 0") && run.text.contains("done 0"), "\(run.text) \(run.errors)")
        let after = try Data(contentsOf: scratch.url.appending(path: "after.json"))
        #expect(after == (try ExampleCluster.export(["--json"]).output))
    }

    @Test func `when two imports write one store, both are in it`() throws {
        let scratch = try TemporaryFolder()
        let first = try BackgroundRun(["import", capture, "--store", "map.db"], in: scratch)
        let second = try Binary.run(["import", "--inventory", objects, "--store", "map.db"], in: scratch.url)
        #expect(second.status == 0, "\(second.errors)")
        #expect(first.wait() == 0, "\(first.errorText)")
        let export = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        #expect(export.output == (try ExampleCluster.export(["--json"]).output))
    }
}
