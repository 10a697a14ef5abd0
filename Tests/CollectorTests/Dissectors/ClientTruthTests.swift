// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

/// Real clients against real servers, recorded on the bridge between them: what they counted is
/// what is found, and took no longer than they saw.
@Suite(.serialized) struct `Counts of clients and servers` {
    private static let found: CaptureFollowing? = {
        guard let folder = BenchRecording.folder else { return nil }
        return try? CaptureFollowing(path: folder + "/mix-8s.pcap.gz", closesAtEnd: true)
    }()

    /// Addresses by name: `orders1`, and `orders` for all that begin so and have a number.
    private static func addresses(_ folder: String) throws -> [String: [IPAddress]] {
        let text = try String(contentsOfFile: folder + "/mix-8s.truth.md", encoding: .utf8)
        let list = try #require(text.split(separator: "Pods: ").last?.split(separator: ".\n").first)
        var addresses: [String: [IPAddress]] = [:]
        for pair in list.split(separator: ", ") {
            let parts = pair.split(separator: "=")
            let address = try #require(IPAddress(String(parts[1])))
            let name = String(parts[0])
            let service = String(name.prefix { !$0.isNumber })
            addresses[name, default: []].append(address)
            if service != name { addresses[service, default: []].append(address) }
        }
        return addresses
    }

    @Test func `requests by operation and status are as many as clients sent`() throws {
        guard let folder = BenchRecording.folder else { return }
        let found = try #require(Self.found)
        let addresses = try Self.addresses(folder)
        let truths = try ClientTruth.all(in: folder).filter { $0.applicationProtocol != nil }
        #expect(truths.count > 30)
        for truth in truths where !truth.isPipelined {
            let pipelined = truths.filter {
                $0.isPipelined && $0.operation == truth.op && $0.client == truth.client
                    && $0.status == truth.status
            }
            let expected = truth.count + pipelined.reduce(0) { $0 + 10 * $1.count }
            let mine = found.findings.filter { truth.includes($0, addresses) }
            #expect(mine.count == expected, "\(truth)")
            guard pipelined.isEmpty else { continue }
            let times = mine.compactMap(\.latencyInMilliseconds).sorted()
            guard times.count == expected, let longest = times.last else { continue }
            for (share, seen) in [(0.5, truth.p50), (0.9, truth.p90), (0.99, truth.p99)] {
                let time = times[min(times.count - 1, Int(share * Double(times.count)))]
                #expect(time > 0 && time <= seen + 0.001, "\(truth) \(share)")
            }
            #expect(longest <= truth.max + 0.001, "\(truth)")
        }
    }

    @Test func `commands are as many as the servers of databases executed`() throws {
        guard let folder = BenchRecording.folder else { return }
        let found = try #require(Self.found)
        let redis = try String(contentsOfFile: folder + "/truth/redis-commandstats.txt", encoding: .utf8)
        for line in redis.split(separator: "\n") where line.hasPrefix("cmdstat_") {
            let parts = line.dropFirst("cmdstat_".count).split(separator: ":calls=")
            let command = parts[0].uppercased().replacing("|", with: " ")
            // The statistics were reset over another connection, whose reset is its first count.
            guard !command.hasPrefix("CONFIG RESETSTAT") else { continue }
            let calls = Int(parts[1].prefix(while: \.isNumber))
            let mine = found.transactions(.redis).count { $0.operation == command }
            #expect(mine == calls, "\(command)")
        }
        // sysbench: 34 transactions of 14 reads and 4 writes.
        let mysql = found.transactions(.mysql).map(\.operation)
        #expect(mysql.count { $0 == "BEGIN" } == 34)
        #expect(mysql.count { $0 == "COMMIT" } == 34)
        #expect(mysql.count { $0.hasPrefix("SELECT sbtest") } == 476)
        let writes = ["INSERT sbtest", "UPDATE sbtest", "DELETE sbtest"]
        #expect(mysql.count { one in writes.contains { one.hasPrefix($0) } } == 136)
        // pg_stat_statements and the loops that ask for what does not exist.
        let postgresql = found.transactions(.postgresql).map(\.operation)
        for table in ["pgbench_accounts", "pgbench_tellers", "pgbench_branches"] {
            #expect(postgresql.count { $0.hasPrefix("UPDATE \(table)") } == 112)
        }
        #expect(postgresql.count { $0.hasPrefix("SELECT products WHERE") } == 526)
        #expect(postgresql.count { $0 == "SELECT nope" } == 4)
    }

    @Test func `HTTP responses and DNS answers are those of tshark`() throws {
        guard BenchRecording.folder != nil else { return }
        let found = try #require(Self.found)
        let http = try BenchRecording.table("mix-8s.wire.md", under: "HTTP/1 responses per")
        #expect(http.count == 31)
        for row in http {
            let mine = found.counts(.http, from: row[0], to: String(row[1].prefix { $0 != ":" }))
            // An interim response is none.
            let theirs = Self.counts(row[2]).filter { $0.key != "100" }
            #expect(mine == theirs, "\(row[0]) -> \(row[1])")
        }
        let dns = try BenchRecording.table("mix-8s.wire.md", under: "DNS responses per")
        #expect(dns.count == 11)
        for row in dns {
            let mine = found.counts(.dns, from: row[0], to: row[1])
            let theirs = Self.counts(row[2])
            #expect(mine["NOERROR"] == theirs["0"] && mine["NXDOMAIN"] == theirs["3"], "\(row[0])")
        }
    }

    /// `200:483 404:33`.
    private static func counts(_ text: String) -> [String: Int] {
        Dictionary(
            uniqueKeysWithValues: text.split(separator: " ").map { pair in
                let parts = pair.split(separator: ":")
                return (String(parts[0]), Int(parts[1]) ?? 0)
            }
        )
    }
}

extension CaptureFollowing.Finding {
    /// Request first byte to response last byte.
    fileprivate var latencyInMilliseconds: Double? {
        transaction.responseEnd.map { Double($0 - transaction.requestStart) / 1e6 }
    }
}

extension CaptureFollowing {
    /// Responses by status between two addresses.
    fileprivate func counts(
        _ name: ApplicationProtocol,
        from client: String,
        to server: String
    ) -> [String: Int] {
        var counts: [String: Int] = [:]
        for one in findings
        where one.transaction.applicationProtocol == name && one.client == IPAddress(client)
            && one.server == IPAddress(server)
        {
            if let status = one.transaction.status { counts[status, default: 0] += 1 }
        }
        return counts
    }
}
