// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

/// Requests of public captures beside those that tshark finds.
@Suite struct `Framed protocols of public captures` {
    private static let packetbeat = "Java-Xc__packetbeat/packetbeat/tests/system/pcaps"

    /// File, protocol, and requests by operation (`tshark -T fields -e memcache.command`, `-e cql.opcode`
    /// and `-e cql.string`, `-e ldap.protocolOp`).
    private static let expected: [(file: String, name: ApplicationProtocol, counts: [String: Int])] = [
        (
            "\(packetbeat)/memcache/memcache_text_tcp_delete.pcap", .memcached,
            ["set": 1, "delete": 1, "get": 1]
        ),
        ("\(packetbeat)/memcache/memcache_text_tcp_multi_store_load.pcap", .memcached, ["set": 3, "get": 1]),
        ("zeek__zeek/testing/btest/Traces/ldap/ctu-sme-11-win7ad-1-ldap-tcp-50041.pcap", .ldap, ["bind": 2]),
        ("zeek__zeek/testing/btest/Traces/ldap/ldap_star_single.pcapng", .ldap, ["search": 1]),
    ]

    @Test func `have tshark's requests`() throws {
        guard let folder = Corpus.folder else { return }
        for (file, name, counts) in Self.expected {
            let found = try CaptureFollowing(path: "\(folder)/\(file)", closesAtEnd: true)
            var ours: [String: Int] = [:]
            for one in found.transactions(name) { ours[one.operation, default: 0] += 1 }
            #expect(ours == counts, "\(file)")
        }
    }

    /// `cql_opcode_7` (QUERY) of `ORACLE.tsv`; 8 is RESULT.
    @Test(arguments: [("create_table", 8), ("mixed_frame", 12), ("select_via_index", 1)])
    func `Cassandra's queries are all answered`(file: String, queries: Int) throws {
        guard let folder = Corpus.folder else { return }
        let path = "\(folder)/\(Self.packetbeat)/cassandra/v4/cassandra_\(file).pcap"
        let found = try CaptureFollowing(path: path, closesAtEnd: true).transactions(.cassandra)
        #expect(found.count { !$0.isSession } == queries)
        #expect(found.allSatisfy { $0.responseEnd != nil })
    }

    @Test func `no capture of another protocol has any of these`() throws {
        guard let folder = Corpus.folder else { return }
        let own: [ApplicationProtocol: String] = [
            .memcached: "memcache", .cassandra: "cassandra", .zookeeper: "zookeeper", .ldap: "ldap",
            .thrift: "thrift", .dubbo: "dubbo", .redis: "re",
        ]
        var wrong: [String] = []
        for row in try Corpus.table(folder + "/INDEX.tsv") {
            guard let path = row.first, FileManager.default.isReadableFile(atPath: "\(folder)/\(path)"),
                let found = try? CaptureFollowing(path: "\(folder)/\(path)")
            else { continue }
            for (name, mark) in own where found.started[name] != nil && !path.lowercased().contains(mark) {
                wrong.append("\(path): \(name)")
            }
        }
        #expect(wrong.sorted() == [])
    }
}
