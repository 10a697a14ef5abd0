// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Messaging protocols in public captures` {
    private static let ours: [ApplicationProtocol] = [.kafka, .amqp, .mqtt, .nats]

    /// Numbers and texts that tshark reports, by file.
    private static func facts(_ folder: String) throws -> [String: [String: String]] {
        var facts: [String: [String: String]] = [:]
        for columns in try Corpus.table(folder + "/ORACLE.tsv") where columns.count >= 3 {
            facts[columns[0], default: [:]][columns[1]] = columns[2]
        }
        return facts
    }

    private static func followed(_ path: String) throws -> [Transaction] {
        let found = try CaptureFollowing(path: path, closesAtEnd: true)
        return found.findings.map(\.transaction).filter { ours.contains($0.applicationProtocol) }
    }

    private static func count(_ transactions: [Transaction], _ verb: String) -> Int {
        transactions.filter { $0.operation == verb || $0.operation.hasPrefix(verb + " ") }.count
    }

    @Test func `Kafka requests are those of tshark`() throws {
        guard let folder = Corpus.folder else { return }
        var compared = 0
        for (file, facts) in try Self.facts(folder) where facts["kafka_pdus"] != nil {
            let expected = facts.filter { $0.key.hasPrefix("kafka_requests_or_unmatched_api_") }
                .compactMap { Int($0.value) }.reduce(0, +)
            let found = try Self.followed("\(folder)/\(file)")
            #expect(found.count == expected, "\(file)")
            #expect(found.allSatisfy { $0.responseEnd != nil }, "\(file)")
            // Two carry error codes: -1, and one that there is not.
            let status: String? =
                file.hasSuffix("/01-fetch-v12-unknown.pcap")
                ? "5120" : file.hasSuffix("/14-sync-group-v5.pcap") ? "UNKNOWN_SERVER_ERROR" : nil
            #expect(found.allSatisfy { $0.status == status }, "\(file)")
            #expect(found.allSatisfy { $0.outcome == (status == nil ? .ok : .serverError) }, "\(file)")
            compared += 1
        }
        #expect(compared == 5)
    }

    @Test(arguments: [
        ("00-produce-v9", ["Produce zqy-test"]), ("01-fetch-v12-ok", ["Fetch zqy-test"]),
        ("01-fetch-v12-unknown", ["Fetch"]), ("14-sync-group-v5", ["SyncGroup"]),
        ("mixed-with-unsupported", ["Fetch", "Heartbeat", "OffsetCommit"]),
    ])
    func `Kafka operations are those that DeepFlow published`(name: String, operations: [String]) throws {
        guard let folder = Corpus.folder else { return }
        let path = folder + "/deepflowio__deepflow/agent/resources/test/flow_generator/kafka/\(name).pcap"
        #expect(try Self.followed(path).map(\.operation).sorted() == operations)
    }

    @Test func `AMQP methods are those of tshark`() throws {
        guard let folder = Corpus.folder else { return }
        var compared = 0
        let methods = [
            "10.11": "Connection.StartOk", "10.40": "Connection.Open", "10.50": "Connection.Close",
            "20.10": "Channel.Open", "20.40": "Channel.Close", "40.10": "Exchange.Declare",
            "50.10": "Queue.Declare", "50.20": "Queue.Bind", "60.20": "Basic.Consume",
            "60.40": "Basic.Publish",
        ]
        for (file, facts) in try Self.facts(folder) where facts["amqp_methods"] != nil {
            let found = try Self.followed("\(folder)/\(file)")
            for (number, name) in methods {
                #expect(
                    Self.count(found, name) == facts["amqp_method_\(number)"].flatMap { Int($0) } ?? 0,
                    "\(name) in \(file)"
                )
            }
            #expect(found.allSatisfy { $0.outcome == .ok }, "\(file)")
            #expect(found.filter { !$0.isSession }.count == 6, "\(file)")
            compared += 1
        }
        #expect(compared == 1)
    }

    @Test func `MQTT packets are those of tshark`() throws {
        guard let folder = Corpus.folder else { return }
        var compared = 0
        let kinds = [
            1: "CONNECT", 3: "PUBLISH", 8: "SUBSCRIBE", 10: "UNSUBSCRIBE", 12: "PINGREQ", 14: "DISCONNECT",
        ]
        for (file, facts) in try Self.facts(folder) where facts["mqtt_msgs"] != nil {
            let found = try Self.followed("\(folder)/\(file)")
            for (number, name) in kinds {
                var expected = facts["mqtt_msgtype_\(number)"].flatMap { Int($0) } ?? 0
                // Two of the three are passed on to a subscriber, which is no request.
                if name == "PUBLISH", file.hasSuffix("Traces/mqtt.pcap") { expected -= 2 }
                #expect(Self.count(found, name) == expected, "\(name) in \(file)")
            }
            compared += 1
        }
        #expect(compared == 8)
    }

    @Test func `NATS commands are those that DeepFlow published`() throws {
        guard let folder = Corpus.folder else { return }
        let path = folder + "/deepflowio__deepflow/agent/resources/test/flow_generator/nats/nats-headers"
        let expected = try String(contentsOfFile: path + ".result", encoding: .utf8)
        let found = try Self.followed(path + ".pcap")
        for (message, verb) in [
            ("Connect", "CONNECT"), ("Ping", "PING"), ("Sub", "SUB"), ("Unsub", "UNSUB"), ("Hpub", "PUB"),
        ] {
            var times = expected.components(separatedBy: "message: \(message)(").count - 1
            // One of the two pings is the server's.
            if verb == "PING" { times -= 1 }
            #expect(Self.count(found, verb) == times, "\(verb)")
            #expect(times > 0)
        }
        #expect(found.allSatisfy { $0.outcome == .ok && $0.responseEnd != nil })
        #expect(found.contains { $0.operation == "PUB FRONT.DOOR" })
    }

    @Test func `captures of other protocols have none of these`() throws {
        guard let folder = Corpus.folder else { return }
        let own = ["kafka", "amqp", "mqtt", "nats"]
        var checked = 0
        for (file, facts) in try Self.facts(folder) {
            let protocols = facts["protocols"]?.split(separator: ",") ?? []
            if protocols.contains(where: { own.contains(String($0)) }) { continue }
            if own.contains(where: { file.contains("/\($0)/") }) { continue }
            guard let found = try? Self.followed("\(folder)/\(file)") else { continue }
            #expect(found.isEmpty, "\(file): \(found.prefix(3).map(\.operation))")
            checked += 1
        }
        #expect(checked > 100)
    }

    @Test func `Kafka calls of a recording are those that its clients counted`() throws {
        guard let path = Checkout.recording("mix-8s.pcap.gz") else { return }
        let found = try Self.followed(path)
        var counts: [String: Int] = [:]
        for one in found { counts[one.operation, default: 0] += 1 }
        // tshark has as many requests, each with a response.
        #expect(
            counts == [
                "Produce logs": 38, "Produce orders": 70, "GetTelemetrySubscriptions": 17,
                "ApiVersions": 5, "Metadata": 4, "FindCoordinator": 2, "JoinGroup": 2, "LeaveGroup": 1,
            ]
        )
        #expect(found.allSatisfy { $0.outcome == .ok && $0.responseEnd != nil })
        #expect(found.compactMap(\.status) == ["MEMBER_ID_REQUIRED"])
    }
}
