// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Counts of public captures` {
    /// Facts of tshark by file.
    private static func oracle(_ folder: String) throws -> [String: [String: Int]] {
        var facts: [String: [String: Int]] = [:]
        for columns in try Corpus.table(folder + "/ORACLE.tsv") {
            guard columns.count >= 3, let value = Int(columns[2]) else { continue }
            let fact = columns[1]
            let isOurs = ["http1_re", "dns_queries", "dns_responses"].contains { fact.hasPrefix($0) }
            if isOurs { facts[columns[0], default: [:]][fact] = value }
        }
        return facts
    }

    private static func counts(_ path: String) throws -> [String: Int] {
        let found = try CaptureFollowing(path: path, closesAtEnd: true)
        var counts: [String: Int] = [:]
        // Those whose responses were not captured have started and have no outcome.
        counts["http1_requests"] = found.started[.http]
        for one in found.transactions(.http) {
            let method = one.operation.prefix { $0 != " " }
            counts["http1_requests_\(method)", default: 0] += 1
            // tshark reports a response when its body is complete, and nothing before.
            guard let status = one.status, !one.isIncomplete else { continue }
            counts["http1_responses", default: 0] += 1
            counts["http1_responses_\(status)", default: 0] += 1
        }
        let codes = (0..<16).map { DNSResponseCode.name(UInt16($0)) }
        for one in found.transactions(.dns) {
            counts["dns_queries", default: 0] += 1 + Int(one.retries)
            guard let status = one.status, let code = codes.firstIndex(of: status) else { continue }
            counts["dns_responses", default: 0] += 1
            counts["dns_responses_rcode_\(code)", default: 0] += 1
        }
        return counts
    }

    @Test func `agree with tshark, but for the differences that are explained`() throws {
        guard let folder = Corpus.folder else { return }
        var differences: [String: [String]] = [:]
        var compared = 0
        for (file, facts) in try Self.oracle(folder) {
            guard FileManager.default.isReadableFile(atPath: "\(folder)/\(file)") else { continue }
            let ours: [String: Int]
            do {
                ours = try Self.counts("\(folder)/\(file)")
            } catch {
                differences[file] = ["unreadable: \(error)"]
                continue
            }
            compared += facts.count
            let wrong = facts.filter { ours[$0.key, default: 0] != $0.value }
                .map { "\($0.key): tshark \($0.value), svcmap \(ours[$0.key, default: 0])" }
            if !wrong.isEmpty { differences[file] = wrong.sorted() }
        }
        #expect(compared > 100)
        for (file, lines) in differences.sorted(by: { $0.key < $1.key }) {
            let explained = Self.explained.first { file.hasSuffix($0.file) }
            #expect(explained?.lines ?? [] == lines, "\(file)")
        }
    }

    /// Differences that `docs/conformance.md` explains, by the end of the file's path.
    private static let explained: [(file: String, lines: [String])] = [
        ("dns-over-http2-limit/input.pcap", ["dns_queries: tshark 1, svcmap 0"]),
        (
            "dns-forward-pointer/input.pcap",
            [
                "dns_queries: tshark 1, svcmap 0", "dns_responses: tshark 1, svcmap 0",
                "dns_responses_rcode_0: tshark 1, svcmap 0",
            ]
        ),
        (
            "arkime/tests/pcap/http-100-continue.pcap",
            ["http1_responses: tshark 2, svcmap 1", "http1_responses_100: tshark 1, svcmap 0"]
        ),
        (
            "Traces/http/100-continue.pcap",
            ["http1_responses: tshark 2, svcmap 1", "http1_responses_100: tshark 1, svcmap 0"]
        ),
        (
            "try-zeek/manager/static/pcaps/http.pcap",
            ["http1_responses: tshark 193, svcmap 197", "http1_responses_200: tshark 169, svcmap 173"]
        ),
        (
            "netlink.pcap",
            [
                "dns_queries: tshark 15, svcmap 0", "dns_responses: tshark 15, svcmap 0",
                "dns_responses_rcode_0: tshark 15, svcmap 0",
            ]
        ),
        (
            "tls12-dsb.pcapng",
            [
                "http1_requests: tshark 2, svcmap 0", "http1_requests_HEAD: tshark 2, svcmap 0",
                "http1_responses: tshark 2, svcmap 0", "http1_responses_200: tshark 2, svcmap 0",
            ]
        ),
        ("PcapExamples/raw_ip.pcap", ["http1_requests_GET: tshark 19, svcmap 9"]),
        ("PcapExamples/sll.pcap", ["dns_queries: tshark 12, svcmap 10"]),
        ("LINKTYPE_IPV4_invalid.pcap", ["dns_queries: tshark 1, svcmap 0"]),
        (
            "dns-edns-ecs-bad.pcap",
            ["dns_responses: tshark 4, svcmap 0", "dns_responses_rcode_0: tshark 4, svcmap 0"]
        ),
        ("triple_encap_vxlan_ipinip.pcap", ["dns_queries: tshark 100, svcmap 0"]),
        ("gre-sample.pcap", ["dns_queries: tshark 4, svcmap 2"]),
    ]
}
