// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `DNS search lists` {
    private static let cluster = ["shop.svc.cluster.local", "svc.cluster.local", "cluster.local"]

    /// Asks for A and AAAA from a port of its own, and answers both after a millisecond.
    private func step(_ client: DNSClient, _ name: String, code: UInt8, port: UInt16, at time: Int64) {
        client.send(DNSBytes.query(port, name), port: port, at: time)
        client.send(DNSBytes.query(port + 1, name, type: 28), port: port, at: time)
        let data: [(owner: [UInt8], type: UInt16, data: [UInt8])] =
            code == 0 ? [(DNSBytes.questionPointer, 1, [192, 0, 2, 1])] : []
        client.answer(DNSBytes.response(port + 1, name, type: 28, code: code), port: port, at: time + 1)
        client.answer(DNSBytes.response(port, name, code: code, records: data), port: port, at: time + 1)
    }

    private func failures(_ client: DNSClient) -> [Outcome] { client.result.outcomes.filter { $0 != .ok } }

    @Test func `steps that were followed by another are no failures`() {
        let client = DNSClient()
        for (index, domain) in Self.cluster.enumerated() {
            step(client, "cart.shop.\(domain)", code: 3, port: 1_000 + UInt16(index) * 10, at: Int64(index) * 5)
        }
        step(client, "cart.shop", code: 0, port: 1_090, at: 20)
        client.advance(to: 30)
        #expect(client.result.finished.count == 8)
        #expect(failures(client).isEmpty)
        #expect(client.result.statuses.filter { $0 == "NXDOMAIN" }.count == 6)
    }

    @Test func `the last answer decides, at once where nothing can follow`() {
        let client = DNSClient()
        for (index, domain) in (Self.cluster + ["corp.example"]).enumerated() {
            step(client, "no-such.\(domain)", code: 3, port: 1_000 + UInt16(index) * 10, at: Int64(index) * 5)
        }
        step(client, "no-such", code: 3, port: 1_090, at: 30)
        client.advance(to: 32)
        #expect(client.result.finished.count == 10)
        #expect(failures(client) == [.clientError, .clientError])
        let failed = client.result.finished.filter { $0.outcome != .ok }
        #expect(failed.allSatisfy { $0.endedAt == milliseconds(31) })
    }

    @Test func `a failed lookup that is tried again fails again`() {
        let client = DNSClient()
        for round in 0..<3 {
            for (index, name) in (Self.cluster.map { "x.\($0)" } + ["x"]).enumerated() {
                let port = 1_000 + UInt16(round * 100 + index * 10)
                step(client, name, code: 3, port: port, at: Int64(round) * 40 + Int64(index) * 5)
            }
        }
        client.advance(to: 5_000)
        #expect(client.result.finished.count == 24)
        #expect(failures(client).count == 6)
    }

    @Test func `names with enough dots are tried as given first`() {
        let client = DNSClient()
        for round in 0..<2 {
            let names = ["a.b.c.d.e.f"] + Self.cluster.map { "a.b.c.d.e.f.\($0)" }
            for (index, name) in names.enumerated() {
                let port = 1_000 + UInt16(round * 100 + index * 10)
                step(client, name, code: 3, port: port, at: Int64(round) * 40 + Int64(index) * 5)
            }
        }
        client.advance(to: 5_000)
        #expect(client.result.finished.count == 16)
        #expect(failures(client).count == 4)
    }

    @Test func `SERVFAIL decides only as the last answer`() {
        let client = DNSClient()
        step(client, "a.svc.cluster.local", code: 2, port: 1_000, at: 0)
        step(client, "a.cluster.local", code: 3, port: 1_010, at: 5)
        step(client, "a", code: 2, port: 1_020, at: 10)
        client.advance(to: 5_000)
        #expect(failures(client) == [.serverError, .serverError])
    }

    @Test func `a name without a further step fails after a second, at its own time`() {
        let client = DNSClient()
        step(client, "www.example", code: 3, port: 1_000, at: 0)
        #expect(client.result.finished.isEmpty)
        #expect(client.follower(1_000).deadline == milliseconds(1_001))
        client.advance(to: 1_000)
        #expect(client.result.finished.isEmpty)
        client.advance(to: 1_001)
        #expect(client.result.outcomes == [.clientError, .clientError])
        #expect(client.result.finished.first?.endedAt == milliseconds(1))
    }

    @Test func `the end of input settles what is held, and leaves what waits`() {
        let client = DNSClient()
        step(client, "www.example", code: 3, port: 1_000, at: 0)
        client.send(DNSBytes.query(9, "other.example"), port: 2_000, at: 2)
        client.endInput()
        #expect(client.result.outcomes == [.clientError, .clientError])
        #expect(client.follower(2_000).inFlight?.count == 1)
    }

    @Test func `other names, late steps and other clients' types are no steps`() {
        let other = DNSClient()
        step(other, "www.a.example", code: 3, port: 1_000, at: 0)
        step(other, "www.b.example", code: 0, port: 1_010, at: 5)
        step(other, "mail.a.example", code: 0, port: 1_020, at: 5)
        other.advance(to: 3_000)
        #expect(failures(other) == [.clientError, .clientError])

        let late = DNSClient()
        step(late, "a.svc.cluster.local", code: 3, port: 1_000, at: 0)
        step(late, "a.cluster.local", code: 0, port: 1_010, at: 1_500)
        late.advance(to: 3_000)
        #expect(failures(late) == [.clientError, .clientError])

        let types = DNSClient()
        types.send(DNSBytes.query(1, "a.cluster.local", type: 33), at: 0)
        types.answer(DNSBytes.response(1, "a.cluster.local", type: 33, code: 3), at: 1)
        types.send(DNSBytes.query(2, "a", type: 15), at: 2)
        types.advance(to: 1_500)
        #expect(failures(types) == [.clientError])
    }

    @Test func `concurrent lookups of the same name do not spoil each other`() {
        let client = DNSClient()
        let names = Self.cluster.map { "db.\($0)" } + ["db"]
        for (index, name) in names.enumerated() {
            let isLast = index == 3
            step(client, name, code: isLast ? 0 : 3, port: 1_000 + UInt16(index) * 10, at: Int64(index) * 10)
            step(client, name, code: isLast ? 0 : 3, port: 2_000 + UInt16(index) * 10, at: Int64(index) * 10 + 4)
        }
        client.advance(to: 3_000)
        #expect(client.result.finished.count == 16)
        #expect(failures(client).isEmpty)
    }

    @Test func `a name that has one family of addresses has not failed`() {
        let client = DNSClient()
        client.send(DNSBytes.query(1, "v4.example"), at: 0)
        client.send(DNSBytes.query(2, "v4.example", type: 28), at: 0)
        client.answer(DNSBytes.response(2, "v4.example", type: 28, code: 3), at: 1)
        client.answer(DNSBytes.response(1, "v4.example", records: [(DNSBytes.questionPointer, 1, [192, 0, 2, 1])]), at: 2)
        client.advance(to: 10)
        #expect(client.result.outcomes == [.ok, .ok])
    }
}
