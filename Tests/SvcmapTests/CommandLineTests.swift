// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Command line` {
    @Test(arguments: [
        [], ["--help"], ["help"], ["import", "--help"], ["serve", "--help"], ["capture", "--help"],
    ])
    func `helps`(arguments: [String]) throws {
        let run = try Binary.run(arguments)
        #expect(run.status == 0)
        #expect(run.text.contains("USAGE: svcmap"))
        #expect(run.errors.isEmpty)
    }

    @Test func `help of export names every format`() throws {
        let run = try Binary.run(["help", "export"])
        for word in [
            "--dot", "--svg", "--json", "--table", "--level", "--from", "--window", "--namespace", "--store",
            "--group", "--fold", "--collapse", "--png", "--pdf", "--layout", "--hubs",
            "--filter", "--hide", "--focus", "--depth", "--top",
        ] {
            #expect(run.text.contains(word))
        }
    }

    @Test func `prints its version`() throws {
        let run = try Binary.run(["version"])
        #expect(run.status == 0)
        #expect(run.text.hasPrefix("svcmap "))
        #expect(try Binary.run(["--version"]).status == 0)
    }

    @Test(arguments: [
        ["no-such-verb"],
        ["export"],
        ["export", "--dot", "--svg"],
        ["import"],
        ["import", "-", "-"],
        ["import", "x.pcap", "--max-flows", "many"],
        ["import", "x.pcap", "--max-edges", "0"],
        ["import", "x.pcap", "--sample-headers", "accept,cookie"],
        ["capture", "--sample-headers", "Authorization"],
        ["import", "x.pcap", "--sample-headers", "not a name"],
        ["serve", "--port", "65536"],
        ["export", "--json", "--group", "app"],
        ["export", "--json", "--fold", "everything"],
        ["serve", "--host", "0.0.0.0"],
        ["serve", "--token-file", "/no/such/token"],
        ["serve", "--tls-cert", "map.pem"],
        ["serve", "--tls-key", "map.key"],
        ["serve", "--tls-client-ca", "roots.pem"],
        ["serve", "--allowed-host", "http://map"],
        ["serve", "--log-level", "loud"],
        ["import", "x.pcap", "--no-such-option"],
        ["import", "x.pcap", "--config", "/no/such/file.yaml"],
    ])
    func `refuses wrong usage with code 2 and a line`(arguments: [String]) throws {
        let run = try Binary.run(arguments)
        #expect(run.status == 2)
        #expect(!run.errors.isEmpty)
        #expect(run.output.isEmpty)
    }

    @Test func `refuses an unknown variable of ours`() throws {
        let run = try Binary.run(["export", "--json"], environment: ["SVCMAP_STOR": "x.db"])
        #expect(run.status == 2)
        #expect(run.errors.contains("SVCMAP_STOR") && run.errors.contains("SVCMAP_STORE"))
    }

    @Test(arguments: ["SVCMAP_BENCH_FILES", "SVCMAP_BENCH_MEMORY", "SVCMAP_TEST_SEED", "SVCMAP_CORPUS"])
    func `passes over a variable of benchmarks and tests`(name: String) throws {
        let scratch = try TemporaryFolder()
        let run = try Binary.run(
            ["import", Checkout.example + "/demo.pcap", "--store", "map.db"],
            environment: [name: "1"],
            in: scratch.url
        )
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `takes one token, and never prints it`() throws {
        let scratch = try TemporaryFolder()
        let secret = "a-token-nobody-sees"
        try Data(secret.utf8).write(to: scratch.url.appending(path: "token"))
        for (arguments, variable) in [
            (["--token-file", "token"], secret), (["--token-file", "token", "--no-auth"], nil),
            ([], "a b \(secret)"),
        ] as [([String], String?)] {
            let run = try Binary.run(
                ["serve", "--host", "0.0.0.0"] + arguments,
                environment: variable.map { ["SVCMAP_TOKEN": $0] } ?? [:],
                in: scratch.url
            )
            #expect(run.status == 2)
            #expect(!run.errors.contains(secret))
            #expect(run.errors.split(separator: "\n").count == 1)
        }
    }

    @Test func `names the source of a value that does not convert`() throws {
        let scratch = try TemporaryFolder()
        try Data("level: planet\n".utf8).write(to: scratch.url.appending(path: "svcmap.yaml"))
        let imported = try Binary.run(
            ["import", "--inventory", Checkout.example + "/objects.json"],
            in: scratch.url
        )
        #expect(imported.status == 0)
        let fromFile = try Binary.run(["export", "--json", "--config", "svcmap.yaml"], in: scratch.url)
        #expect(fromFile.status == 2)
        #expect(fromFile.errors.contains("level in svcmap.yaml"))
        let fromVariable = try Binary.run(
            ["export", "--json", "--config", "svcmap.yaml"],
            environment: ["SVCMAP_LEVEL": "moon"],
            in: scratch.url
        )
        #expect(fromVariable.status == 2)
        #expect(fromVariable.errors.contains("SVCMAP_LEVEL"))
        let fromOption = try Binary.run(
            ["export", "--json", "--level", "pod"],
            environment: ["SVCMAP_LEVEL": "moon"],
            in: scratch.url
        )
        #expect(fromOption.status == 0)
    }

    @Test func `reads flows only where that is wanted`() throws {
        let scratch = try TemporaryFolder()
        let capture = Checkout.example + "/demo.pcap"
        let all = try Binary.run(["import", capture, "--store", "all.db"], in: scratch.url)
        let flows = try Binary.run(
            ["import", capture, "--store", "flows.db"],
            environment: ["SVCMAP_FLOWS_ONLY": "true"],
            in: scratch.url
        )
        #expect(all.status == 0 && flows.status == 0, "\(all.errors) \(flows.errors)")
        // The frames and edges are the same; the requests are not there.
        let lines = [all, flows].map { $0.errors.split(separator: "\n").map(String.init) }
        #expect(lines[0].count > 2 && lines[0].prefix(2) == lines[1].prefix(2))
        #expect(all.errors.contains("requests: ") && !flows.errors.contains("requests: "))
        #expect(flows.errors.contains("no requests of a protocol that is followed"))
        let option = try Binary.run(
            ["import", capture, "--flows-only", "--store", "flows.db"],
            in: scratch.url
        )
        #expect(option.errors.contains("known already"), "\(option.errors)")
        let wrong = try Binary.run(
            ["import", capture],
            environment: ["SVCMAP_FLOWS_ONLY": "maybe"],
            in: scratch.url
        )
        #expect(wrong.status == 2 && wrong.errors.contains("SVCMAP_FLOWS_ONLY takes true or false"))
    }

    @Test func `says the same with one thread and two`() throws {
        let scratch = try TemporaryFolder()
        let capture = Checkout.example + "/demo.pcap"
        var said: [String] = []
        for threads in ["1", "2"] {
            let store = threads + ".db"
            let run = try Binary.run(
                ["import", capture, "--store", store, "--threads", threads],
                in: scratch.url
            )
            #expect(run.status == 0, "\(run.errors)")
            let export = try Binary.run(["export", "--json", "--store", store], in: scratch.url)
            #expect(export.status == 0 && export.output.count > 1_000)
            said.append(run.errors + export.text)
        }
        #expect(said[0] == said[1])
        let wrong = try Binary.run(["import", capture, "--threads", "3"], in: scratch.url)
        #expect(wrong.status == 2 && wrong.errors.contains("--threads"), "\(wrong.errors)")
    }

    @Test func `refuses an unknown key of the file`() throws {
        let scratch = try TemporaryFolder()
        try Data("stor: map.db\n".utf8).write(to: scratch.url.appending(path: "svcmap.yaml"))
        let run = try Binary.run(["export", "--json", "--config", "svcmap.yaml"], in: scratch.url)
        #expect(run.status == 2)
        #expect(run.errors.contains("'stor'"))
    }

    @Test(arguments: [
        ("now-", "from"), ("yesterday", "from"), ("2026-11-22T09:10:00Z", "to"),
    ])
    func `refuses ranges that are none`(text: String, blamed: String) throws {
        let scratch = try TemporaryFolder()
        _ = try Binary.run(["import", "--inventory", Checkout.example + "/objects.json"], in: scratch.url)
        let run = try Binary.run(
            ["export", "--json", "--from", text, "--to", "2026-11-22T09:10:00Z"],
            in: scratch.url
        )
        #expect(run.status == 2)
        #expect(run.errors.contains("--\(blamed)"))
    }
}
