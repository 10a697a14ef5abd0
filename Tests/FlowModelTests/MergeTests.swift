// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Testing

@Suite struct `Merging counts` {
    @Test func `keeps attempts the sum of their verdicts`() {
        var counts = ConnectionCounts()
        (counts.established, counts.refused, counts.unanswered, counts.unreachable) = (5, 3, 2, 1)
        (counts.open, counts.pending) = (4, 6)
        var sum = counts
        sum.merge(counts)
        #expect(sum.attempted == 22)
        #expect(sum.failed == 12)
        #expect((sum.open, sum.pending) == (8, 12))
        sum.clearGauges()
        #expect((sum.open, sum.pending, sum.attempted) == (0, 0, 22))
    }

    @Test func `keeps requests the sum of outcomes and errors without those who gave up`() {
        var outcomes = OutcomeCounts()
        for outcome in Outcome.allCases { outcomes.record(outcome) }
        var sum = outcomes
        sum.merge(outcomes)
        #expect(sum.requests == 12)
        #expect(sum.unanswered == 6)
        #expect(sum.failed == 6)
    }

    @Test func `of damaged counters saturates`() {
        var counts = ConnectionCounts()
        (counts.established, counts.refused, counts.open) = (.max, .max, .max)
        let same = counts
        counts.merge(same)
        #expect(counts.attempted == .max)
        #expect(counts.open == .max)
        var coverage = Coverage()
        (coverage.frames, coverage.metered, coverage.undecodable) = (.max, .max, ["short": .max])
        coverage.losses[.kernelDropped] = .max
        let other = coverage
        coverage.merge(other)
        #expect(coverage.losses == [.kernelDropped: .max])
        #expect(coverage.isBalanced)
        var outcomes = OutcomeCounts()
        (outcomes.ok, outcomes.timedOut) = (.max, .max)
        let again = outcomes
        outcomes.merge(again)
        #expect(outcomes.requests == .max)
    }

    @Test func `edges that know counts only equal those whose other parts were emptied`() {
        var bare = EdgeMetrics()
        bare.packets.sent = 3
        var emptied = bare
        emptied.rtt.record(nanoseconds: 5)
        #expect(bare != emptied)
        emptied.rtt = Histogram()
        emptied.protocols[.http] = ProtocolMetrics()
        emptied.protocols[.http] = nil
        #expect(bare == emptied)
    }

    @Test func `adding up changes no copy of either side`() {
        var right = EdgeMetrics()
        right.retransmitted.sent = 1
        right.connectTime.record(nanoseconds: 5_000)
        right.tlsHandshakes.attempted = 2
        var left = EdgeMetrics()
        left.merge(right)
        let once = left
        left.merge(right)
        #expect(once == right)
        #expect(left.retransmitted.sent == 2)
        #expect(left.connectTime.count == 2)
        #expect(left.tlsHandshakes.attempted == 4)
        #expect(right.connectTime.count == 1)
    }

    @Test func `adds protocols by name and operations by theirs`() {
        var left = EdgeMetrics()
        var http = ProtocolMetrics()
        (http.started, http.inFlight, http.statuses) = (2, 1, ["200": 1])
        http.operations["GET /"] = OperationMetrics()
        http.operations["GET /"]?.outcomes.ok = 1
        left.protocols[.http] = http
        var right = left
        right.protocols[.dns] = ProtocolMetrics()
        right.protocols[.http]?.statuses = ["200": 4, "404": 1]
        left.merge(right)
        #expect(Set(left.protocols.keys) == [.http, .dns])
        #expect(left.protocols[.http]?.statuses == ["200": 5, "404": 1])
        #expect(left.protocols[.http]?.operations["GET /"]?.outcomes.ok == 2)
        #expect(left.protocols[.http]?.inFlight == 2)
        left.clearGauges()
        #expect(left.protocols[.http]?.inFlight == 0)
        #expect(left.protocols[.http]?.started == 4)
    }

    @Test func `adds what dissectors find beside requests`() {
        var part = EdgeMetrics()
        var kafka = ProtocolMetrics()
        (kafka.recognized, kafka.session, kafka.messages) = (1, 4, DirectionalCount(sent: 2, received: 3))
        part.protocols[.kafka] = kafka
        part.tlsHandshakes.resumed = 1
        part.tlsHandshakes.failed = ["unknown_ca": 2]
        part.tlsHandshakes.handshakeTime.record(nanoseconds: 9_000)
        var sum = part
        sum.merge(part)
        #expect(sum.protocols[.kafka]?.recognized == 2)
        #expect(sum.protocols[.kafka]?.session == 8)
        #expect(sum.protocols[.kafka]?.messages == DirectionalCount(sent: 4, received: 6))
        #expect(sum.protocols[.kafka]?.requests == 0)
        #expect(sum.tlsHandshakes.resumed == 2)
        #expect(sum.tlsHandshakes.failures == 4)
        #expect(sum.tlsHandshakes.handshakeTime.count == 2)
    }

    @Test func `tells whether every frame is in one class`() {
        var coverage = Coverage()
        (coverage.frames, coverage.metered, coverage.duplicate, coverage.translated) = (10, 4, 3, 1)
        coverage.undecodable = ["short": 2]
        #expect(coverage.isBalanced)
        coverage.filtered = 1
        #expect(!coverage.isBalanced)
    }
}
