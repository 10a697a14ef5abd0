// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Kubernetes
import TestKit
import Testing

@Suite struct `Object dump errors` {
    static func error(_ bytes: [UInt8]) -> ObjectDumpError? {
        do {
            _ = try ObjectDump(bytes, cluster: "c")
            return nil
        } catch {
            return error as? ObjectDumpError
        }
    }

    @Test(arguments: [
        ("apiVersion: v1\nitems:\n", "YAML"), ("---\nkind: List\n", "YAML"), ("kind: Pod\n", "YAML"),
        ("NAME   READY\nweb 1/1\n", "table"), ("NAMESPACE NAME\n", "table"), ("<html>", "web page"),
        ("HTTP/2 200\r\n\r\n{}", "HTTP response"), ("error: no server\n", "error message of kubectl"),
    ])
    func `say what the dump looks like and what to use`(text: String, guess: String) throws {
        let error = try #require(Self.error(Array(text.utf8)))
        #expect(error.code == .notJSON)
        #expect(error.description.contains(guess))
        #expect(error.description.contains("-o json"))
        #expect(error.description.hasSuffix("(line 1, byte 0)"))
        #expect(!error.description.contains("\n"))
    }

    @Test func `know files of other kinds`() throws {
        #expect(try #require(Self.error([0x1F, 0x8B, 8, 0])).description.contains("gzip"))
        #expect(
            try #require(Self.error([0xD4, 0xC3, 0xB2, 0xA1, 2, 0])).description.contains("packet capture")
        )
        #expect(try #require(Self.error([0xFF, 0xFE, 0x7B, 0])).description.contains("UTF-16"))
        #expect(Self.error([0, 0, 0])?.code == .notJSON)
    }

    @Test func `say where a dump is cut or damaged`() throws {
        let cut = try #require(Self.error(Array("\n\n  {\"kind\": \"List\", \"items\": [".utf8)))
        #expect(cut.code == .truncated)
        #expect(cut.position?.line == 3)
        #expect(cut.position?.offset == 4)
        let damaged = try #require(Self.error(Array("{\"kind\": \"List\", \"items\": [}]".utf8)))
        #expect(damaged.code == .malformed)
        #expect(damaged.position?.line == 1)
        #expect(Self.error(Array("{\"kind\": \"Pod\", ".utf8))?.code == .truncated)
        #expect(Self.error(Array("[".utf8))?.code == .truncated)
    }

    @Test func `name what is JSON but no object`() {
        #expect(Self.error([])?.code == .empty)
        #expect(Self.error(Array(" \n\u{FEFF}".utf8))?.code == .notJSON)
        #expect(Self.error(Array(" \n ".utf8))?.code == .empty)
        for text in ["{}", "[]", "{\"a\": 1}", "{\"kind\": \"PodList\", \"items\": 5}"] {
            #expect(Self.error(Array(text.utf8))?.code == .wrongShape)
        }
        let status = Self.error(Array("{\"kind\": \"Status\", \"status\": \"Failure\", \"code\": 403}".utf8))
        #expect(status?.code == .wrongShape)
        #expect(status?.description.contains("(code 403)") == true)
    }

    @Test func `come instead of a trap for any damage`() {
        let whole = Array("{\"kind\": \"List\", \"items\": [\(`Object dump`.pod)]}".utf8)
        var generator = SeededGenerator(seed: 17)
        for length in 0..<whole.count {
            _ = Self.error(Array(whole.prefix(length)))
        }
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0...(generator.next() % 3) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(
                    truncatingIfNeeded: generator.next()
                )
            }
            if let error = Self.error(bytes) { #expect(!error.description.isEmpty) }
        }
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(Self.error(deep)?.code == .truncated)
        #expect(Self.error(deep + [UInt8](repeating: UInt8(ascii: "]"), count: 100_000))?.code == .malformed)
    }
}
