// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `TLS and QUIC in public captures` {
    /// Text facts of tshark by file.
    private static func oracle(_ folder: String) throws -> [String: [String: String]] {
        var facts: [String: [String: String]] = [:]
        for columns in try Corpus.table(folder + "/ORACLE.tsv") where columns.count >= 3 {
            facts[columns[0], default: [:]][columns[1]] = columns[2]
        }
        return facts
    }

    @Test func `server names and attempts are those of tshark, but for what is explained`() throws {
        guard let folder = Corpus.folder else { return }
        var compared = 0
        for (file, facts) in try Self.oracle(folder) {
            guard FileManager.default.isReadableFile(atPath: "\(folder)/\(file)"),
                let found = try? CaptureFollowing(path: "\(folder)/\(file)", closesAtEnd: true)
            else { continue }
            var lines: [String] = []
            let hellos = facts["tls_handshake_type_1"].flatMap { Int($0) } ?? 0
            let attempted = found.handshakes.filter { $0.step == .attempted }.count
            if hellos != attempted { lines.append("attempts: tshark \(hellos), svcmap \(attempted)") }
            var names: [String: Int] = [:]
            for one in found.names where one.source == .tls { names[one.name, default: 0] += 1 }
            let list = (facts["tls_sni"] ?? "").split(separator: ";").map(String.init)
            for entry in list {
                let parts = entry.split(separator: "=")
                guard parts.count == 2, let count = Int(parts[1]) else { continue }
                let ours = names.removeValue(forKey: String(parts[0])) ?? 0
                if ours != count { lines.append("\(parts[0]): tshark \(count), svcmap \(ours)") }
                compared += 1
            }
            // The oracle lists no more than so many.
            if list.count < 25 {
                for (name, count) in names { lines.append("\(name): tshark 0, svcmap \(count)") }
            }
            if !Self.names(facts, "tls"), found.recognized[.tls] != nil { lines.append("taken for TLS") }
            if !Self.names(facts, "quic"), found.recognized[.quic] != nil { lines.append("taken for QUIC") }
            let explained = Self.explained.first { file.hasSuffix($0.file) }
            #expect(explained?.lines ?? [] == lines.sorted(), "\(file)")
        }
        #expect(compared > 40)
    }

    private static func names(_ facts: [String: String], _ name: String) -> Bool {
        (facts["protocols"] ?? "").split(separator: ",").contains { $0 == name }
            || facts["tls_handshake_type_1"] != nil
    }

    /// Differences that `docs/conformance.md` explains, by the end of the file's path.
    private static let explained: [(file: String, lines: [String])] = [
        (
            "bug-4702-02/tsecr.pcap",
            ["attempts: tshark 0, svcmap 1", "vlscppe.microsoft.com: tshark 0, svcmap 1"]
        ),
        ("afl_data/corner-cases.pcap", ["attempts: tshark 0, svcmap 1"]),
        ("tests/quic_vn.pcap", ["attempts: tshark 0, svcmap 1"]),
        ("http/connect-with-header.pcap", ["secure.newegg.com: tshark 1, svcmap 0"]),
        ("pcaps/quic_v2.pcap", ["localhost: tshark 1, svcmap 0"]),
        ("ppp/quic-interop-retry.pcap", ["server4: tshark 0, svcmap 1", "server4:443: tshark 1, svcmap 0"]),
    ]

    /// What became of the handshakes of a capture.
    private struct Verdicts: Equatable {
        var attempted = 0
        var completed = 0
        var resumed = 0
        var version: TLSVersion?
        var nextProtocol: String?
    }

    /// Read off what tshark lists.
    ///
    /// ChangeCipherSpec and lengths of records, extensions of the ServerHello, types of packets.
    private static let verdicts: [(file: String, verdicts: Verdicts)] = [
        (
            "PcapExamples/many_interfaces-1.pcapng",
            .init(attempted: 2, completed: 1, resumed: 1, version: .tls12, nextProtocol: "h2")
        ),
        (
            "fuzz_pcap_reader/tls12-dsb.pcapng",
            .init(attempted: 2, completed: 2, version: .tls12, nextProtocol: "http/1.1")
        ),
        ("Traces/tls/tls1.2.pcap", .init(attempted: 1, completed: 1, version: .tls12)),
        (
            "Traces/http/connect-with-header.pcap",
            .init(attempted: 1, completed: 1, resumed: 1, version: .tls12)
        ),
        ("postgresql/psql-aws-ssl-preferred.pcap", .init(attempted: 1, completed: 1, version: .tls12)),
        ("tests/pcap/curl-enabled-tls13.pcap", .init(attempted: 1, completed: 1, version: .tls13)),
        ("bug-4702-02/tsecr.pcap", .init(attempted: 1, completed: 1, version: .tls13)),
        ("Traces/tls/heartbleed-success.pcap", .init(attempted: 1)),
        ("afl_data/corner-cases.pcap", .init(attempted: 1)),
        ("quic/ipv6_quic_constricted_1.pcap", .init(attempted: 1, completed: 1, version: .tls13)),
        ("pcaps/quic_ppp.pcap", .init(attempted: 1, completed: 1, version: .tls13)),
        ("retina/traces/quic.pcap", .init(attempted: 3, completed: 3, resumed: 3, version: .tls13)),
        ("ppp/quic-interop-retry.pcap", .init(attempted: 1, completed: 1, version: .tls13)),
        (
            "quic/chromium-115.0.5790.110-api-cirrus-com.pcap",
            .init(attempted: 1, completed: 1, resumed: 1, version: .tls13)
        ),
        ("quic/curl-8.1.2-dev-http3-www-google-de.pcap", .init(attempted: 1, completed: 1, version: .tls13)),
        ("tests/quic_vn.pcap", .init(attempted: 1, completed: 1, version: .tls13)),
        ("pcaps/quic_v2.pcap", .init(attempted: 1)),
        ("ja4/pcap/quic-with-several-tls-frames.pcapng", .init(attempted: 1)),
    ]

    @Test func `verdicts are those that the records tell`() throws {
        guard let folder = Corpus.folder else { return }
        let files = try Self.oracle(folder).keys
        for (suffix, expected) in Self.verdicts {
            let file = try #require(files.first { $0.hasSuffix(suffix) }, "\(suffix)")
            let found = try CaptureFollowing(path: "\(folder)/\(file)", closesAtEnd: true)
            var verdicts = Verdicts()
            for event in found.handshakes {
                switch event.step {
                case .attempted: verdicts.attempted += 1
                case .completed(_, let isResumed):
                    verdicts.completed += 1
                    if isResumed { verdicts.resumed += 1 }
                    verdicts.version = event.version
                    if event.version != .tls13 { verdicts.nextProtocol = event.nextProtocol }
                case .failed(let alert): Issue.record("\(file): \(alert)")
                }
            }
            #expect(verdicts == expected, "\(file)")
        }
    }
}
