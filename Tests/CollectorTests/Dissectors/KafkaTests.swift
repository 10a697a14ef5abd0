// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Kafka` {
    private static func follow(
        _ talk: Conversation,
        port: UInt16 = 7_777,
        close: Int64? = nil
    )
        -> Conversation.Result
    {
        talk.follow(ports: (40_000, port), close: close)
    }

    @Test func `requests and responses pair by correlation id with four instants`() {
        var talk = Conversation()
        let (first, second) = (KafkaBytes.produce(7, "orders"), KafkaBytes.produce(8, "mail"))
        talk.send(.fromOriginator, Array(first.prefix(20)), at: 1)
        talk.send(.fromOriginator, first.dropFirst(20) + second, at: 3)
        let answer = KafkaBytes.produced(7, "orders")
        talk.send(.fromResponder, Array(answer.prefix(6)), at: 5)
        talk.send(.fromResponder, answer.dropFirst(6) + KafkaBytes.produced(8, error: 19, "mail"), at: 8)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.operations == ["Produce orders", "Produce mail"])
            #expect(result.outcomes == [.ok, .serverError])
            #expect(result.statuses == [nil, "NOT_ENOUGH_REPLICAS"])
            #expect(result.started.map(\.at) == [milliseconds(1), milliseconds(3)])
            #expect(result.losses.isEmpty)
            #expect(result.client == .fromOriginator)
            guard let one = result.finished.first else { return }
            #expect(one.applicationProtocol == .kafka)
            #expect([one.requestStart, one.requestEnd] == [milliseconds(1), milliseconds(3)])
            #expect([one.responseStart, one.responseEnd] == [milliseconds(5), milliseconds(8)])
        }
    }

    @Test func `without acknowledgments a request has no response`() {
        var talk = Conversation()
        let big = KafkaBytes.produce(1, acknowledgments: 0, records: 3_000, "orders")
        talk.send(.fromOriginator, Array(big.prefix(1_500)), at: 1)
        talk.send(.fromOriginator, Array(big.dropFirst(1_500)), at: 4)
        talk.send(.fromOriginator, KafkaBytes.produce(2, "orders", "mail"), at: 5)
        talk.send(.fromResponder, KafkaBytes.produced(2, "orders"), at: 6)
        let result = Self.follow(talk, close: 9)
        #expect(result.operations == ["Produce orders", "Produce {topics}"])
        #expect(result.outcomes == [.ok, .ok])
        #expect(result.finished.map(\.requestEnd) == [milliseconds(4), milliseconds(5)])
        #expect(result.finished.map(\.responseEnd) == [nil, milliseconds(6)])
        #expect(result.finished.first?.isIncomplete == false)
    }

    @Test func `fetches stream, sessions keep their topic, coordination is ok`() {
        var talk = Conversation()
        talk.send(.fromOriginator, KafkaBytes.fetch(1, epoch: 0, "orders"), at: 1)
        talk.send(.fromResponder, KafkaBytes.fetched(1), at: 2)
        talk.send(.fromOriginator, KafkaBytes.fetch(2, epoch: 1), at: 3)
        talk.send(.fromResponder, KafkaBytes.fetched(2, error: 70), at: 4)
        talk.send(.fromOriginator, KafkaBytes.fetch(3, epoch: 2, "mail"), at: 5)
        talk.send(.fromResponder, KafkaBytes.fetched(3, error: 29), at: 6)
        talk.send(.fromOriginator, KafkaBytes.fetch(4, epoch: 3), at: 7)
        talk.forEverySplit { talk in
            let result = Self.follow(talk, close: 70_000)
            #expect(
                result.operations == ["Fetch orders", "Fetch orders", "Fetch {topics}", "Fetch {topics}"]
            )
            #expect(
                result.statuses == [nil, "FETCH_SESSION_ID_NOT_FOUND", "TOPIC_AUTHORIZATION_FAILED", nil]
            )
            #expect(result.outcomes == [.ok, .ok, .serverError, .timedOut])
            #expect(result.finished.allSatisfy { $0.isStreaming })
        }
    }

    @Test func `set-up is session, also without headers`() {
        var talk = Conversation()
        talk.send(.fromOriginator, KafkaBytes.request(18, version: 0, id: 0, client: nil), at: 1)
        talk.send(.fromResponder, KafkaBytes.response(0, [0, 0, 0, 0, 0, 0]), at: 2)
        talk.send(
            .fromOriginator,
            KafkaBytes.request(17, version: 0, id: 1, KafkaBytes.string("GSSAPI")),
            at: 3
        )
        talk.send(.fromResponder, KafkaBytes.response(1, [0, 0, 0, 0, 0, 0]), at: 4)
        talk.send(.fromOriginator, KafkaBytes.sized([0x60, 0x82, 1, 2, 3]), at: 5)
        talk.send(.fromResponder, KafkaBytes.sized([0x60, 0x82]), at: 6)
        talk.send(.fromOriginator, KafkaBytes.sized([]), at: 7)
        talk.send(.fromOriginator, KafkaBytes.produce(2, "orders"), at: 8)
        talk.send(.fromResponder, KafkaBytes.produced(2, "orders"), at: 9)
        talk.forEverySplit { talk in
            let result = Self.follow(talk, port: 9_092)
            #expect(result.operations == ["ApiVersions", "SaslHandshake", "Produce orders"])
            #expect(result.finished.map(\.isSession) == [true, true, false])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `topics that have identifiers get the names that metadata told`() throws {
        let rows = try Self.messages()
        let metadata = try #require(rows.last { $0.key == 3 })
        let produce = try #require(rows.last { $0.key == 0 })
        var talk = Conversation()
        talk.send(.fromOriginator, produce.request, at: 1)
        talk.send(.fromResponder, produce.response, at: 2)
        talk.send(.fromOriginator, metadata.request, at: 3)
        talk.send(.fromResponder, metadata.response, at: 4)
        talk.send(.fromOriginator, produce.request, at: 5)
        let result = Self.follow(talk, close: 6)
        #expect(result.operations == ["Produce {topic}", "Metadata", "Produce orders"])
    }

    @Test func `a lost response leaves later pairs alone`() {
        var talk = Conversation()
        for id in 1...3 {
            talk.send(.fromOriginator, KafkaBytes.fetch(id, epoch: 0, "t\(id)"), at: Int64(id) * 10)
            talk.send(.fromResponder, KafkaBytes.fetched(id), at: Int64(id) * 10 + 1)
        }
        talk.packets.removeAll { $0.time == milliseconds(21) }
        let result = Self.follow(talk)
        #expect(result.operations == ["Fetch t1", "Fetch t3"])
        #expect(result.finished.map(\.responseEnd) == [milliseconds(11), milliseconds(31)])
        #expect(result.losses.contains(.unmatchedRequests))
        #expect(result.inFlight == 0)
    }

    @Test func `a capture cut at 64 bytes still pairs`() {
        var talk = Conversation()
        for id in 1...2 {
            let request = KafkaBytes.produce(id, records: 400, "orders")
            talk.send(.fromOriginator, Array(request.prefix(64)), wireLength: request.count, at: 1)
            let response = KafkaBytes.produced(id, "orders")
            talk.send(.fromResponder, Array(response.prefix(12)), wireLength: response.count, at: 2)
        }
        let result = Self.follow(talk)
        #expect(result.operations == ["Produce orders", "Produce orders"])
        #expect(result.outcomes == [.ok, .ok])
    }

    @Test func `a connection seen from its middle is recognized by the next request`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromResponder, KafkaBytes.fetched(4), at: 1)
        talk.send(.fromOriginator, KafkaBytes.fetch(5, epoch: 7), at: 2)
        talk.send(.fromResponder, KafkaBytes.fetched(5), at: 3)
        let result = Self.follow(talk)
        #expect(result.operations == ["Fetch"])
        #expect(result.client == .fromOriginator)
    }

    @Test func `closed without a response is unanswered`() {
        var talk = Conversation()
        talk.send(.fromOriginator, KafkaBytes.produce(1, "orders"), at: 1)
        talk.finish(.fromResponder, at: 2)
        #expect(Self.follow(talk).outcomes == [.serverClosed])
    }

    @Test func `responses that answer nothing are counted, and many end it`() {
        var talk = Conversation()
        talk.send(.fromOriginator, KafkaBytes.produce(1, "orders"), at: 1)
        talk.send(.fromResponder, KafkaBytes.fetched(9), at: 2)
        #expect(Self.follow(talk).losses == [.unmatchedResponses])
        for id in 10..<80 { talk.send(.fromResponder, KafkaBytes.fetched(id), at: 3) }
        #expect(Self.follow(talk).losses.contains(.abandonedStreams))
    }

    // MARK: - Every API and version

    private struct Messages {
        let key: Int
        let version: Int
        let error: Int
        let request: [UInt8]
        let response: [UInt8]
    }

    private static func messages() throws -> [Messages] {
        func bytes(_ text: String) -> [UInt8] {
            let digits = Array(text.utf8).map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
            return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
        return try Corpus.table(Checkout.fixtures + "/kafka-messages.tsv").compactMap { columns in
            guard columns.count == 5, let key = Int(columns[0]), let version = Int(columns[1]),
                let error = Int(columns[2])
            else { return nil }
            return Messages(
                key: key,
                version: version,
                error: error,
                request: bytes(columns[3]),
                response: bytes(columns[4])
            )
        }
    }

    @Test func `errors are found in responses of every API and version`() throws {
        let rows = try Self.messages()
        #expect(rows.count > 300)
        for row in rows {
            var talk = Conversation()
            talk.send(.fromOriginator, row.request, at: 1)
            talk.send(.fromResponder, row.response, at: 2)
            let result = Self.follow(talk)
            let label = Comment(rawValue: "API \(row.key) version \(row.version)")
            let isSession = [17, 18, 36].contains(row.key)
            #expect(result.statuses == [row.error == 0 ? nil : "NETWORK_EXCEPTION"], label)
            #expect(result.outcomes == [row.error == 0 ? .ok : .serverError], label)
            #expect(result.finished.map(\.isSession) == [isSession], label)
            #expect(result.losses.isEmpty, label)
            if row.key < 2 {
                let verb = row.key == 0 ? "Produce" : "Fetch"
                let topic = row.version < 13 ? "orders" : "{topic}"
                #expect(result.operations == ["\(verb) \(topic)"], label)
            }
        }
    }

    @Test func `mutated conversations never trap and keep the books balanced`() throws {
        for row in try Self.messages() {
            var talk = Conversation()
            for time in 1...2 {
                talk.send(.fromOriginator, row.request, at: Int64(time))
                talk.send(.fromResponder, row.response, at: Int64(time))
            }
            talk.mutated(times: 10, ports: (40_000, 9_092)) { result, seed in
                #expect(result.isBalanced, "API \(row.key) version \(row.version), seed \(seed)")
            }
        }
    }

    @Test(arguments: [
        [0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F],
        [0, 0, 0, 0x4C, 0, 3, 0, 0] + Array("user".utf8) + [0] + Array("postgres".utf8),
        [0, 0, 0x12, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100, 0, 4, 0, 0, 0xFF, 0xFF],
        [0, 0, 0, 0x2C] + [UInt8](repeating: 0, count: 40), [0, 0, 0, 30, 0x80, 1, 0, 1, 0, 0, 0, 3],
    ])
    func `other protocols are not Kafka`(bytes: [UInt8]) {
        for port in [UInt16(9_092), 7_777] {
            var talk = Conversation()
            talk.send(.fromOriginator, bytes, at: 1)
            let result = Self.follow(talk, port: port, close: 2)
            #expect(!result.finished.contains { $0.applicationProtocol == .kafka })
        }
    }
}
