// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `DNS transactions` {
    private let address: [UInt8] = [192, 0, 2, 7]

    @Test func `a query and its answer are one transaction`() throws {
        let client = DNSClient()
        client.send(DNSBytes.query(7, "API.Example", hasOption: true), at: 10)
        #expect(client.follower(1_000).clientDirection == .fromOriginator)
        #expect(client.follower(1_000).inFlight?.count == 1)
        client.answer(
            DNSBytes.response(7, "api.example", records: [(DNSBytes.questionPointer, 1, address)]),
            at: 13
        )
        let one = try #require(client.result.finished.first)
        #expect(one.applicationProtocol == .dns)
        #expect(one.operation == "A")
        #expect(one.status == "NOERROR")
        #expect(one.outcome == .ok)
        #expect(one.requestStart == milliseconds(10) && one.requestEnd == milliseconds(10))
        #expect(one.responseStart == milliseconds(13) && one.responseEnd == milliseconds(13))
        #expect(client.result.started.map(\.at) == [milliseconds(10)])
        #expect(
            client.result.names == [
                .init(address: IPAddress(v4: 0xC000_0207), name: "api.example", source: .dns)
            ]
        )
        #expect(client.result.losses.isEmpty)
    }

    @Test(arguments: [
        (UInt8(0), "NOERROR", Outcome.ok), (1, "FORMERR", .clientError), (2, "SERVFAIL", .serverError),
        (3, "NXDOMAIN", .clientError), (4, "NOTIMP", .serverError), (5, "REFUSED", .serverError),
        (9, "NOTAUTH", .serverError), (15, "RCODE15", .serverError),
    ])
    func `response codes have a name and an outcome`(code: UInt8, status: String, outcome: Outcome) {
        let client = DNSClient()
        client.send(DNSBytes.query(1, "a.example", type: 33), at: 0)
        client.answer(DNSBytes.response(1, "a.example", type: 33, code: code), at: 1)
        client.advance(to: 2_000)
        #expect(client.result.statuses == [status])
        #expect(client.result.outcomes == [outcome])
        #expect(client.result.operations == ["SRV"])
        #expect(client.result.finished.first?.endedAt == milliseconds(1))
    }

    @Test(arguments: [(UInt16(28), "AAAA"), (65, "HTTPS"), (12, "PTR"), (4_321, "TYPE4321")])
    func `the operation is the type asked for`(type: UInt16, name: String) {
        let client = DNSClient()
        client.send(DNSBytes.query(1, "x.example", type: type), at: 0)
        client.answer(DNSBytes.response(1, "x.example", type: type), at: 1)
        #expect(client.result.operations == [name])
    }

    @Test func `repeated queries are retries, and patience is five seconds`() {
        let client = DNSClient()
        client.send(DNSBytes.query(1, "a.example"), at: 0)
        client.send(DNSBytes.query(1, "a.example"), at: 2_000)
        client.send(DNSBytes.query(2, "a.example"), at: 2_000)
        client.answer(DNSBytes.response(2, "a.example"), at: 2_100)
        client.advance(to: 4_999)
        #expect(client.result.finished.count == 1)
        client.advance(to: 9_000)
        #expect(client.result.outcomes == [.ok, .timedOut])
        #expect(client.result.finished.last?.retries == 1)
        #expect(client.result.finished.last?.endedAt == milliseconds(5_000))
        client.answer(DNSBytes.response(1, "a.example"), at: 9_001)
        #expect(client.result.losses == [.unmatchedResponses])
    }

    @Test func `an answer must fit in id and question`() {
        let client = DNSClient()
        client.send(DNSBytes.query(1, "a.example"), at: 0)
        client.answer(DNSBytes.response(2, "a.example"), at: 1)
        client.answer(DNSBytes.response(1, "b.example"), at: 2)
        client.answer(DNSBytes.response(1, "a.example", type: 28), at: 3)
        #expect(client.result.losses == [.unmatchedResponses, .unmatchedResponses, .unmatchedResponses])
        client.answer(DNSBytes.response(1, "A.EXAMPLE"), at: 4)
        #expect(client.result.statuses == ["NOERROR"])
    }

    @Test func `aliases are followed to the name that was asked for`() {
        let client = DNSClient()
        client.send(DNSBytes.query(1, "www.shop.example"), at: 0)
        let alias = DNSBytes.name("lb.example")
        client.answer(
            DNSBytes.response(
                1,
                "www.shop.example",
                records: [
                    (DNSBytes.questionPointer, 5, alias), (alias, 1, address),
                    (DNSBytes.name("other.example"), 1, [192, 0, 2, 9]),
                    (alias, 1, [127, 0, 0, 1]), (alias, 1, [0, 0, 0, 0]),
                ]
            ),
            at: 1
        )
        #expect(client.result.names.map(\.name) == ["www.shop.example"])
        #expect(client.result.names.map(\.address) == [IPAddress(v4: 0xC000_0207)])
    }

    @Test func `names are escaped`() {
        let client = DNSClient()
        let hostile = "a\u{1B}[m.b c.<x>"
        client.send(DNSBytes.query(1, hostile), at: 0)
        client.answer(DNSBytes.response(1, hostile, records: [(DNSBytes.questionPointer, 1, address)]), at: 1)
        #expect(client.result.names.map(\.name) == ["a\\027\\091m.b\\032c.\\060x\\062"])
    }

    @Test func `multicast and NetBIOS names are no transactions`() {
        for port in [UInt16(5_353), 5_355, 137] {
            let client = DNSClient()
            client.send(DNSBytes.query(1, "printer.local"), port: port, server: port, at: 0)
            client.answer(DNSBytes.response(1, "printer.local"), port: port, server: port, at: 1)
            client.advance(to: 60_000)
            #expect(client.result == Conversation.Result())
        }
    }

    @Test func `sound messages are found on any port, unsound ones are not`() {
        let client = DNSClient()
        client.send(DNSBytes.query(1, "a.example"), port: 1, server: 9_953, at: 0)
        client.answer(DNSBytes.response(1, "a.example"), port: 1, server: 9_953, at: 1)
        #expect(client.result.statuses == ["NOERROR"])
        let query = DNSBytes.query(1, "a.example")
        for length in 0..<query.count {
            let other = DNSClient()
            other.send(Array(query.prefix(length)), port: 2, server: 9_953, at: 0)
            #expect(other.result == Conversation.Result(), "\(length)")
        }
        let trailing = DNSClient()
        trailing.send(query + [0], port: 2, server: 9_953, at: 0)
        #expect(trailing.result == Conversation.Result())
        // On its own port the question decides.
        let lenient = DNSClient()
        lenient.send(query + [0], at: 0)
        #expect(lenient.result.started.count == 1)
    }

    @Test func `a truncated capture keeps what it shows`() {
        let client = DNSClient()
        client.send(DNSBytes.query(1, "a.example"), at: 0)
        let answer = DNSBytes.response(
            1,
            "a.example",
            code: 2,
            records: [(DNSBytes.questionPointer, 1, address)]
        )
        client.send(.fromResponder, Array(answer.prefix(30)), wireLength: answer.count, at: 1)
        client.advance(to: 2_000)
        #expect(client.result.statuses == ["SERVFAIL"])
    }

    @Test func `pointers cannot loop`() {
        for target in [UInt8(12), 13, 14, 30, 255] {
            let client = DNSClient()
            let head: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
            client.send(head + [0xC0, target, 0, 1, 0, 1], at: 0)
            client.send(head + [1, 0x61, 0xC0, target, 0, 1, 0, 1], at: 0)
            #expect(client.result == Conversation.Result(), "\(target)")
        }
    }

    @Test func `mutated messages never trap`() {
        let answer = DNSBytes.response(
            1,
            "www.shop.example",
            records: [
                (DNSBytes.questionPointer, 5, DNSBytes.name("lb.example")),
                (DNSBytes.name("lb.example"), 28, [UInt8](repeating: 9, count: 16)),
            ]
        )
        for seed in 0..<10_000 {
            var random = SeededGenerator(seed: UInt64(seed))
            let client = DNSClient()
            client.send(DNSBytes.query(1, "www.shop.example"), at: 0)
            var bytes = answer
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255,
                    using: &random
                )
            }
            client.answer(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))), at: 1)
            client.advance(to: 10_000)
            #expect(client.result.started.count == client.result.finished.count, "seed \(seed)")
        }
    }

    @Test func `messages over TCP are cut by their length`() {
        func framed(_ bytes: [UInt8]) -> [UInt8] { DNSBytes.word(UInt16(bytes.count)) + bytes }
        var talk = Conversation()
        talk.send(
            .fromOriginator,
            framed(DNSBytes.query(1, "a.example")) + framed(DNSBytes.query(2, "b.example", type: 28)),
            at: 1
        )
        talk.send(
            .fromResponder,
            framed(DNSBytes.response(2, "b.example", type: 28))
                + framed(DNSBytes.response(1, "a.example", code: 2)),
            at: 3
        )
        talk.finish(.fromResponder, at: 4)
        for port in [UInt16(53), 9_953] {
            talk.forEverySplit { talk in
                let result = talk.follow(ports: (40_000, port), close: 9)
                #expect(result.operations == ["AAAA", "A"])
                #expect(result.statuses == ["NOERROR", "SERVFAIL"])
                #expect(result.finished.first?.requestStart == milliseconds(1))
                #expect(result.losses.isEmpty)
            }
        }
    }

    @Test func `a TCP server that closes without an answer is to blame`() {
        let query = DNSBytes.query(1, "a.example")
        var talk = Conversation()
        talk.send(.fromOriginator, DNSBytes.word(UInt16(query.count)) + query, at: 1)
        talk.finish(.fromResponder, at: 2)
        #expect(talk.follow(ports: (40_000, 53)).outcomes == [.serverClosed])
    }
}
