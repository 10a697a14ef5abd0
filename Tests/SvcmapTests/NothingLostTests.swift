// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// What is in a store stays in it, whatever happens to the program that writes.
@Suite(.serialized, .timeLimit(.minutes(5)))
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
        #expect(run.text.contains(size == "96k" ? "reading 3" : "reading 0"), "\(run.text) \(run.errors)")
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
