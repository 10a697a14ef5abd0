// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Unreadable input` {
    private func expectOneLine(_ run: Run, about words: String...) {
        #expect(run.status == 3)
        let lines = run.errors.split(separator: "\n").filter { $0.contains("svcmap: ") }
        #expect(lines.contains { line in words.allSatisfy { line.contains($0) } }, "\(run.errors)")
        #expect(!run.errors.contains("Fatal error"))
    }

    @Test func `a missing capture`() throws {
        expectOneLine(try Binary.run(["import", "/no/such.pcap"]), about: "/no/such.pcap")
    }

    @Test func `a folder`() throws {
        expectOneLine(try Binary.run(["import", "/"]), about: "/")
    }

    @Test func `a file that is no capture`() throws {
        expectOneLine(try Binary.run(["import", Checkout.example + "/objects.json"]), about: "objects.json")
    }

    @Test func `an empty standard input`() throws {
        expectOneLine(try Binary.run(["import", "-"]), about: "standard input")
    }

    @Test func `an inventory that is no JSON`() throws {
        expectOneLine(
            try Binary.run(["import", "--inventory", Checkout.example + "/demo.pcap"]),
            about: "demo.pcap"
        )
    }

    @Test func `a store that is missing`() throws {
        expectOneLine(try Binary.run(["export", "--dot", "--store", "missing.db"]), about: "missing.db")
    }

    @Test func `a store that is none`() throws {
        let store = Checkout.example + "/objects.json"
        expectOneLine(try Binary.run(["export", "--dot", "--store", store]), about: "objects.json")
    }

    @Test func `a last record that was cut is normal`() throws {
        let scratch = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(filePath: Checkout.example + "/demo.pcap"))
        try whole.prefix(100_003).write(to: scratch.url.appending(path: "cut.pcap"))
        let run = try Binary.run(["import", "cut.pcap", "--store", "map.db"], in: scratch.url)
        #expect(run.status == 0, "\(run.errors)")
        let graph = try GraphDocument(
            try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url).output
        )
        #expect(graph.coverage.frames > 500)
    }

    @Test func `what came before damage is kept and the damage is counted`() throws {
        let scratch = try TemporaryFolder()
        var damaged = try Data(contentsOf: URL(filePath: Checkout.example + "/demo.pcap"))
        // From here on no record header makes sense.
        damaged.replaceSubrange(100_000..., with: Data(repeating: 0xFF, count: 60_000))
        try damaged.write(to: scratch.url.appending(path: "damaged.pcap"))
        let run = try Binary.run(["import", "damaged.pcap", "--store", "map.db"], in: scratch.url)
        expectOneLine(run, about: "damaged.pcap")
        let document = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url)
        #expect(try GraphDocument(document.output).coverage.frames > 500)
        #expect(document.text.contains("\"damagedRecords\": 1"))
    }
}
