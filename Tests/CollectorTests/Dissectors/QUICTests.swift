// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `QUIC` {
    /// Datagrams by name, written by `Tests/Fixtures/quic-packets.py`.
    private static let packets: [String: [UInt8]] = {
        var packets: [String: [UInt8]] = [:]
        for row in (try? Corpus.table(Checkout.root + "/Tests/Fixtures/quic-packets.tsv")) ?? [] {
            guard row.count == 2 else { continue }
            let digits = Array(row[1])
            packets[row[0]] = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0..<min($0 + 2, digits.count)]), radix: 16)
            }
        }
        return packets
    }()

    private struct Datagram {
        var direction: FlowDirection
        var bytes: [UInt8]
        var isCut = false
    }

    private static func client(_ name: String) throws -> Datagram {
        Datagram(direction: .fromOriginator, bytes: try #require(packets[name]))
    }

    private static func server(_ name: String) throws -> Datagram {
        Datagram(direction: .fromResponder, bytes: try #require(packets[name]))
    }

    /// Follows datagrams of which each comes a millisecond after the last.
    private static func follow(
        _ datagrams: [Datagram],
        port: UInt16 = 4_433,
        close: Int64? = nil
    ) -> Conversation.Result {
        let follower = StreamFollower(
            transport: .udp,
            originatorPort: 40_000,
            responderPort: port,
            patience: Patience(),
            originatorAddress: IPAddress(v4: 0x0A00_0001),
            responderAddress: IPAddress(v4: 0x0A00_0002)
        )
        var output = DissectionOutput()
        var result = Conversation.Result()
        for (index, datagram) in datagrams.enumerated() {
            follower.datagram(
                datagram.direction,
                payload: datagram.bytes.octets,
                payloadLength: datagram.bytes.count + (datagram.isCut ? 600 : 0),
                at: milliseconds(Int64(index + 1)),
                into: &output
            )
        }
        if let close { follower.close(at: milliseconds(close), into: &output) }
        result.take(&output)
        result.client = follower.clientDirection
        result.inFlight = follower.inFlight?.count ?? 0
        return result
    }

    private static func steps(_ result: Conversation.Result) -> [TLSHandshakeEvent.Step] {
        result.handshakes.map(\.step)
    }

    @Test(arguments: ["v1", "v2"])
    func `the examples of RFC 9001 and RFC 9369 are read`(version: String) throws {
        let result = Self.follow([
            try Self.client("rfc-\(version)-client"), try Self.server("rfc-\(version)-server"),
            try Self.server("server-short"), try Self.client("client-too-short"),
            try Self.client("client-short"),
        ])
        #expect(result.recognized == [.quic])
        #expect(result.names.map(\.name) == ["example.com"])
        #expect(result.names.map(\.source) == [.tls])
        #expect(result.names.map(\.address) == [IPAddress(v4: 0x0A00_0002)])
        #expect(result.client == .fromOriginator)
        #expect(Self.steps(result) == [.attempted, .completed(nanoseconds: 4_000_000, isResumed: false)])
        #expect(result.handshakes.map(\.at) == [milliseconds(5), milliseconds(5)])
        #expect(result.handshakes.map(\.version) == [.tls13, .tls13])
        #expect(result.handshakes.last?.nextProtocol == "alpn")
        #expect(result.losses.isEmpty && result.started.isEmpty && result.inFlight == 0)
    }

    @Test func `a ClientHello scattered over packets is put together, in any order`() throws {
        let first = try Self.client("split-1")
        let second = try Self.client("split-2")
        #expect(Self.follow([first]).names.isEmpty)
        #expect(Self.follow([second, second]).names.isEmpty)
        for datagrams in [[first, second], [second, first], [first, first, second, second]] {
            #expect(Self.follow(datagrams).names.map(\.name) == ["example.com"])
        }
    }

    @Test func `after a Retry packet keys are new and the attempt is the same`() throws {
        // The server's identifier may have any length.
        for (retry, name) in [("rfc-v1-retry", "after-retry"), ("brief-retry", "after-brief-retry")] {
            let result = Self.follow([
                try Self.client("rfc-v1-client"), try Self.server(retry), try Self.client(name),
                try Self.server("server-\(name)"), try Self.client("client-short"),
            ])
            #expect(Self.steps(result) == [.attempted, .completed(nanoseconds: 4_000_000, isResumed: false)])
            #expect(result.handshakes.last?.version == .tls13)
            #expect(result.names.count == 1)
        }
    }

    @Test func `a version may be negotiated, with a packet or without`() throws {
        let explicit = Self.follow([
            try Self.client("rfc-v1-client"), try Self.server("negotiation"),
            try Self.client("rfc-v2-client"),
            try Self.server("rfc-v2-server"), try Self.client("client-short"),
        ])
        let silent = Self.follow([
            try Self.client("rfc-v1-client"), try Self.server("rfc-v2-server"),
            try Self.client("client-short"),
        ])
        for result in [explicit, silent] {
            #expect(result.handshakes.map(\.version) == [.tls13, .tls13])
            #expect(Self.steps(result).count == 2)
            #expect(result.names.count == 1)
        }
    }

    @Test func `coalesced packets are looked at one by one`() throws {
        let client = try Self.client("rfc-v1-client")
        let server = try Self.server("server-coalesced")
        var last = try Self.client("server-handshake")
        last.bytes += try #require(Self.packets["client-short"])
        #expect(Self.steps(Self.follow([client, server, last])).count == 2)
        // The server's answer is known from its Handshake packet alone.
        let alone = try Self.server("server-handshake")
        #expect(Self.steps(Self.follow([client, alone, last])).count == 2)
        #expect(Self.follow([client, last]).handshakes.isEmpty)
    }

    @Test func `a session that is taken up is told`() throws {
        let result = Self.follow([
            try Self.client("rfc-v1-client"), try Self.server("server-resumed"),
            try Self.client("client-short"),
        ])
        #expect(Self.steps(result) == [.attempted, .completed(nanoseconds: 2_000_000, isResumed: true)])
    }

    @Test func `an alert in an Initial packet fails, another error does not`() throws {
        let client = try Self.client("rfc-v1-client")
        let failed = Self.follow([client, try Self.server("server-alert")], close: 9)
        #expect(Self.steps(failed) == [.attempted, .failed(alert: "handshake_failure")])
        #expect(failed.handshakes.map(\.at) == [milliseconds(2), milliseconds(2)])
        let refused = Self.follow([client, try Self.server("server-refuses")], close: 9)
        #expect(Self.steps(refused) == [.attempted])
        #expect(refused.handshakes.map(\.at) == [milliseconds(2)])
        #expect(Self.follow([client]).handshakes.isEmpty)
        #expect(Self.follow([client], close: 9).handshakes.map(\.at) == [milliseconds(9)])
    }

    @Test func `what cannot be decrypted is QUIC on its port alone, and nothing is counted`() throws {
        var damaged = try Self.client("rfc-v1-client")
        damaged.bytes[500] ^= 1
        var cut = try Self.client("rfc-v1-client")
        cut.bytes = Array(cut.bytes.prefix(100))
        cut.isCut = true
        for datagram in [damaged, cut, try Self.server("rfc-v1-server"), try Self.server("server-handshake")]
        {
            let expected = Self.follow([datagram], port: 443, close: 9)
            #expect(expected.recognized == [.quic])
            #expect(expected.client == nil)
            #expect(expected.handshakes.isEmpty && expected.names.isEmpty)
            #expect(Self.follow([datagram], close: 9) == Conversation.Result())
        }
        let negotiation = Self.follow([try Self.server("negotiation")], port: 443)
        #expect(negotiation.recognized == [.quic])
        #expect(negotiation.client == .fromOriginator)
        #expect(Self.follow([try Self.client("client-short")], port: 443).recognized.isEmpty)
    }

    @Test func `mutated datagrams never trap, and none has more verdicts than attempts`() throws {
        let names = ["split-1", "split-2", "server-coalesced", "client-short", "rfc-v1-retry", "after-retry"]
        let originals = try names.map { name in
            name.hasPrefix("server") || name.hasSuffix("retry") && name.hasPrefix("rfc")
                ? try Self.server(name) : try Self.client(name)
        }
        for seed in 0..<1_500 {
            var random = SeededGenerator(seed: UInt64(seed))
            var datagrams = originals
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<datagrams.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: datagrams.swapAt(index, 0)
                case 1:
                    let length = Int.random(in: 0...datagrams[index].bytes.count, using: &random)
                    datagrams[index].bytes = Array(datagrams[index].bytes.prefix(length))
                default:
                    // Headers are read before anything is authentic.
                    guard let at = (0..<min(40, datagrams[index].bytes.count)).randomElement(using: &random)
                    else { continue }
                    datagrams[index].bytes[at] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let result = Self.follow(datagrams, port: seed % 2 == 0 ? 443 : 9_000, close: 90)
            let attempted = result.handshakes.filter { $0.step == .attempted }.count
            #expect(attempted <= 1 && result.handshakes.count <= 2 * attempted, "seed \(seed)")
        }
    }
}
