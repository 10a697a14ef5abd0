// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// `svcmap store` and what other verbs do to look after a store.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Store verbs` {
    private let capture = Checkout.example + "/demo.pcap"
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        let run = try Binary.run(ExampleCluster.arguments, in: scratch.url)
        #expect(run.status == 0, "\(run.errors)")
    }

    private struct Info: Decodable {
        struct Windows: Decodable {
            let resolution: String
            let count: Int
            let rows: Int
            let dirty: Int
            let keptFrom: String?
        }

        let schema: Int
        let bytes: Int
        let reporters: Int
        let windows: [Windows]
    }

    private func info() throws -> Info {
        let run = try Binary.run(["store", "info", "--json", "--store", "map.db"], in: scratch.url)
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder().decode(Info.self, from: run.output)
    }

    private func store(_ arguments: String...) throws -> Run {
        try Binary.run(["store"] + arguments + ["--store", "map.db"], in: scratch.url)
    }

    /// What the rows of a dump come to, read by nothing of ours.
    private func dump(_ windows: String) throws -> (rows: Int, sums: [String: UInt64], requests: UInt64) {
        let run = try store("dump", "--windows", windows)
        #expect(run.status == 0, "\(run.errors)")
        var (rows, sums, requests) = (0, [String: UInt64](), UInt64(0))
        for line in run.text.split(separator: "\n") {
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            rows += 1
            let counters = row["counters"] as? [String: NSNumber] ?? [:]
            for (name, value) in counters where name != "open" && name != "pending" {
                sums[name, default: 0] += value.uint64Value
            }
            for part in (row["protocols"] as? [String: [String: Any]] ?? [:]).values {
                let outcomes = part["outcomes"] as? [String: NSNumber] ?? [:]
                requests += outcomes.values.reduce(0) { $0 + $1.uint64Value }
            }
        }
        return (rows, sums, requests)
    }

    @Test func `an import rolls up what it brought`() throws {
        let info = try info()
        #expect(info.windows.map(\.resolution) == ["10s", "1m", "10m", "1h", "6h", "1d", "30d"])
        // 58 seconds from 09:09:13 to 09:10:11.
        #expect(info.windows.map(\.count) == [7, 2, 2, 1, 1, 1, 1])
        #expect(info.windows.allSatisfy { $0.dirty == 0 && $0.keptFrom == nil })
        let base = try dump("10s")
        #expect(base.rows == info.windows[0].rows)
        #expect((base.sums["packetsSent"] ?? 0) > 0 && base.requests > 0)
        for windows in info.windows.dropFirst() {
            let coarse = try dump(windows.resolution)
            #expect(coarse.rows == windows.rows && coarse.rows < base.rows)
            #expect(coarse.sums == base.sums, "\(windows.resolution)")
            #expect(coarse.requests == base.requests)
        }
        let text = try store("info")
        #expect(text.status == 0 && text.text.contains("schema 4"))
        #expect(text.text.split(separator: "\n").count == 10)
    }

    @Test func `verify says that a store is sound, and with code 3 what is not`() throws {
        let sound = try store("verify", "--deep")
        #expect(sound.status == 0 && sound.output.isEmpty, "\(sound.text)")
        #expect(sound.errors.contains("is sound"))
        let file = scratch.url.appending(path: "map.db")
        var bytes = try Data(contentsOf: file)
        let block = try #require(bytes.range(of: Data("SVWB".utf8)))
        bytes[block.lowerBound + 20] ^= 0x55
        try bytes.write(to: file)
        let damaged = try store("verify")
        #expect(damaged.status == 3)
        #expect(damaged.text.contains("checksum"))
        #expect(
            damaged.text.split(separator: "\n").allSatisfy { $0.contains("damaged") || $0.contains("sum") }
        )
    }

    @Test func `backup makes a copy that is as good`() throws {
        let before = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        #expect(try store("backup", "copy.db").status == 0)
        let copy = try Binary.run(["export", "--json", "--store", "copy.db"], in: scratch.url)
        #expect(copy.output == before.output && copy.output.count > 1_000)
        let again = try store("backup", "copy.db")
        #expect(again.status == 3 && again.errors.contains("exists"))
    }

    @Test func `prune deletes, says so, and old captures are left out from then on`() throws {
        // A day later, so that all of the example is old.
        try ShiftedCapture.write(capture, seconds: 86_400, to: scratch.url.appending(path: "later.pcap"))
        let added = try Binary.run(["import", "later.pcap", "--store", "map.db"], in: scratch.url)
        #expect(added.status == 0, "\(added.errors)")
        #expect(try store("prune").status == 2)
        let day = try dump("1d")
        let run = try store("prune", "--keep", "10s=1h,1m=2h")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("9 pruned"), "\(run.errors)")
        let info = try info()
        #expect(info.windows.map(\.count) == [7, 2, 4, 2, 2, 2, 1])
        #expect(info.windows[0].keptFrom != nil && info.windows[2].keptFrom == nil)
        let left = try dump("1d")
        #expect(left.sums == day.sums && left.requests == day.requests)
        let sound = try store("verify", "--deep")
        #expect(sound.status == 0, "\(sound.text)")
        let again = try Binary.run(["import", capture, "--store", "map.db"], in: scratch.url)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.errors.contains("7 windows left out"), "\(again.errors)")
        let known = try Binary.run(["import", "later.pcap", "--store", "map.db"], in: scratch.url)
        #expect(known.errors.contains("all known already"), "\(known.errors)")
    }

    @Test func `compact makes a smaller file`() throws {
        #expect(try store("compact").status == 0)
        let export = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        #expect(export.output == (try ExampleCluster.export(["--json"]).output))
        let sound = try store("verify", "--deep")
        #expect(sound.status == 0, "\(sound.text)")
    }

    @Test(arguments: [
        ["store", "prune", "--keep", "10s"], ["store", "prune", "--keep", "5s=1d"],
        ["store", "prune", "--keep", "10s=1d,10s=2d"], ["store", "prune", "--keep", "10s=0s"],
        ["store", "prune", "--max-size", "10"], ["store", "prune", "--max-size", "many"],
        ["store", "dump", "--windows", "5m"], ["store", "dump", "--from", "yesterday"],
        ["serve", "--keep", "1m="], ["capture", "--max-size", "-5G"], ["store", "no-such-verb"],
    ])
    func `refuse wrong usage with code 2 and a line`(arguments: [String]) throws {
        let run = try Binary.run(arguments, in: scratch.url)
        #expect(run.status == 2)
        #expect(!run.errors.isEmpty && run.output.isEmpty)
    }

    @Test(arguments: ["info", "verify", "backup", "prune", "compact", "dump"])
    func `create no store`(verb: String) throws {
        let more = ["backup": ["copy.db"], "prune": ["--keep", "10s=1d"]][verb] ?? []
        let run = try Binary.run(["store", verb] + more + ["--store", "none.db"], in: scratch.url)
        #expect(run.status == 3)
        #expect(run.errors.contains("there is no store"))
        #expect(!FileManager.default.fileExists(atPath: scratch.file("none.db")))
        try Data("not a store, only text\n".utf8).write(to: scratch.url.appending(path: "text.db"))
        let other = try Binary.run(["store", verb] + more + ["--store", "text.db"], in: scratch.url)
        #expect(other.status == 3 && other.errors.contains("not an svcmap store"))
    }

    @Test func `serve rolls up what others bring`() async throws {
        let server = try BackgroundRun(["serve", "--store", "other.db", "--port", "0"], in: scratch)
        _ = try #require(try await server.line(containing: "http://127.0.0.1:"), "\(server.errorText)")
        // The server looks after the store as long as it runs; whoever is first rolls up.
        let run = try Binary.run(["import", capture, "--store", "other.db"], in: scratch.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(server.stop() == 0, "\(server.errorText)")
        #expect(server.errorText.split(separator: "\n").count == 1, "\(server.errorText)")
        let sound = try Binary.run(["store", "verify", "--deep", "--store", "other.db"], in: scratch.url)
        #expect(sound.status == 0, "\(sound.text)")
    }
}
