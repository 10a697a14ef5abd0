// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

/// What dissectors tell of one connection, as it comes into the row of its edge.
@Suite struct `Findings of a connection` {
    private static let start = Timestamp(seconds: 1_760_000_000)

    private static func transaction(
        _ number: Int,
        _ operation: String = "GET",
        of name: ApplicationProtocol = .redis,
        _ outcome: Outcome = .ok
    ) -> Transaction {
        let begin = start + Int64(number) * 1_000_000
        return Transaction(
            applicationProtocol: name,
            operation: operation,
            outcome: outcome,
            status: "OK",
            requestStart: begin,
            requestEnd: begin + 1_000,
            responseStart: begin + 3_000,
            responseEnd: begin + 4_000 + Int64(number),
            endedAt: begin + 4_000 + Int64(number)
        )
    }

    private static func row(
        _ findings: DissectionFindings,
        client: FlowDirection = .fromOriginator,
        maximumOperations: Int = 100
    ) -> EdgeRow {
        let endpoint = Endpoint(scope: "default", address: IPAddress(v4: 1))
        let key = EdgeKey(
            client: endpoint,
            server: endpoint,
            port: 6_379,
            transport: .tcp,
            orientation: .observed
        )
        var row = EdgeRow(key: key)
        findings.record(in: &row, client: client, maximumOperations: maximumOperations)
        return row
    }

    @Test(arguments: [1, 63, 64, 65, 200])
    func `count set-up commands outside requests, times and what is in flight`(count: Int) {
        let findings = DissectionFindings()
        for number in 0..<count {
            var command = Self.transaction(number, "session")
            command.isSession = true
            findings.add(command, maximumOperations: 100)
        }
        findings.add(DissectionOutput.Started(applicationProtocol: .redis, at: Self.start))
        findings.add(Self.transaction(0), maximumOperations: 100)
        #expect(findings.changesInFlight[.redis] == 0)
        let redis = Self.row(findings).metrics.protocols[.redis]
        #expect(redis?.session == UInt64(count))
        #expect(redis?.requests == 1)
        #expect(redis?.started == 1)
        #expect(redis?.latency.count == 1)
        #expect(redis?.serverTime.count == 1)
        #expect(redis?.statuses == ["OK": 1])
        #expect(redis.map { Set($0.operations.keys) } == ["GET"])
    }

    @Test func `keep an example of a set-up command only where it failed`() {
        let findings = DissectionFindings()
        for (number, outcome) in [Outcome.ok, .serverError].enumerated() {
            var command = Self.transaction(number, "session", outcome)
            command.isSession = true
            findings.add(command, maximumOperations: 100)
        }
        #expect(Self.row(findings).samples.sorted.map(\.outcome) == [.serverError])
    }

    @Test func `name what a connection carries that nobody can read`() {
        let findings = DissectionFindings()
        findings.add(recognized: .postgresql)
        findings.add(recognized: .tls)
        let metrics = Self.row(findings).metrics
        #expect(metrics.protocols[.postgresql]?.recognized == 1)
        #expect(metrics.protocols[.tls]?.recognized == 1)
        #expect(metrics.protocols[.tls]?.requests == 0)
        findings.removeAll()
        #expect(Self.row(findings).metrics == EdgeMetrics())
    }

    @Test func `tell messages by who sent them, the client first`() {
        let findings = DissectionFindings()
        let pushed = DissectionOutput.Messages(
            applicationProtocol: .nats,
            direction: .fromOriginator,
            count: 7
        )
        findings.add(pushed)
        findings.add(pushed)
        findings.add(DissectionOutput.Messages(applicationProtocol: .nats, direction: .fromResponder))
        let asked = Self.row(findings, client: .fromOriginator).metrics.protocols[.nats]?.messages
        #expect(asked == DirectionalCount(sent: 14, received: 1))
        let answered = Self.row(findings, client: .fromResponder).metrics.protocols[.nats]?.messages
        #expect(answered == DirectionalCount(sent: 1, received: 14))
    }

    @Test func `count handshakes by how they ended`() {
        let findings = DissectionFindings()
        for _ in 0..<4 { findings.add(TLSHandshakeEvent(.attempted, at: Self.start)) }
        findings.add(
            TLSHandshakeEvent(.completed(nanoseconds: 2_000_000, isResumed: false), at: Self.start)
        )
        findings.add(
            TLSHandshakeEvent(.completed(nanoseconds: 1_000_000, isResumed: true), at: Self.start)
        )
        findings.add(TLSHandshakeEvent(.failed(alert: "bad_certificate"), at: Self.start))
        findings.add(TLSHandshakeEvent(.failed(alert: "bad_certificate"), at: Self.start))
        let handshakes = Self.row(findings).metrics.tlsHandshakes
        #expect((handshakes.attempted, handshakes.completed, handshakes.resumed) == (4, 2, 1))
        #expect(handshakes.failed == ["bad_certificate": 2])
        #expect(handshakes.failures == 2)
        #expect(handshakes.handshakeTime.sumNanoseconds == 3_000_000)
    }

    @Test(arguments: [1, 3, 64, 100])
    func `fold operations beyond the limit and count them, whatever their order`(limit: Int) {
        var dice = SeededGenerator(default: UInt64(limit))
        let findings = DissectionFindings()
        // Some connections have more than are kept one by one.
        let transactions = (0..<300).map { Self.transaction($0, "op-\($0 % 130)") }
        for transaction in transactions.shuffled(using: &dice) {
            findings.add(transaction, maximumOperations: limit)
        }
        var row = Self.row(findings, maximumOperations: limit)
        var folded = findings.losses[.foldedOperations] ?? 0
        let more = DissectionFindings()
        for transaction in transactions { more.add(transaction, maximumOperations: limit) }
        more.record(in: &row, client: .fromOriginator, maximumOperations: limit)
        folded += more.losses[.foldedOperations] ?? 0

        let redis = row.metrics.protocols[.redis] ?? ProtocolMetrics()
        #expect(redis.requests == 600)
        #expect(redis.operations.count <= limit + 1)
        #expect(redis.operations.values.reduce(0) { $0 + $1.outcomes.requests } == 600)
        #expect(redis.operations["{other}"]?.outcomes.requests == folded)
        #expect(folded > 0)
    }

    @Test func `keep examples of all transactions, recorded or not`() {
        var dice = SeededGenerator(default: 5)
        let transactions = (0..<150).map {
            Self.transaction($0, of: .kafka, $0 % 40 == 3 ? .serverError : .ok)
        }
        let samples = [0, 1].map { _ in
            let findings = DissectionFindings()
            for transaction in transactions.shuffled(using: &dice) {
                findings.add(transaction, maximumOperations: 100)
            }
            return Self.row(findings).samples
        }
        #expect(samples[0] == samples[1])
        #expect(samples[0].sorted.count == TransactionSamples.limit)
        let slowest = samples[0].sorted.map { $0.responseEnd ?? 0 }.max()
        #expect(slowest == 4_149)
        #expect(samples[0].sorted.count { $0.outcome == .serverError } == 3)
    }

    @Test(arguments: [1, 8, 9, 64, 65, 150])
    func `keep the header fields of examples, and of those only`(count: Int) {
        var dice = SeededGenerator(default: UInt64(count))
        let transactions = (0..<count).map {
            Self.transaction($0, of: .http, $0 % 40 == 3 ? .serverError : .ok)
        }
        let plain = DissectionFindings()
        let findings = DissectionFindings()
        for (number, transaction) in transactions.enumerated().shuffled(using: &dice) {
            plain.add(transaction, maximumOperations: 100)
            var asked = transaction
            // Some have none, as other protocols on the connection.
            if number % 3 > 0 { asked.fields = [HeaderField(.request, "x-n", "\(asked.requestStart)")] }
            findings.add(asked, maximumOperations: 100)
        }
        let row = Self.row(findings)
        for sample in row.samples.sorted {
            let number = (sample.at - Self.start) / 1_000_000
            #expect(sample.fields.map(\.value) == (number % 3 > 0 ? ["\(sample.at)"] : []))
        }
        let kept = row.samples.sorted.map { sample in
            var sample = sample
            sample.fields = []
            return sample
        }
        let expected = Self.row(plain)
        #expect(kept == expected.samples.sorted)
        #expect(row.metrics == expected.metrics)
        findings.removeAll()
        #expect(Self.row(findings).samples.isEmpty)
    }
}
