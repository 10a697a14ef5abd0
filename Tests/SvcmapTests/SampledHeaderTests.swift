// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// Values of header fields from a capture to the store and the API: only where somebody asked.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Header fields of a capture` {
    private static let secrets = [
        "s3cr3t-auth", "s3cr3t-cookie", "s3cr3t-query", "s3cr3t-user", "s3cr3t-grant",
    ]
    private static let values = ["planted-agent", "planted-server"]

    /// One request of HTTP/1.1 and its response, with secrets in all places.
    private static func capture() -> Data {
        let request = """
            GET /cart/4711?token=s3cr3t-query HTTP/1.1\r
            Host: shop.example\r
            User-Agent: planted-agent/1 <script>alert(1)</script>\r
            Referer: https://s3cr3t-user:pw@shop.example/login?token=s3cr3t-query\r
            Authorization: Bearer s3cr3t-auth\r
            Cookie: sid=s3cr3t-cookie\r
            \r

            """
        let response = """
            HTTP/1.1 302 Found\r
            Server: planted-server\r
            Location: /done?code=s3cr3t-grant\r
            Set-Cookie: sid=s3cr3t-cookie\r
            Content-Length: 0\r
            \r

            """
        let client = PacketBuilder("10.42.0.11", "10.42.0.9")
        let sent = UInt32(request.utf8.count)
        let frames: [[UInt8]] = [
            client.tcp(40_000, 80, flags: .syn, sequence: 99),
            client.reversed.tcp(80, 40_000, flags: [.syn, .ack], sequence: 499, acknowledgment: 100),
            client.tcp(40_000, 80, sequence: 100, acknowledgment: 500),
            client.tcp(40_000, 80, sequence: 100, acknowledgment: 500, text: request),
            client.reversed.tcp(80, 40_000, sequence: 500, acknowledgment: 100 + sent, text: response),
        ]
        let start: Int64 = 1_760_000_000_000_000_000
        return Data(
            CaptureWriter.pcap(
                frames.enumerated().map { .init(at: start + Int64($0.offset) * 1_000_000, $0.element) }
            )
        )
    }

    /// The words that are somewhere in the files of a store.
    private func found(_ words: [String], in folder: TemporaryFolder, _ store: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path())
            .filter { $0.hasPrefix(store) }
        #expect(!names.isEmpty)
        let files = try names.map { try Data(contentsOf: folder.url.appending(path: $0)) }
        return words.filter { word in files.contains { $0.range(of: Data(word.utf8)) != nil } }
    }

    private func imported(_ arguments: [String], store: String, in folder: TemporaryFolder) throws {
        try Self.capture().write(to: folder.url.appending(path: "one.pcap"))
        let run = try Binary.run(["import", "one.pcap", "--store", store] + arguments, in: folder.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("1 http"), "\(run.errors)")
    }

    @Test func `are nowhere in a store where nobody asked`() throws {
        let scratch = try TemporaryFolder()
        try imported([], store: "map.db", in: scratch)
        // What is no value is there: the words could be found.
        #expect(try found(["GET /cart/{id}"], in: scratch, "map.db").count == 1)
        #expect(try found(Self.values + Self.secrets, in: scratch, "map.db") == [])
        #expect(try found(["user-agent", "planted"], in: scratch, "map.db") == [])
    }

    @Test func `are in the store and told where somebody asked, and nothing else is`() async throws {
        let scratch = try TemporaryFolder()
        try imported(
            ["--sample-headers", "User-Agent,referer", "--sample-headers", "server, location"],
            store: "map.db",
            in: scratch
        )
        #expect(try found(Self.values, in: scratch, "map.db") == Self.values)
        #expect(try found(Self.secrets, in: scratch, "map.db") == [])

        let server = try BackgroundRun(["serve", "--store", "map.db", "--port", "0"], in: scratch)
        let line = try #require(try await server.line(containing: "http://127.0.0.1:"), "\(server.errorText)")
        let url = try #require(line.split(separator: " ").first { $0.hasPrefix("http://") })
        let graph = try GraphDocument(try fetch(["\(url)/api/v1/graph?level=pod"]).output)
        let edge = try #require(graph.edges.first?.id)
        let answer = try fetch(
            ["-G", "--data-urlencode", "edge=\(edge)", "\(url)/api/v1/transactions?level=pod"]
        )
        let page = try JSONDecoder().decode(Page.self, from: answer.output)
        let one = try #require(page.transactions.first)
        #expect(page.transactions.count == 1)
        #expect(
            one.requestHeaders.map { [$0.name, $0.value] } == [
                ["user-agent", "planted-agent/1 <script>alert(1)</script>"],
                ["referer", "https://shop.example/login…"],
            ]
        )
        #expect(
            one.responseHeaders.map { [$0.name, $0.value] } == [
                ["server", "planted-server"], ["location", "/done…"],
            ]
        )
        #expect(server.stop() == 0)
    }

    @Test func `are asked for in the file or the environment too, and names of secrets refused`() throws {
        let scratch = try TemporaryFolder()
        try Data("sample-headers: server\n".utf8).write(to: scratch.url.appending(path: "svcmap.yaml"))
        try imported(["--config", "svcmap.yaml"], store: "map.db", in: scratch)
        #expect(try found(Self.values, in: scratch, "map.db") == ["planted-server"])
        let cases = [
            ("Cookie", "SVCMAP_SAMPLE_HEADERS: 'cookie' carries credentials"),
            ("x-my-token", "'x-my-token' carries credentials"), ("a b", "'a b' is no name"),
            ((0...16).map { "x-\($0)" }.joined(separator: ","), "at most 16"),
        ]
        for (names, words) in cases {
            let run = try Binary.run(
                ["import", "one.pcap", "--store", "none.db"],
                environment: ["SVCMAP_SAMPLE_HEADERS": names],
                in: scratch.url
            )
            #expect(run.status == 2 && run.errors.contains(words), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.file("none.db")))
    }

    private struct Page: Decodable {
        struct Field: Decodable {
            let name: String
            let value: String
        }

        struct Entry: Decodable {
            let requestHeaders: [Field]
            let responseHeaders: [Field]
        }

        let transactions: [Entry]
    }

    private func fetch(_ arguments: [String]) throws -> Run {
        try Binary.run("/usr/bin/curl", ["-s", "-S", "--max-time", "10"] + arguments)
    }
}
