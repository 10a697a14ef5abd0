// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Databases in public captures` {
    /// Names of tshark's facts, by protocol.
    private static let prefixes: [(ApplicationProtocol, String)] = [
        (.postgresql, "pgsql_type_"), (.mysql, "mysql_"), (.mongodb, "mongo_opcode_"),
    ]

    private static func oracle(_ folder: String) throws -> [String: [String: Int]] {
        var facts: [String: [String: Int]] = [:]
        for columns in try Corpus.table(folder + "/ORACLE.tsv") {
            guard columns.count >= 3 else { continue }
            facts[columns[0], default: [:]][columns[1]] = Int(columns[2])
        }
        return facts
    }

    /// What tshark's counts of messages come to in transactions.
    private static func expected(_ facts: [String: Int]) -> [String: Int] {
        var counts: [String: Int] = [:]
        func sum(_ prefix: String, _ names: String...) -> Int {
            names.reduce(0) { $0 + facts[prefix + $1, default: 0] }
        }
        if facts.keys.contains(where: { $0.hasPrefix("pgsql_type_") }) {
            counts["postgresql requests"] = sum("pgsql_type_", "Simple_query", "Execute")
            counts["postgresql errors"] = sum("pgsql_type_", "Error")
            counts["postgresql encrypt"] = sum("pgsql_type_", "SSL_request")
            counts["postgresql startup"] = sum("pgsql_type_", "Startup_message")
            counts["postgresql notifications"] = sum("pgsql_type_", "Notification")
        }
        if let commands = facts["mysql_commands"] {
            // COM_QUIT, and two more that are not answered.
            counts["mysql commands"] = commands - sum("mysql_commands_", "1", "24", "25")
            for (fact, count) in facts where fact.hasPrefix("mysql_errors") { counts[fact] = count }
        }
        if facts.keys.contains(where: { $0.hasPrefix("mongo_opcode_") }) {
            counts["mongodb requests"] = sum("mongo_opcode_", "2004", "2013")
            counts["mongodb answers"] = sum("mongo_opcode_", "1", "2013")
        }
        return counts
    }

    private static func counts(_ found: CaptureFollowing) -> [String: Int] {
        var counts: [String: Int] = [:]
        let setup: Set = ["encrypt", "startup", "password", "cancel", "sync"]
        for one in found.transactions(.postgresql) {
            if one.status != nil { counts["postgresql errors", default: 0] += 1 }
            let isRequest = !setup.contains(one.operation) && !one.operation.hasPrefix("PREPARE ")
            counts["postgresql " + (isRequest ? "requests" : one.operation), default: 0] += 1
        }
        counts["postgresql notifications"] = found.messages[.postgresql]
        for one in found.transactions(.mysql) {
            if let status = one.status {
                counts["mysql_errors", default: 0] += 1
                counts["mysql_errors_" + status, default: 0] += 1
            }
            if one.operation != "login" { counts["mysql commands", default: 0] += 1 }
        }
        for one in found.transactions(.mongodb) {
            counts["mongodb requests", default: 0] += 1
            if one.responseEnd != nil { counts["mongodb answers", default: 0] += 1 }
        }
        return counts
    }

    @Test func `agree with tshark, and other captures have none`() throws {
        guard let folder = Corpus.folder else { return }
        var differences: [String: [String]] = [:]
        var compared = 0
        for (file, facts) in try Self.oracle(folder) {
            guard let found = try? CaptureFollowing(path: "\(folder)/\(file)", closesAtEnd: true) else {
                continue
            }
            let ours = Self.counts(found)
            for (applicationProtocol, prefix) in Self.prefixes {
                let isTheirs = facts.keys.contains { $0.hasPrefix(prefix) }
                let count = found.transactions(applicationProtocol).count
                if !isTheirs, count > 0 {
                    differences[file, default: []].append(
                        "\(applicationProtocol): tshark none, svcmap \(count)"
                    )
                }
            }
            for (fact, count) in Self.expected(facts) {
                compared += 1
                guard ours[fact, default: 0] != count else { continue }
                differences[file, default: []].append(
                    "\(fact): tshark \(count), svcmap \(ours[fact, default: 0])"
                )
            }
        }
        #expect(compared > 60)
        for (file, lines) in differences.sorted(by: { $0.key < $1.key }) {
            let explained = Self.explained.first { file.hasSuffix($0.file) }
            #expect(explained?.lines ?? [] == lines.sorted(), "\(file)")
        }
    }

    /// Differences that `docs/conformance.md` explains, by the end of the file's path.
    private static let explained: [(file: String, lines: [String])] = [
        ("PacketExamples/mysql.pcapng", ["mysql commands: tshark 1, svcmap 0"]),
        ("mysql8-navicat-login-failed.pcap", ["mysql commands: tshark 1, svcmap 0"]),
        ("bad-startup-message-1.pcap", ["postgresql errors: tshark 1, svcmap 0"]),
    ]
}
