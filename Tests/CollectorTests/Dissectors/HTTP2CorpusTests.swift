// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `HTTP2 of public captures` {
    private static func oracle(
        _ folder: String
    ) throws -> (facts: [String: [String: Int]], files: Set<String>) {
        var facts: [String: [String: Int]] = [:]
        var files: Set<String> = []
        for columns in try Corpus.table(folder + "/ORACLE.tsv") where columns.count >= 3 {
            files.insert(columns[0])
            guard columns[1].hasPrefix("http2_"), let value = Int(columns[2]) else { continue }
            facts[columns[0], default: [:]][columns[1]] = value
        }
        return (facts, files)
    }

    private static func counts(_ found: CaptureFollowing) -> [String: Int] {
        var counts: [String: Int] = [:]
        counts["http2_requests"] = (found.started[.http2] ?? 0) + (found.started[.grpc] ?? 0)
        for one in found.transactions(.http2) + found.transactions(.grpc) {
            // Calls are POST, and their operation does not say so.
            let method = one.applicationProtocol == .grpc ? "POST" : one.operation.prefix { $0 != " " }
            counts["http2_requests_\(method)", default: 0] += 1
            guard one.responseStart != nil else { continue }
            counts["http2_responses", default: 0] += 1
            let status = one.applicationProtocol == .grpc ? "200" : one.status ?? "none"
            counts["http2_responses_\(status)", default: 0] += 1
        }
        return counts
    }

    @Test func `agree with tshark`() throws {
        guard let folder = Corpus.folder else { return }
        var compared = 0
        for (file, facts) in try Self.oracle(folder).facts {
            let ours = Self.counts(try CaptureFollowing(path: "\(folder)/\(file)", closesAtEnd: true))
            let wrong = facts.filter { $0.key != "http2_frames" && ours[$0.key, default: 0] != $0.value }
                .map { "\($0.key): tshark \($0.value), svcmap \(ours[$0.key, default: 0])" }
            compared += facts.count
            #expect(wrong.sorted() == [], "\(file)")
        }
        #expect(compared > 30)
    }

    @Test func `captures of other protocols have none`() throws {
        guard let folder = Corpus.folder else { return }
        let (facts, files) = try Self.oracle(folder)
        let others = files.filter { file in
            facts[file] == nil && !Self.decrypted.contains { file.hasSuffix($0) }
        }
        for file in others.sorted() {
            guard let found = try? CaptureFollowing(path: "\(folder)/\(file)", closesAtEnd: true) else {
                continue
            }
            #expect(found.transactions(.http2).isEmpty && found.transactions(.grpc).isEmpty, "\(file)")
        }
    }

    /// With `-d tcp.port==443,http2`, tshark finds these requests and responses in frames 5 to 24.
    @Test func `decrypted traffic is recognized on the port of TLS`() throws {
        guard let folder = Corpus.folder else { return }
        for file in try Self.oracle(folder).files where Self.decrypted.contains(where: file.hasSuffix) {
            let found = try CaptureFollowing(path: "\(folder)/\(file)", closesAtEnd: true)
            let operations = found.transactions(.http2).map(\.operation)
            #expect(
                operations.sorted() == [
                    "GET /favicon.ico", "GET /robots.txt", "GET /sw.js", "POST /youtubei/v1/log_event",
                ]
            )
            #expect(found.transactions(.http2).allSatisfy { $0.status == "200" })
        }
    }

    /// Files that tshark takes for TLS because of the port, by the end of their paths.
    private static let decrypted = ["http2-bugfixes/input.pcap"]

    /// From the first frame of a request to the last of its response, as tshark times them.
    @Test func `latencies add up to those of tshark`() throws {
        guard let folder = Corpus.folder else { return }
        let path = "\(folder)/lucian__pcap_file_ex/test/fixtures/http2_sample.pcap"
        let all = try CaptureFollowing(path: path).transactions(.http2)
        let latencies = all.compactMap { one in one.responseEnd.map { $0 - one.requestStart } }
        #expect(latencies.count == 21)
        #expect(latencies.reduce(0, +) == 3_375_000)
    }
}
